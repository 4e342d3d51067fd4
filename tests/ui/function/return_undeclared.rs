use crewed::get;
use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

struct Item {
    name: String,
}

#[get("/item")]
fn read_item() -> Json<Item> {
    Json(Item { name: String::new() })
}

#[get("/list")]
fn read_list() -> Result<Json<Vec<Option<Item>>>, HttpError> {
    Ok(Json(Vec::new()))
}

#[get("/time")]
fn read_time() -> Json<std::time::Instant> {
    Json(std::time::Instant::now())
}

fn main() {}
