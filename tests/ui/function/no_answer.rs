use crewed::get;
use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

#[model]
struct Item {
    name: String,
}

#[get("/number")]
fn number() -> i64 {
    1
}

#[get("/list")]
fn list() -> Result<Vec<Item>, HttpError> {
    Ok(vec![])
}

#[get("/failed")]
fn failed() -> Result<Json<Item>, String> {
    Err("no".to_owned())
}

#[get("/lent")]
fn lent() -> Result<Json<Item>, &'static str> {
    Err("no")
}

fn main() {}
