//! The administration. Where it stands, and who may use it, is up to whoever includes it.

use crewed::{Router, post, prelude::*};
use rocket::serde::json::{Value, json};

#[post("/")]
async fn update_admin() -> Value {
    json!({ "message": "Admin getting schwifty" })
}

pub(crate) fn router() -> Router {
    Router::new("").operations(operations![update_admin])
}
