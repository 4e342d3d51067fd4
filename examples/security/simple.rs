//! The chapter "Simple OAuth2 with Password and Bearer": a login, whose token is the name of the user.

use crewed::prelude::*;
use crewed::{OAuth2PasswordForm, get, post};
use rocket::serde::json::{Json, Value, json};

/// A token that is got with a user name and a password.
#[crewed::oauth2(token_url = "token")]
struct OAuth2PasswordBearer;

/// A user as they are stored. As in the tutorial they are also answered so, with the hash.
#[model]
struct UserInDb {
    username: String,
    email: Option<String>,
    full_name: Option<String>,
    disabled: Option<bool>,
    hashed_password: String,
}

/// There are two users, with the passwords "secret" and "secret2".
fn get_user(username: &str) -> Option<UserInDb> {
    let (full_name, hashed_password, disabled) = match username {
        "johndoe" => ("John Doe", "fakehashedsecret", false),
        "alice" => ("Alice Wonderson", "fakehashedsecret2", true),
        _ => return None,
    };
    Some(UserInDb {
        username: username.to_owned(),
        email: Some(format!("{username}@example.com")),
        full_name: Some(full_name.to_owned()),
        disabled: Some(disabled),
        hashed_password: hashed_password.to_owned(),
    })
}

fn fake_hash_password(password: &str) -> String {
    format!("fakehashed{password}")
}

#[crewed::depends]
async fn get_current_user(token: OAuth2PasswordBearer) -> Result<UserInDb, HttpError> {
    get_user(token.token())
        .ok_or_else(|| HttpError::new(401, "Not authenticated").header("WWW-Authenticate", "Bearer"))
}

#[crewed::depends(response(400, "Inactive user"))]
async fn get_current_active_user(
    #[param(depends(get_current_user))] current_user: UserInDb,
) -> Result<UserInDb, HttpError> {
    match current_user.disabled {
        Some(true) => Err(HttpError::new(400, "Inactive user")),
        _ => Ok(current_user),
    }
}

#[post("/token", response(400, "Incorrect username or password"))]
async fn login(#[param(form)] form_data: OAuth2PasswordForm) -> Result<Value, HttpError> {
    let hashed_password = fake_hash_password(&form_data.password);
    match get_user(&form_data.username).filter(|user| user.hashed_password == hashed_password) {
        Some(user) => Ok(json!({ "access_token": user.username, "token_type": "bearer" })),
        None => Err(HttpError::new(400, "Incorrect username or password")),
    }
}

#[get("/users/me")]
async fn read_users_me(#[param(depends(get_current_active_user))] current_user: UserInDb) -> Json<UserInDb> {
    Json(current_user)
}
