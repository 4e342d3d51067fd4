//! The chapter "OAuth2 with Password (and hashing), Bearer with JWT tokens".

use crewed::prelude::*;
use crewed::{OAuth2PasswordForm, get, post};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use rocket::serde::json::{Json, Value, json};

use crate::accounts::{User, authenticate_user, get_user};

/// Whoever has this key can sign tokens: a program that is not an example keeps it secret, and takes it from its
/// configuration.
const SECRET_KEY: &[u8] = b"this key signs recorded tokens only, and is no secret";
const ACCESS_TOKEN_EXPIRE_MINUTES: i64 = 30;

/// A token that is got with a user name and a password.
#[crewed::oauth2(token_url = "token")]
struct OAuth2PasswordBearer;

#[model]
struct Token {
    access_token: String,
    token_type: String,
}

/// What a token says. A model works wherever serde does.
#[model]
struct Claims {
    /// The name of the user.
    sub: Option<String>,
    /// The second since 1970 in which the token expires.
    exp: Option<i64>,
}

fn create_access_token(username: &str) -> Result<String, HttpError> {
    let expires = Utc::now().timestamp() + 60 * ACCESS_TOKEN_EXPIRE_MINUTES;
    let claims = Claims { sub: Some(username.to_owned()), exp: Some(expires) };
    let key = EncodingKey::from_secret(SECRET_KEY);
    encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(|_| HttpError::status(500))
}

/// What a token says, if it is signed with the key and in force.
fn decode_token(token: &str) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::HS256);
    // As in the tutorial, a token without an end is one that never expires.
    validation.required_spec_claims.clear();
    validation.validate_nbf = true;
    let decoded = decode::<Claims>(token, &DecodingKey::from_secret(SECRET_KEY), &validation);
    Some(decoded.ok()?.claims)
}

#[crewed::depends]
async fn get_current_user(token: OAuth2PasswordBearer) -> Result<User, HttpError> {
    let username = decode_token(token.token()).and_then(|claims| claims.sub);
    username.and_then(|username| get_user(&username)).ok_or_else(|| {
        HttpError::new(401, "Could not validate credentials").header("WWW-Authenticate", "Bearer")
    })
}

#[crewed::depends(response(400, "Inactive user"))]
async fn get_current_active_user(
    #[param(depends(get_current_user))] current_user: User,
) -> Result<User, HttpError> {
    match current_user.disabled {
        Some(true) => Err(HttpError::new(400, "Inactive user")),
        _ => Ok(current_user),
    }
}

#[post("/token", response(401, "Incorrect username or password"))]
async fn login_for_access_token(
    #[param(form)] form_data: OAuth2PasswordForm,
) -> Result<Json<Token>, HttpError> {
    match authenticate_user(&form_data.username, form_data.password).await {
        Some(user) => {
            let access_token = create_access_token(&user.username)?;
            Ok(Json(Token { access_token, token_type: "bearer".to_owned() }))
        }
        None => {
            Err(HttpError::new(401, "Incorrect username or password").header("WWW-Authenticate", "Bearer"))
        }
    }
}

#[get("/users/me/")]
async fn read_users_me(#[param(depends(get_current_active_user))] current_user: User) -> Json<User> {
    Json(current_user)
}

#[get("/users/me/items/")]
async fn read_own_items(#[param(depends(get_current_active_user))] current_user: User) -> Value {
    json!([{ "item_id": "Foo", "owner": current_user.username }])
}
