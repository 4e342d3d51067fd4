//! The tutorial's path parameters: a typed segment of the path.
//!
//! ```sh
//! cargo run --example path_param
//! curl localhost:8000/items/3
//! curl localhost:8000/items/foo
//! ```

use crewed::get;
use crewed::prelude::*;
use rocket::serde::json::Json;

#[model]
struct Item {
    item_id: i64,
}

#[get("/items/<item_id>")]
async fn read_item(item_id: i64) -> Json<Item> {
    Json(Item { item_id })
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().title("FastAPI").operations(operations![read_item]))
}
