//! The tutorial's first program: one path operation.
//!
//! ```sh
//! cargo run --example hello
//! curl localhost:8000/
//! ```

use crewed::get;
use crewed::prelude::*;
use rocket::serde::json::Json;

#[model]
struct Greeting {
    #[serde(rename = "Hello")]
    hello: String,
}

#[get("/")]
fn read_root() -> Json<Greeting> {
    Json(Greeting { hello: "World".to_owned() })
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().title("FastAPI").operations(operations![read_root]))
}
