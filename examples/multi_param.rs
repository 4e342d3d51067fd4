//! The tutorial's multiple parameters: two in the path, two in the query, one of them optional.
//!
//! ```sh
//! cargo run --example multi_param
//! curl 'localhost:8000/users/1/items/foo?q=bar&short=yes'
//! ```

use crewed::get;
use crewed::prelude::*;
use rocket::serde::json::{Json, Value, json};

#[get("/users/<user_id>/items/<item_id>?<q>&<short>")]
async fn read_user_item(
    user_id: i64,
    item_id: String,
    q: Option<String>,
    #[param(default = false)] short: bool,
) -> Json<Value> {
    let mut item = json!({"item_id": item_id, "owner_id": user_id});
    if let Some(q) = q.filter(|q| !q.is_empty()) {
        item["q"] = q.into();
    }
    if !short {
        item["description"] = "This is an amazing item that has a long description".into();
    }
    Json(item)
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().title("FastAPI").operations(operations![read_user_item]))
}
