use crewed::post;
use crewed::rocket::serde::json::Json;

#[post("/items")]
fn create() -> (u16, Json<i64>) {
    (201, Json(1))
}

fn main() {}
