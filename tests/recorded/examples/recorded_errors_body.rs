//! The chapter's handler that answers issues with the body, and handlers of other scopes.

use crewed::prelude::*;
use crewed::{Reply, RequestValidationError, get, post};
use rocket::Request;
use rocket::serde::json::{Json, Value, json};

fn validation_exception_handler(_: &Request<'_>, error: RequestValidationError) -> Reply<Value> {
    Reply::new(json!({ "detail": error.errors(), "body": error.body() })).status(422)
}

/// Hears every error, whoever fails with it, and lets most of them be answered as ever. A panic is a 500, which does not
/// say what went wrong.
fn http_exception_handler(request: &Request<'_>, error: HttpError) -> Result<Reply<Value>, HttpError> {
    match error.code() {
        410 => Ok(Reply::new(json!({ "gone": error.detail_json() })).status(404)),
        500 => Ok(Reply::new(json!({ "failure": error.detail_json() })).status(500)),
        _ => Err(error.header("X-Heard", request.uri().path().to_string())),
    }
}

#[model]
struct Item {
    title: String,
    size: i64,
}

#[post("/items/")]
async fn create_item(item: Item) -> Json<Item> {
    Json(item)
}

#[post("/several/<number>")]
async fn create_several(number: i64, item: Item, other: Item) -> Value {
    json!([number, item, other])
}

#[get("/items/<item_id>")]
async fn read_item(item_id: i64) -> Result<Value, HttpError> {
    match item_id {
        3 => Err(HttpError::new(418, "Nope! I don't like 3.")),
        10 => Err(HttpError::new(410, "It was there once")),
        5 => panic!("not meant to happen"),
        _ => Ok(json!({ "item_id": item_id })),
    }
}

#[crewed::launch]
fn rocket() -> _ {
    let api = Api::new()
        .title("errors_body")
        .operations(operations![create_item, create_several, read_item])
        .on_invalid(validation_exception_handler)
        .on_error(http_exception_handler);
    rocket::build().attach(api)
}
