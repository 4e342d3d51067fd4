use crewed::post;
use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

#[model]
struct Item {
    name: String,
}

#[post("/items")]
fn create(item: Option<Json<Item>>) {
    drop(item);
}

fn main() {}
