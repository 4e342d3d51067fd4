//! The chapter "Handling Errors": failures of functions, and handlers of errors of one's own.

use crewed::prelude::*;
use crewed::{Reply, get};
use rocket::Request;
use rocket::serde::json::{Json, Value, json};

fn find(item_id: &str) -> Option<&'static str> {
    (item_id == "foo").then_some("The Foo Wrestlers")
}

#[get("/items/<item_id>")]
async fn read_item(item_id: String) -> Result<Value, HttpError> {
    let item = find(&item_id).ok_or(HttpError::new(404, "Item not found"))?;
    Ok(json!({ "item": item }))
}

#[get("/items-header/<item_id>")]
async fn read_item_header(item_id: String) -> Result<Value, HttpError> {
    match find(&item_id) {
        Some(item) => Ok(json!({ "item": item })),
        None => Err(HttpError::new(404, "Item not found").header("X-Error", "There goes my error")),
    }
}

/// A handler is for one type, so what would be a subclass is a variant.
enum UnicornException {
    Unicorn { name: String },
    Shy { name: String },
}

fn unicorn_exception_handler(_: &Request<'_>, error: UnicornException) -> Reply<Value> {
    let (kind, name) = match error {
        UnicornException::Unicorn { name } => ("UnicornException", name),
        UnicornException::Shy { name } => ("ShyUnicornException", name),
    };
    Reply::new(json!({ "message": format!("Oops! {name} did something. There goes a rainbow...") }))
        .status(418)
        .header("X-Kind", kind)
}

#[get("/unicorns/<name>")]
async fn read_unicorn(name: String) -> Result<Value, UnicornException> {
    match name.as_str() {
        "yolo" => Err(UnicornException::Unicorn { name }),
        "shy" => Err(UnicornException::Shy { name }),
        _ => Ok(json!({ "unicorn_name": name })),
    }
}

#[crewed::depends]
async fn tame(#[param(header)] x_unicorn: Option<String>) -> Result<(), UnicornException> {
    match x_unicorn {
        Some(name) if !name.is_empty() => Err(UnicornException::Unicorn { name }),
        _ => Ok(()),
    }
}

#[get("/tamed/<number>", depends(tame))]
async fn read_tamed(number: i64) -> Value {
    json!({ "number": number })
}

#[get("/details/<kind>")]
async fn read_details(kind: String) -> Result<Value, HttpError> {
    let detail = match kind.as_str() {
        "text" => json!("Words"),
        "empty" => json!(""),
        "object" => json!({ "reason": "taken", "by": [1, 2] }),
        "list" => json!(["a", { "b": null }]),
        "number" => json!(5),
        "false" => json!(false),
        _ => return Err(HttpError::status(500)),
    };
    Err(HttpError::status(400).detail(detail))
}

/// The error of a status, which has to be one of answers.
fn error_of(code: i64) -> HttpError {
    match u16::try_from(code) {
        Ok(code @ 200..=599) => HttpError::status(code),
        _ => HttpError::status(500),
    }
}

#[get("/statuses/<code>")]
async fn read_statuses(code: i64) -> Result<Value, HttpError> {
    Err(error_of(code))
}

#[get("/statuses-starlette/<code>")]
async fn read_statuses_of_starlette(code: i64) -> Result<Value, HttpError> {
    Err(error_of(code).header("X-Error", "of Starlette"))
}

/// A function makes no `RequestValidationError`; its issues are the detail of an error like any other.
#[get("/by-hand")]
async fn read_by_hand() -> Result<Value, HttpError> {
    let issue = json!({
        "type": "value_error",
        "loc": ["query", "q"],
        "msg": "Found by hand",
        "input": "x",
        "ctx": { "n": 1 },
    });
    Err(HttpError::status(422).detail(json!([issue])))
}

#[model]
struct Item {
    title: String,
    size: i64,
}

/// An answer that breaks its own model does not compile, so every kind is a good one.
#[get("/answers/<kind>")]
async fn read_answers(kind: String) -> Json<Item> {
    let _ = kind;
    Json(Item { title: "a".to_owned(), size: 5 })
}

#[get("/broken")]
async fn read_broken() -> Value {
    panic!("not meant to happen")
}

#[crewed::launch]
fn rocket() -> _ {
    let api = Api::new()
        .title("errors")
        .operations(operations![read_item, read_item_header, read_unicorn, read_tamed, read_details])
        .operations(operations![read_statuses, read_statuses_of_starlette, read_by_hand])
        .operations(operations![read_answers, read_broken])
        .on_error(unicorn_exception_handler);
    rocket::build().attach(api)
}
