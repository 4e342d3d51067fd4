use crewed::prelude::*;
use crewed::{get, put};

#[get("/items")]
#[put("/items")]
fn items() -> &'static str {
    "items"
}

fn main() {
    let _ = Api::new().operations(operations![items]);
}
