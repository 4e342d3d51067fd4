//! The tutorial's users: a name, and the nickname that goes with it.
//!
//! ```sh
//! cargo run --example users
//! curl -X POST localhost:8000/users -H 'content-type: application/json' -d '{"name": "ada", "nickname": "countess"}'
//! ```

use crewed::prelude::*;

/// Someone, and the nickname they go by.
#[resource("/users")]
struct User {
    /// The name they are found by.
    #[field(key, min_length = 1, max_length = 64, example = "ada")]
    name: String,
    /// What their friends call them.
    #[field(example = "countess")]
    nickname: String,
}

#[crewed::launch]
pub(crate) fn rocket() -> _ {
    rocket::build().attach(Api::new().title("Users").resource::<User>())
}

#[cfg(test)]
mod tests;
