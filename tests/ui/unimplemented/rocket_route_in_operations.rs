#[macro_use]
extern crate rocket;

use crewed::prelude::*;

#[get("/")]
fn index() -> &'static str {
    "Hello"
}

fn main() {
    let _ = Api::new().operations(operations![index]);
}
