use crewed::post;
use crewed::prelude::*;

#[model]
struct Item {
    name: String,
}

#[post("/guard")]
fn guard(#[param(guard)] item: Item) {
    drop(item);
}

#[post("/data", data = "<item>")]
fn data(#[param(guard)] item: Item) {
    drop(item);
}

#[post("/lent")]
fn lent(item: &Item) {
    let _ = item;
}

fn main() {}
