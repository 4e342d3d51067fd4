use crewed::delete;
use crewed::prelude::*;
use rocket::serde::json::Json;

#[delete("/items/<id>", status = 204)]
fn remove(id: i64) -> Json<i64> {
    Json(id)
}

fn main() {}
