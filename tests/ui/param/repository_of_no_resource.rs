use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

#[model]
struct Item {
    name: String,
}

#[crewed::get("/items")]
async fn items(items: Repository<Item>) -> Json<usize> {
    let _ = items;
    Json(0)
}

fn main() {
    let _ = operations![items];
}
