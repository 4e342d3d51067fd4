//! The first steps of FastAPI's tutorial: a greeting, path and query parameters, a body, and users that are stored.
//!
//! `crewed dev` serves it, or `cargo run`; the documentation is at <http://127.0.0.1:8000/docs>.

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;
use crewed::{get, put};

/// What every program says first.
#[model]
struct Message {
    message: String,
}

/// Something that is for sale.
#[model]
struct Item {
    name: String,
    #[field(gt = 0.0)]
    price: f64,
    is_offer: Option<bool>,
}

/// What was asked for.
#[model]
struct Asked {
    item_id: i64,
    q: Option<String>,
}

/// What an item was updated to.
#[model]
struct Updated {
    item_name: String,
    item_id: i64,
}

/// Someone who is stored, with the operations to create, read, update and delete them.
#[resource("/users")]
struct User {
    #[field(key, min_length = 1, max_length = 64, example = "ada")]
    name: String,
    #[field(example = "countess")]
    nickname: String,
}

/// Greets the world.
#[get("/")]
fn read_root() -> Json<Message> {
    Json(Message {
        message: "Hello World".to_owned(),
    })
}

/// Reads an item.
#[get("/items/<item_id>?<q>")]
fn read_item(item_id: i64, #[param(max_length = 50)] q: Option<String>) -> Json<Asked> {
    Json(Asked { item_id, q })
}

/// Updates an item.
#[put("/items/<item_id>")]
fn update_item(item_id: i64, item: Item) -> Json<Updated> {
    Json(Updated {
        item_name: item.name,
        item_id,
    })
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(
        Api::new()
            .title("Items")
            .resource::<User>()
            .operations(operations![read_root, read_item, update_item]),
    )
}

#[cfg(test)]
mod tests;
