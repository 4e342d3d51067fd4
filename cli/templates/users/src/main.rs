//! Users, and a greeting for one of them.
//!
//! `crewed dev` serves it, or `cargo run`; the documentation is at <http://127.0.0.1:8000/docs>.

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

/// Greets a user, as often as is asked for.
#[crewed::get("/users/<name>/greeting?<times>")]
async fn greet(
    name: String,
    #[param(default = 1, ge = 1, le = 10)] times: u8,
    users: Repository<User>,
) -> Result<String, HttpError> {
    let user = users.read(&name).await?;
    Ok(format!("Hello, {}! ", user.nickname)
        .repeat(times.into())
        .trim_end()
        .to_owned())
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(
        Api::new()
            .title("Users")
            .resource::<User>()
            .operations(operations![greet]),
    )
}

#[cfg(test)]
mod tests;
