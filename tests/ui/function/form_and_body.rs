use crewed::post;
use crewed::prelude::*;

#[model]
struct Item {
    name: String,
}

#[post("/")]
fn create(#[param(form)] name: String, #[param(body)] item: Item) {
    let _ = (name, item);
}

fn main() {}
