//! The items. All of them have a path, a tag, a dependency and an answer in common.

use crewed::{Router, get, prelude::*, put};
use rocket::serde::json::{Value, json};

use crate::dependencies::get_token_header;

const FAKE_ITEMS_DB: [(&str, &str); 2] = [("plumbus", "Plumbus"), ("gun", "Portal Gun")];

#[get("/")]
async fn read_items() -> Value {
    FAKE_ITEMS_DB.into_iter().map(|(item_id, name)| (item_id, json!({ "name": name }))).collect()
}

#[get("/<item_id>")]
async fn read_item(item_id: String) -> Result<Value, HttpError> {
    let item = FAKE_ITEMS_DB.into_iter().find(|(known, _)| *known == item_id);
    let (_, name) = item.ok_or(HttpError::new(404, "Item not found"))?;
    Ok(json!({ "name": name, "item_id": item_id }))
}

#[put("/<item_id>", tags("custom"), response(403, "Operation forbidden"))]
async fn update_item(item_id: String) -> Result<Value, HttpError> {
    if item_id != "plumbus" {
        return Err(HttpError::new(403, "You can only update the item: plumbus"));
    }
    Ok(json!({ "item_id": item_id, "name": "The great Plumbus" }))
}

pub(crate) fn router() -> Router {
    let router = Router::new("/items").tag("items").depends::<get_token_header>().response(404, "Not found");
    router.operations(operations![read_items, read_item, update_item])
}
