use crewed::get;
use crewed::prelude::*;

use rocket::serde::json::Json;

#[get("/items")]
fn read(#[param(header)] filter: Json<String>) {
    let _ = filter;
}

fn main() {}
