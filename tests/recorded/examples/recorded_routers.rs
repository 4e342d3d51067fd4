//! Routers in routers: what their levels add up to, and what an application says of itself.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crewed::prelude::*;
use crewed::{Router, get, post};
use rocket::response::status::NoContent;
use rocket::serde::json::{Json, Value, json};
use rocket::tokio::time::sleep;

// ------------------------------------------------------------------------ log

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn lines() -> MutexGuard<'static, Vec<String>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

fn log(line: &str) {
    lines().push(line.to_owned());
}

/// The log, as soon as it has so many lines, and after a second at the latest. It is a route of Rocket's, so that the
/// dependency of the application is not asked for it.
#[rocket::get("/log?<least>")]
async fn read_log(least: Option<usize>) -> Json<Vec<String>> {
    for _ in 0..100 {
        if lines().len() >= least.unwrap_or_default() {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    Json(lines().clone())
}

#[rocket::delete("/log")]
async fn empty_log() -> NoContent {
    lines().clear();
    NoContent
}

// --------------------------------------------------------------------- levels

#[model]
struct Problem {
    code: i64,
    reason: Option<String>,
}

#[model]
struct Item {
    name: String,
}

/// Logs the name of a level. Each has a query of that name, whose issues tell it from others.
fn called(name: &str, value: i64) -> Result<i64, HttpError> {
    log(name);
    match value {
        409 => Err(HttpError::status(409).detail(format!("Refused by {name}"))),
        _ => Ok(value),
    }
}

#[crewed::depends]
async fn of_app(#[param(default = 0)] of_app: i64) -> Result<i64, HttpError> {
    called("of_app", of_app)
}

#[crewed::depends]
async fn of_include_outer(#[param(default = 0)] of_include_outer: i64) -> Result<i64, HttpError> {
    called("of_include_outer", of_include_outer)
}

#[crewed::depends]
async fn of_outer(#[param(default = 0)] of_outer: i64) -> Result<i64, HttpError> {
    called("of_outer", of_outer)
}

#[crewed::depends]
async fn of_include_inner(#[param(default = 0)] of_include_inner: i64) -> Result<i64, HttpError> {
    called("of_include_inner", of_include_inner)
}

#[crewed::depends]
async fn of_inner(#[param(default = 0)] of_inner: i64) -> Result<i64, HttpError> {
    called("of_inner", of_inner)
}

#[crewed::depends]
async fn of_operation(#[param(default = 0)] of_operation: i64) -> Result<i64, HttpError> {
    called("of_operation", of_operation)
}

#[crewed::depends]
async fn of_argument(#[param(default = 0)] of_argument: i64) -> Result<i64, HttpError> {
    called("of_argument", of_argument)
}

#[get("/")]
async fn read_inner(#[param(path)] outer_id: i64, #[param(path)] inner_id: i64) -> Value {
    log("read_inner");
    json!({ "outer_id": outer_id, "inner_id": inner_id })
}

#[get(
    "/items/<item_id>?<q>",
    tags("operation", "outer"),
    depends(of_operation),
    response(418, "Teapot of the operation", model = Problem),
    response(409, model = Problem)
)]
async fn read_inner_item(
    item_id: i64,
    #[param(path)] inner_id: i64,
    #[param(path)] outer_id: i64,
    #[param(depends(of_argument))] argument: i64,
    #[param(default = 0)] q: i64,
) -> Value {
    log("read_inner_item");
    json!({ "outer_id": outer_id, "inner_id": inner_id, "item_id": item_id, "argument": argument, "q": q })
}

#[get("/unread")]
async fn read_unread() -> Json<&'static str> {
    Json("the ids of the path are not asked for")
}

#[get("")]
async fn read_bare(#[param(path)] outer_id: String, #[param(path)] inner_id: String) -> Value {
    json!({ "bare": [outer_id, inner_id] })
}

fn inner() -> Router {
    Router::new("/inner/<inner_id>")
        .tag("inner")
        .tag("both")
        .depends::<of_inner>()
        .response(404, "Not found by inner")
        .response(410, "Gone by inner")
        .response(418, "Teapot of inner")
        .operations(operations![read_inner, read_inner_item, read_unread, read_bare])
}

#[get("/")]
async fn read_outer(#[param(path)] outer_id: i64) -> Value {
    log("read_outer");
    json!({ "outer_id": outer_id })
}

/// What is said where a router is included is a router around it.
fn outer() -> Router {
    let included = Router::new("/between")
        .tag("include inner")
        .depends::<of_include_inner>()
        .response(410, "Gone by the include of inner")
        .response(418, "Teapot of the include")
        .include(inner());
    Router::new("/outer/<outer_id>")
        .tag("outer")
        .depends::<of_outer>()
        .response(404, "Not found by outer")
        .response(410, "Gone by outer")
        .operations(operations![read_outer])
        .include(included)
}

fn v1() -> Router {
    Router::new("/v1")
        .tag("include outer")
        .depends::<of_include_outer>()
        .response(410, "Gone by the include of outer")
        .response(451, "Withheld by the include")
        .include(outer())
}

// -------------------------------------------------------------- other routers

#[get("/<name>")]
async fn read_shared(name: String) -> Value {
    json!({ "name": name })
}

#[get("/")]
async fn read_all_shared() -> Json<Vec<Item>> {
    Json(vec![Item { name: "a".to_owned() }])
}

#[get("/one")]
async fn read_old_one() -> Json<&'static str> {
    Json("one")
}

#[get("/two")]
async fn read_old_two() -> Json<&'static str> {
    Json("two")
}

#[get("/one")]
async fn read_current_one() -> Json<&'static str> {
    Json("one")
}

#[get("/two", deprecated)]
async fn read_current_two() -> Json<&'static str> {
    Json("two")
}

#[get("/one")]
async fn read_hidden_one() -> Json<&'static str> {
    Json("one")
}

#[get("/two")]
async fn read_hidden_two() -> Json<&'static str> {
    Json("two")
}

#[get("/shown")]
async fn read_partly_shown() -> Json<&'static str> {
    Json("shown")
}

#[get("/hidden", hidden)]
async fn read_partly_hidden() -> Json<&'static str> {
    Json("hidden")
}

#[get("/text")]
async fn read_plain_text() -> &'static str {
    "text"
}

#[get("/<name>")]
async fn read_order_name(name: String) -> Value {
    json!({ "name": name })
}

#[get("/fixed")]
async fn read_order_fixed() -> Value {
    json!({ "fixed": true })
}

#[get("/methods", tags("first"))]
async fn read_methods() -> Json<&'static str> {
    Json("first")
}

#[post("/methods", status = 201)]
async fn create_methods() -> Json<&'static str> {
    Json("second")
}

/// What it does.
///
/// * A list
#[get(
    "/described",
    summary = "A summary of its own",
    response(200, "What it answers"),
    name = "itsOwnId",
    tags("described")
)]
async fn read_described() -> Json<&'static str> {
    Json("described")
}

/// Not the comment.
#[get("/described-otherwise")]
async fn read_described_otherwise() -> Json<&'static str> {
    Json("described")
}

#[crewed::launch]
fn rocket() -> _ {
    let shared = Router::new("/shared").tag("shared").operations(operations![read_shared, read_all_shared]);
    let old = Router::new("/old").deprecated().operations(operations![read_old_one, read_old_two]);
    let current = Router::new("/current").operations(operations![read_current_one, read_current_two]);
    let hidden = Router::new("/hidden").hidden().operations(operations![read_hidden_one, read_hidden_two]);
    let partly = Router::new("/partly").operations(operations![read_partly_shown, read_partly_hidden]);
    let api = Api::new()
        .title("routers")
        .description("What the levels of **routers** add up to.")
        .version("2.5.0")
        .terms("https://example.com/terms")
        .contact("Rick", Some("https://example.com/rick"), Some("rick@example.com"))
        .license("Apache 2.0", None)
        .server("/", "Here")
        .tag("inner", "The inner router.")
        .tag_with_docs("outer", "The outer router.", "https://example.com/outer", "More of it")
        .external_docs("https://example.com/docs", "All of it")
        .depends::<of_app>()
        .response(404, "Not found by the app")
        .response(500, "Failure of the app")
        .include(v1())
        .include(shared.clone())
        .include(Router::new("/again").tag("again").include(shared))
        .include(old)
        .include(current.clone())
        .include(Router::new("/deprecated").deprecated().include(current))
        .include(hidden)
        .include(partly.clone())
        .include(Router::new("/unseen").hidden().include(partly))
        .include(Router::new("/plain").operations(operations![read_plain_text]))
        .include(Router::new("/order").operations(operations![read_order_name, read_order_fixed]))
        .include(Router::new("").operations(operations![read_methods]))
        .include(Router::new("").operations(operations![create_methods]))
        .operations(operations![read_described, read_described_otherwise]);
    rocket::build().mount("/", rocket::routes![read_log, empty_log]).attach(api)
}
