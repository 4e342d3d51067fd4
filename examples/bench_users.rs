//! What `benches/compare` measures: users with a key that the store counts, and a route that does no more
//! than answer.
//!
//! ```sh
//! cargo run --example bench_users
//! curl -X POST localhost:8000/users -H 'content-type: application/json' -d '{"name": "ada", "nickname": "countess"}'
//! curl localhost:8000/users/1
//! curl localhost:8000/constant
//! ```

use crewed::get;
use crewed::prelude::*;
use rocket::serde::json::Json;

#[resource("/users")]
struct User {
    #[field(key, generated)]
    id: i64,
    #[field(unique, min_length = 1, max_length = 64)]
    name: String,
    #[field(index)]
    nickname: String,
    #[field(created_at)]
    created_at: DateTime<Utc>,
}

#[model]
struct Constant {
    id: i64,
    name: String,
}

/// What a stored row's answer is compared with: a body as small, and no store.
#[get("/constant")]
fn constant() -> Json<Constant> {
    Json(Constant { id: 1, name: "ada".to_owned() })
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().title("Users").resource::<User>().operations(operations![constant]))
}
