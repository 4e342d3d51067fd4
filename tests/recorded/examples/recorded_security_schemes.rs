//! Each security scheme, where it must succeed and where it may be absent, and the password form.

use std::convert::Infallible;

use crewed::prelude::*;
use crewed::{Basic, Bearer, OAuth2PasswordForm, Realm, get, post};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::serde::json::{Json, Value, json};

#[crewed::oauth2(token_url = "token", scopes(items = "Read items."))]
struct OAuth2PasswordBearer;

// The tokens of every flow are sent in the same way; the flow that this declares is that of passwords.
#[crewed::oauth2(token_url = "token")]
struct OAuth2AuthorizationCodeBearer;

#[model]
struct HttpAuthorizationCredentials {
    scheme: String,
    credentials: String,
}

#[model]
struct HttpBasicCredentials {
    username: String,
    password: String,
}

impl<R> From<Basic<R>> for HttpBasicCredentials {
    fn from(sent: Basic<R>) -> Self {
        HttpBasicCredentials { username: sent.username().to_owned(), password: sent.password().to_owned() }
    }
}

/// The name of the scheme as it was sent, which `Bearer` does not tell.
struct Scheme(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Scheme {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let sent = request.headers().get_one("Authorization").unwrap_or_default();
        Outcome::Success(Scheme(sent.split(' ').next().unwrap_or_default().to_owned()))
    }
}

fn credentials(Scheme(scheme): Scheme, token: &Bearer) -> HttpAuthorizationCredentials {
    HttpAuthorizationCredentials { scheme, credentials: token.token().to_owned() }
}

#[get("/bearer")]
fn read_bearer(token: Bearer, scheme: Scheme) -> Json<HttpAuthorizationCredentials> {
    Json(credentials(scheme, &token))
}

#[get("/bearer-optional")]
fn read_bearer_optional(token: Option<Bearer>, scheme: Scheme) -> Json<Option<HttpAuthorizationCredentials>> {
    Json(token.map(|token| credentials(scheme, &token)))
}

#[get("/basic")]
fn read_basic(credentials: Basic) -> Json<HttpBasicCredentials> {
    Json(credentials.into())
}

#[get("/basic-optional")]
fn read_basic_optional(credentials: Option<Basic>) -> Json<Option<HttpBasicCredentials>> {
    Json(credentials.map(HttpBasicCredentials::from))
}

struct Simple;

impl Realm for Simple {
    const NAME: &'static str = "simple";
}

#[get("/basic-realm")]
fn read_basic_realm(credentials: Basic<Simple>) -> Json<HttpBasicCredentials> {
    Json(credentials.into())
}

#[get("/basic-realm-optional")]
fn read_basic_realm_optional(credentials: Option<Basic<Simple>>) -> Json<Option<HttpBasicCredentials>> {
    Json(credentials.map(HttpBasicCredentials::from))
}

#[crewed::depends]
fn get_current_username(credentials: Basic) -> Result<String, HttpError> {
    match credentials.matches("stanleyjobson", "swordfish") {
        true => Ok(credentials.username().to_owned()),
        false => {
            Err(HttpError::new(401, "Incorrect username or password").header("WWW-Authenticate", "Basic"))
        }
    }
}

#[get("/users/me")]
fn read_current_user(#[param(depends(get_current_username))] username: String) -> Value {
    json!({ "username": username })
}

#[get("/key/header")]
fn read_header_key(#[param(header, alias = "X-Key", security)] key: String) -> Value {
    json!({ "key": key })
}

#[get("/key/header-optional")]
fn read_header_key_optional(#[param(header, alias = "X-Key", security)] key: Option<String>) -> Value {
    json!({ "key": key })
}

#[get("/key/query")]
fn read_query_key(#[param(query, alias = "api_key", security)] key: String) -> Value {
    json!({ "key": key })
}

#[get("/key/query-optional")]
fn read_query_key_optional(#[param(query, alias = "api_key", security)] key: Option<String>) -> Value {
    json!({ "key": key })
}

#[get("/key/cookie")]
fn read_cookie_key(#[param(cookie, alias = "session", security)] key: String) -> Value {
    json!({ "key": key })
}

#[get("/key/cookie-optional")]
fn read_cookie_key_optional(#[param(cookie, alias = "session", security)] key: Option<String>) -> Value {
    json!({ "key": key })
}

#[get("/oauth2")]
fn read_oauth2(token: OAuth2PasswordBearer) -> Value {
    json!({ "token": token.token() })
}

#[get("/oauth2-optional")]
fn read_oauth2_optional(token: Option<OAuth2PasswordBearer>) -> Value {
    json!({ "token": token.as_ref().map(OAuth2PasswordBearer::token) })
}

#[get("/oauth2-code")]
fn read_oauth2_code(token: OAuth2AuthorizationCodeBearer) -> Value {
    json!({ "token": token.token() })
}

#[get("/several/both")]
fn read_both(#[param(header, alias = "X-Key", security)] key: String, credentials: Bearer) -> Value {
    json!({ "key": key, "token": credentials.token() })
}

#[get("/several/either")]
fn read_either(
    #[param(header, alias = "X-Key", security)] key: Option<String>,
    credentials: Option<Bearer>,
) -> Value {
    json!({ "key": key, "token": credentials.as_ref().map(Bearer::token) })
}

#[get("/several/issues/<number>?<q>")]
fn read_issues(number: i64, q: i64, #[param(header, alias = "X-Key", security)] key: String) -> Value {
    json!({ "number": number, "q": q, "key": key })
}

/// A key is an argument, so an attribute names a dependency that has it.
#[crewed::depends]
fn query_key(#[param(query, security)] api_key: String) -> String {
    api_key
}

#[get("/several/decorator", depends(query_key))]
fn read_decorator() -> Json<&'static str> {
    Json("allowed")
}

#[post("/form")]
fn read_form(#[param(form)] form: OAuth2PasswordForm) -> Value {
    json!({
        "grant_type": form.grant_type,
        "username": form.username,
        "password": form.password,
        "scopes": form.scopes().collect::<Vec<_>>(),
        "client_id": form.client_id,
        "client_secret": form.client_secret,
    })
}

/// What crewed has no scheme for is a dependency with a header.
fn unauthorized(challenge: &'static str) -> HttpError {
    HttpError::new(401, "Not authenticated").header("WWW-Authenticate", challenge)
}

fn parted(authorization: Option<String>) -> Option<HttpAuthorizationCredentials> {
    let authorization = authorization.unwrap_or_default();
    let (scheme, credentials) = authorization.split_once(' ')?;
    let credentials = credentials.trim_matches(' ');
    let is_digest = scheme.eq_ignore_ascii_case("digest") && !credentials.is_empty();
    is_digest.then(|| HttpAuthorizationCredentials {
        scheme: scheme.to_owned(),
        credentials: credentials.to_owned(),
    })
}

#[crewed::depends]
fn digest_optional(#[param(header)] authorization: Option<String>) -> Option<HttpAuthorizationCredentials> {
    parted(authorization)
}

#[crewed::depends]
fn digest(#[param(header)] authorization: Option<String>) -> Result<HttpAuthorizationCredentials, HttpError> {
    parted(authorization).ok_or_else(|| unauthorized("Digest"))
}

#[get("/digest")]
fn read_digest(
    #[param(depends(digest))] credentials: HttpAuthorizationCredentials,
) -> HttpAuthorizationCredentials {
    credentials
}

#[get("/digest-optional")]
fn read_digest_optional(
    #[param(depends(digest_optional))] credentials: Option<HttpAuthorizationCredentials>,
) -> Json<Option<HttpAuthorizationCredentials>> {
    Json(credentials)
}

#[crewed::depends]
fn open_id_optional(#[param(header)] authorization: Option<String>) -> Option<String> {
    authorization.filter(|sent| !sent.is_empty())
}

#[crewed::depends]
fn open_id(#[param(depends(open_id_optional))] sent: Option<String>) -> Result<String, HttpError> {
    sent.ok_or_else(|| unauthorized("Bearer"))
}

#[get("/open-id")]
fn read_open_id(#[param(depends(open_id))] authorization: String) -> Value {
    json!({ "authorization": authorization })
}

#[get("/open-id-optional")]
fn read_open_id_optional(#[param(depends(open_id_optional))] authorization: Option<String>) -> Value {
    json!({ "authorization": authorization })
}

/// The form in which the kind of grant is required.
#[post("/form-strict")]
fn read_form_strict(
    #[param(form, pattern = "^password$")] grant_type: String,
    #[param(form)] username: String,
    #[param(form, write_only)] password: String,
    #[param(form, default)] scope: String,
    #[param(form)] client_id: Option<String>,
    #[param(form, write_only)] client_secret: Option<String>,
) -> Value {
    json!({
        "grant_type": grant_type,
        "username": username,
        "password": password,
        "scopes": scope.split_whitespace().collect::<Vec<_>>(),
        "client_id": client_id,
        "client_secret": client_secret,
    })
}

#[crewed::launch]
fn rocket() -> _ {
    let http = operations![
        read_digest,
        read_digest_optional,
        read_open_id,
        read_open_id_optional,
        read_form_strict,
        read_bearer,
        read_bearer_optional,
        read_basic,
        read_basic_optional,
        read_basic_realm,
        read_basic_realm_optional,
        read_current_user,
    ];
    let keys = operations![
        read_header_key,
        read_header_key_optional,
        read_query_key,
        read_query_key_optional,
        read_cookie_key,
        read_cookie_key_optional,
    ];
    let oauth2 = operations![read_oauth2, read_oauth2_optional, read_oauth2_code, read_form];
    let several = operations![read_both, read_either, read_issues, read_decorator];
    let all = http.into_iter().chain(keys).chain(oauth2).chain(several);
    rocket::build().attach(Api::new().title("security_schemes").operations(all))
}
