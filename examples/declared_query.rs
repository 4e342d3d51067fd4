//! The tutorial's CRUD with everything in the query, declared: the contract of `crud_query`, stored.
//!
//! ```sh
//! cargo run --example declared_query
//! curl -X POST 'localhost:8000/users?name=ada&nickname=countess'
//! curl 'localhost:8000/users?name=ada'
//! ```

use crewed::prelude::*;

/// Someone, and the nickname they go by.
#[resource(
    "/users",
    inputs = "query",
    create = "replace",
    replies = "status",
    missing(status = 400, detail = "Name not found.")
)]
struct User {
    #[field(key)]
    name: String,
    nickname: String,
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().title("FastAPI").resource::<User>())
}
