//! The chapter "Get Current User": a dependency makes a user of the token.

use crewed::get;
use crewed::prelude::*;
use rocket::serde::json::{Json, Value, json};

/// A token that is got with a user name and a password.
#[crewed::oauth2(token_url = "token")]
struct OAuth2PasswordBearer;

#[model]
struct User {
    username: String,
    email: Option<String>,
    full_name: Option<String>,
    disabled: Option<bool>,
}

fn fake_decode_token(token: &str) -> User {
    User {
        username: format!("{token}fakedecoded"),
        email: Some("john@example.com".to_owned()),
        full_name: Some("John Doe".to_owned()),
        disabled: None,
    }
}

#[crewed::depends]
async fn get_current_user(token: OAuth2PasswordBearer) -> User {
    fake_decode_token(token.token())
}

#[get("/users/me")]
async fn read_users_me(#[param(depends(get_current_user))] current_user: User) -> Json<User> {
    Json(current_user)
}

#[get("/users/me/<number>")]
async fn read_users_number(number: i64, #[param(depends(get_current_user))] current_user: User) -> Value {
    json!({ "number": number, "username": current_user.username })
}
