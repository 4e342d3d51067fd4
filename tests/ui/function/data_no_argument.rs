use crewed::post;
use crewed::prelude::*;

#[post("/", data = "item")]
fn create(item: String) {
    let _ = item;
}

#[post("/", data = "<itm>")]
fn create_other(item: &rocket::State<String>) {
    let _ = item;
}

fn main() {}
