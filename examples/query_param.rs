//! The tutorial's query parameters: with defaults, and required.
//!
//! ```sh
//! cargo run --example query_param
//! curl 'localhost:8000/items/?skip=1&limit=1'
//! curl localhost:8000/items/foo-item
//! ```

use crewed::get;
use crewed::prelude::*;
use rocket::serde::json::Json;

#[model]
struct Item {
    item_name: String,
}

const FAKE_ITEMS: [&str; 3] = ["Foo", "Bar", "Baz"];

#[get("/items/?<skip>&<limit>")]
async fn read_item(#[param(default = 0)] skip: i64, #[param(default = 10)] limit: i64) -> Json<Vec<Item>> {
    let end = skip.saturating_add(limit);
    let slice = |(index, name): (usize, &&str)| {
        let within = from_end(skip) <= index && index < from_end(end);
        within.then(|| Item { item_name: (*name).to_owned() })
    };
    Json(FAKE_ITEMS.iter().enumerate().filter_map(slice).collect())
}

/// Python counts a negative position of a slice from the end.
fn from_end(position: i64) -> usize {
    let count = FAKE_ITEMS.len() as i64;
    let position = if position < 0 { position.saturating_add(count) } else { position };
    position.clamp(0, count) as usize
}

#[model]
struct Needy {
    item_id: String,
    needy: String,
}

#[get("/items/<item_id>?<needy>")]
async fn read_user_item(item_id: String, needy: String) -> Json<Needy> {
    Json(Needy { item_id, needy })
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().title("FastAPI").operations(operations![read_item, read_user_item]))
}
