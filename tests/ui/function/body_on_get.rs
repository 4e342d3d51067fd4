use crewed::get;
use crewed::prelude::*;

#[model]
struct Item {
    name: String,
}

#[get("/")]
fn read(#[param(body)] item: Item) {
    let _ = item;
}

fn main() {}
