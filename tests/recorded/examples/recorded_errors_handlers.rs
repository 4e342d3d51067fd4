//! The chapter's handlers that answer plain text, for what the framework fails with and for bad input.

use crewed::prelude::*;
use crewed::{Bearer, RequestValidationError, get, post};
use rocket::Request;
use rocket::http::{Header, Status};
use rocket::response::{self, Responder, Response};
use rocket::serde::json::{Json, Value, json};

/// A text, with the header that tells that a handler was asked.
struct Heard(Status, String);

impl<'r> Responder<'r, 'static> for Heard {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let Heard(status, text) = self;
        let answer = (status, text).respond_to(request)?;
        Response::build_from(answer).header(Header::new("X-Heard", "fastapi")).ok()
    }
}

/// A text as it is, anything else as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// There is one type of errors, whoever fails with them.
fn http_exception_handler(_: &Request<'_>, error: HttpError) -> Heard {
    Heard(Status::new(error.code()), shown(&error.detail_json()))
}

fn validation_exception_handler(_: &Request<'_>, error: RequestValidationError) -> (Status, String) {
    let mut lines = vec!["Validation errors:".to_owned()];
    for issue in error.errors().as_array().into_iter().flatten() {
        let place: Vec<String> = issue["loc"].as_array().into_iter().flatten().map(shown).collect();
        lines.push(format!("Field: {}, Error: {}", place.join("."), shown(&issue["msg"])));
    }
    (Status::BadRequest, lines.join("\n"))
}

#[get("/items/<item_id>")]
async fn read_item(item_id: i64) -> Result<Value, HttpError> {
    match item_id {
        3 => Err(HttpError::new(418, "Nope! I don't like 3.")),
        4 => Err(HttpError::new(422, "Nope! I don't like 4.")),
        _ => Ok(json!({ "item_id": item_id })),
    }
}

#[crewed::depends]
async fn refuse(#[param(default = 0)] refused: i64) -> Result<(), HttpError> {
    match u16::try_from(refused) {
        Ok(code @ 200..=599) => Err(HttpError::new(code, "Refused").header("X-Reason", "asked to")),
        _ => Ok(()),
    }
}

#[get("/depends/<item_id>", depends(refuse))]
async fn read_depends(item_id: i64) -> Value {
    json!({ "item_id": item_id })
}

#[get("/secret?<q>", depends(Bearer))]
async fn read_secret(#[param(default = 0)] q: i64) -> Json<&'static str> {
    let _ = q;
    Json("secret")
}

#[model]
struct Item {
    title: String,
    size: i64,
}

#[post("/items/?<q>")]
async fn create_item(item: Item, #[param(default = 0)] q: i64) -> Json<Item> {
    let _ = q;
    Json(item)
}

#[crewed::launch]
fn rocket() -> _ {
    let api = Api::new()
        .title("errors_handlers")
        .operations(operations![read_item, read_depends, read_secret, create_item])
        .on_error(http_exception_handler)
        .on_invalid(validation_exception_handler);
    rocket::build().attach(api)
}
