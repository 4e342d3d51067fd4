//! The chapter "Security - First Steps": whoever has a token, whatever it is.

use crewed::get;
use rocket::serde::json::{Value, json};

/// A token that is got with a user name and a password.
#[crewed::oauth2(token_url = "token")]
struct OAuth2PasswordBearer;

#[get("/items/")]
async fn read_items(token: OAuth2PasswordBearer) -> Value {
    json!({ "token": token.token() })
}
