//! The program of tests/record/apps/shop.py, which was recorded behind all that stands at the edge. It keeps nothing.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::serde::json::{Json, Value, json};
use crewed::rocket::{Build, Rocket};
use crewed::{HttpError, Reply, delete, get, options, patch, post, put};

#[model]
struct NewItem {
    name: String,
}

#[model]
struct Item {
    id: i64,
    name: String,
}

const NAMES: [(i64, &str); 2] = [(1, "apple"), (2, "pear")];

fn found(id: i64) -> Result<Item, HttpError> {
    let found = NAMES.iter().find(|(known, _)| *known == id);
    let (id, name) = found.ok_or(HttpError::new(404, "Item not found"))?;
    Ok(Item { id: *id, name: (*name).to_owned() })
}

#[get("/items")]
fn read_items() -> Json<Vec<Item>> {
    Json(NAMES.iter().map(|(id, name)| Item { id: *id, name: (*name).to_owned() }).collect())
}

#[post("/items", status = 201)]
fn create_item(item: NewItem) -> Json<Item> {
    Json(Item { id: 3, name: item.name })
}

#[get("/items/<id>")]
fn read_item(id: i64) -> Result<Json<Item>, HttpError> {
    found(id).map(Json)
}

#[put("/items/<id>")]
fn replace_item(id: i64, item: NewItem) -> Result<Json<Item>, HttpError> {
    Ok(Json(Item { name: item.name, ..found(id)? }))
}

#[patch("/items/<id>")]
fn change_item(id: i64, item: NewItem) -> Result<Json<Item>, HttpError> {
    Ok(Json(Item { name: item.name, ..found(id)? }))
}

#[delete("/items/<id>", status = 204)]
fn delete_item(id: i64) -> Result<(), HttpError> {
    found(id).map(drop)
}

#[get("/plain")]
fn read_plain() -> &'static str {
    "plain text"
}

#[get("/fail")]
fn read_fail() {
    panic!("this is part of the test")
}

#[get("/varied?<by>")]
fn read_varied(#[param(default = "Accept-Language".to_owned())] by: String) -> Reply<Value> {
    Reply::new(json!("varied")).header("Vary", by)
}

#[get("/own")]
fn read_own() -> Reply<Value> {
    let own = Reply::new(json!("own")).header("Access-Control-Allow-Origin", "https://own.example");
    own.header("Access-Control-Expose-Headers", "X-Own")
}

#[options("/options")]
fn ask_options() -> &'static str {
    "the program's own"
}

pub(super) fn shop(figment: Figment) -> Rocket<Build> {
    let mut operations = operations![read_items, create_item, read_item, replace_item, change_item].to_vec();
    operations.extend(operations![delete_item, read_plain, read_fail, read_varied, read_own, ask_options]);
    crewed::rocket::custom(figment).attach(Api::new().operations(operations))
}
