//! Dependencies of the whole API, beside those of operations.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crewed::get;
use crewed::prelude::*;
use rocket::response::status::NoContent;
use rocket::serde::json::{Json, Value, json};
use rocket::tokio::time::sleep;

// ------------------------------------------------------------------------ log

// The log has no guard: its routes are Rocket's own, and no operations of the API.

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn lines() -> MutexGuard<'static, Vec<String>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

fn log(line: &str) {
    lines().push(line.to_owned());
}

/// The log, as soon as it has so many lines, and after a second at the latest.
#[rocket::get("/log?<least>")]
async fn read_log(least: Option<usize>) -> Json<Vec<String>> {
    for _ in 0..100 {
        if lines().len() >= least.unwrap_or(0) {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    Json(lines().clone())
}

#[rocket::delete("/log")]
fn empty_log() -> NoContent {
    lines().clear();
    NoContent
}

// --------------------------------------------------------------- dependencies

#[crewed::depends]
fn verify_token(#[param(header)] x_token: String) -> Result<(), HttpError> {
    log("verify_token");
    match x_token.as_str() {
        "fake-super-secret-token" => Ok(()),
        _ => Err(HttpError::new(400, "X-Token header invalid")),
    }
}

#[crewed::depends]
fn verify_key(#[param(header)] x_key: String) -> Result<String, HttpError> {
    log("verify_key");
    match x_key.as_str() {
        "fake-super-secret-key" => Ok(x_key),
        _ => Err(HttpError::new(400, "X-Key header invalid")),
    }
}

#[crewed::depends]
fn page(#[param(default = 0)] skip: i64) -> i64 {
    log("page");
    skip
}

// ----------------------------------------------------------------- operations

#[get("/items/")]
fn read_items() -> Value {
    log("read_items");
    json!([{ "item": "Portal Gun" }, { "item": "Plumbus" }])
}

#[get("/users/")]
fn read_users() -> Value {
    log("read_users");
    json!([{ "username": "Rick" }, { "username": "Morty" }])
}

#[get("/pages/<number>", depends(page))]
fn read_page(number: i64, #[param(depends(verify_key))] x_key: String) -> Value {
    log("read_page");
    json!({ "number": number, "key": x_key })
}

#[crewed::launch]
fn rocket() -> _ {
    let api = Api::new()
        .title("dependencies_global")
        .depends::<verify_token>()
        .depends::<verify_key>()
        .operations(operations![read_items, read_users, read_page]);
    rocket::build().mount("/", rocket::routes![read_log, empty_log]).attach(api)
}
