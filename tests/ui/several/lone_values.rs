use crewed::prelude::*;

#[model("Article")]
struct Item {
    #[field(5, ge: 1)]
    count: i64,
}

#[crewed::post("/items", 201)]
fn create(item: Item) {
    drop(item);
}

fn main() {}
