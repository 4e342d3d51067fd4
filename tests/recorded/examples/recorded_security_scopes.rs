//! The chapter "OAuth2 scopes", and probes that show how scopes of several levels add up.

#![allow(unreachable_pub, reason = "`pub` is what a program's modules show each other")]

#[path = "../../../examples/security/accounts.rs"]
mod accounts;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crewed::prelude::*;
use crewed::{OAuth2PasswordForm, Router, SecurityScopes, delete, get, post};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use rocket::serde::json::{Json, Value, json};
use rocket::tokio::time::sleep;

use crate::accounts::{User, authenticate_user, get_user};

// ------------------------------------------------------------------------ log

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn lines() -> MutexGuard<'static, Vec<String>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

fn log(line: String) {
    lines().push(line);
}

/// The log, as soon as it has so many lines, and after a second at the latest.
#[get("/log?<least>", hidden)]
async fn read_log(#[param(default = 0)] least: u32) -> Json<Vec<String>> {
    for _ in 0..100 {
        if lines().len() >= least as usize {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    Json(lines().clone())
}

#[delete("/log", status = 204, hidden)]
async fn empty_log() {
    lines().clear();
}

// -------------------------------------------------------------------- chapter

const SECRET_KEY: &[u8] = b"this key signs recorded tokens only, and is no secret";
const ACCESS_TOKEN_EXPIRE_MINUTES: i64 = 30;

#[crewed::oauth2(token_url = "token", scopes(me = "Read who you are.", items = "Read items."))]
struct OAuth2PasswordBearer;

#[model]
struct Token {
    access_token: String,
    token_type: String,
}

#[model]
struct Claims {
    sub: Option<String>,
    #[field(default)]
    scope: String,
    exp: Option<i64>,
}

fn create_access_token(username: String, scope: String) -> Result<String, HttpError> {
    let expires = Utc::now().timestamp() + 60 * ACCESS_TOKEN_EXPIRE_MINUTES;
    let claims = Claims { sub: Some(username), scope, exp: Some(expires) };
    let key = EncodingKey::from_secret(SECRET_KEY);
    encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(|_| HttpError::status(500))
}

fn decode_token(token: &str) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    let decoded = decode::<Claims>(token, &DecodingKey::from_secret(SECRET_KEY), &validation);
    Some(decoded.ok()?.claims)
}

/// The user whom valid claims name, and the scopes that they were granted.
fn user_and_scopes(claims: Claims) -> Option<(User, String)> {
    Some((get_user(&claims.sub?)?, claims.scope))
}

#[crewed::depends]
async fn get_current_user(
    security_scopes: SecurityScopes,
    token: OAuth2PasswordBearer,
) -> Result<User, HttpError> {
    let required = security_scopes.scope_str();
    log(format!("get_current_user: {required}"));
    let challenge = match required.is_empty() {
        true => "Bearer".to_owned(),
        false => format!("Bearer scope=\"{required}\""),
    };
    let Some((user, granted)) = decode_token(token.token()).and_then(user_and_scopes) else {
        return Err(
            HttpError::new(401, "Could not validate credentials").header("WWW-Authenticate", challenge)
        );
    };
    match security_scopes.iter().all(|scope| granted.split(' ').any(|granted| granted == scope)) {
        true => Ok(user),
        false => Err(HttpError::new(401, "Not enough permissions").header("WWW-Authenticate", challenge)),
    }
}

#[crewed::depends]
async fn get_current_active_user(
    #[param(depends(get_current_user, scopes("me")))] current_user: User,
) -> Result<User, HttpError> {
    match current_user.disabled {
        Some(true) => Err(HttpError::new(400, "Inactive user")),
        _ => Ok(current_user),
    }
}

#[post("/token")]
async fn login_for_access_token(
    #[param(form)] form_data: OAuth2PasswordForm,
) -> Result<Json<Token>, HttpError> {
    let scope = form_data.scopes().collect::<Vec<_>>().join(" ");
    match authenticate_user(&form_data.username, form_data.password).await {
        Some(user) => {
            let access_token = create_access_token(user.username, scope)?;
            Ok(Json(Token { access_token, token_type: "bearer".to_owned() }))
        }
        None => Err(HttpError::new(400, "Incorrect username or password")),
    }
}

#[get("/users/me/")]
async fn read_users_me(#[param(depends(get_current_active_user))] current_user: User) -> Json<User> {
    Json(current_user)
}

#[get("/users/me/items/")]
async fn read_own_items(
    #[param(depends(get_current_active_user, scopes("items")))] current_user: User,
) -> Value {
    json!([{ "item_id": "Foo", "owner": current_user.username }])
}

#[get("/status/", depends(get_current_user))]
async fn read_system_status() -> Value {
    json!({ "status": "ok" })
}

// --------------------------------------------------------------------- probes

/// The scopes themselves, without a token.
#[crewed::depends]
fn needed(security_scopes: SecurityScopes) -> Vec<String> {
    log(format!("needed: {}", security_scopes.scope_str()));
    security_scopes.iter().map(str::to_owned).collect()
}

#[crewed::depends]
fn middle(#[param(depends(needed, scopes("middle", "both")))] scopes: Vec<String>) -> Vec<String> {
    scopes
}

#[crewed::depends]
fn plain(#[param(depends(needed))] scopes: Vec<String>) -> Vec<String> {
    scopes
}

#[get("/needed/none")]
async fn needed_none(#[param(depends(needed))] scopes: Vec<String>) -> Json<Vec<String>> {
    Json(scopes)
}

#[get("/needed/empty")]
async fn needed_empty(#[param(depends(needed))] scopes: Vec<String>) -> Json<Vec<String>> {
    Json(scopes)
}

#[get("/needed/one")]
async fn needed_one(
    #[param(depends(needed, scopes("b", "a", "b")))] scopes: Vec<String>,
) -> Json<Vec<String>> {
    Json(scopes)
}

#[get("/needed/through")]
async fn needed_through(#[param(depends(plain, scopes("outer")))] scopes: Vec<String>) -> Json<Vec<String>> {
    Json(scopes)
}

#[get("/needed/levels")]
async fn needed_levels(
    #[param(depends(middle, scopes("outer", "both")))] scopes: Vec<String>,
) -> Json<Vec<String>> {
    Json(scopes)
}

#[get("/needed/twice")]
async fn needed_twice(
    #[param(depends(needed, scopes("a", "b")))] x: Vec<String>,
    #[param(depends(needed, scopes("b", "a")))] y: Vec<String>,
    #[param(depends(needed, scopes("a")))] z: Vec<String>,
) -> Value {
    json!([x, y, z])
}

#[get("/needed/decorator", depends(needed, scopes("decorator")))]
async fn needed_decorator(
    #[param(depends(needed, scopes("argument")))] scopes: Vec<String>,
) -> Json<Vec<String>> {
    Json(scopes)
}

#[get("/", depends(get_current_user, scopes("decorator")))]
async fn read_router(#[param(depends(get_current_active_user, scopes("items")))] user: User) -> Value {
    json!({ "username": user.username })
}

#[get("/plain")]
async fn read_router_plain(#[param(depends(get_current_user))] user: User) -> Value {
    json!({ "username": user.username })
}

#[get("/beside/<number>")]
async fn read_beside(number: i64, #[param(depends(get_current_user, scopes("me")))] user: User) -> Value {
    json!({ "number": number, "username": user.username })
}

#[crewed::launch]
fn rocket() -> _ {
    let router = Router::new("/router")
        .depends_with_scopes::<get_current_user>(&["router"])
        .operations(operations![read_router, read_router_plain]);
    // A router without a path stands for what `include_router` requires beside the router itself.
    let included = Router::new("").depends_with_scopes::<get_current_user>(&["include"]).include(router);
    let chapter =
        operations![login_for_access_token, read_users_me, read_own_items, read_system_status, read_beside];
    let needed = operations![
        needed_none,
        needed_empty,
        needed_one,
        needed_through,
        needed_levels,
        needed_twice,
        needed_decorator,
    ];
    let api = Api::new()
        .title("security_scopes")
        .operations(operations![read_log, empty_log])
        .operations(chapter)
        .operations(needed)
        .include(included);
    rocket::build().attach(api)
}
