//! Security schemes: values that prove who asks, and document themselves.
//!
//! Each is a dependency by its type. As in FastAPI, a scheme only takes the credentials out of the request; whether they
//! are right is for the function or the dependency that has them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rocket::route::Outcome as Routed;
use subtle::ConstantTimeEq;

use super::body::head;
use super::dependency::{Dependency, Refused, described};
use super::function::Call;
use crate::error_format::HttpError;
use crate::function::{Answer, DependencyMeta, SchemeKind, SecurityScheme, TypeProbe};
use crate::input::pairs;

const NOT_AUTHENTICATED: &str = "Not authenticated";

/// The answer of a scheme to a request without credentials, in the document.
const UNAUTHORIZED: &[Answer] = &[Answer::Declared(401, "", None)];

/// The error where there are no credentials, or none of this scheme.
fn not_authenticated(challenge: impl Into<Cow<'static, str>>) -> HttpError {
    HttpError::new(401, NOT_AUTHENTICATED).header("WWW-Authenticate", challenge)
}

/// Credentials that a request sends by a scheme, as [`Bearer`] and [`Basic`] are, and types under
/// [`#[oauth2]`](macro@crate::oauth2).
///
/// An argument of such a type answers 401 where there are none, and an `Option` of it is `None` there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no security scheme",
    label = "write `#[crewed::oauth2(token_url = \"/token\")]` above a struct of your own"
)]
pub trait Credentials: Clone + Send + Sync + 'static {
    /// The name of the type, for messages.
    #[doc(hidden)]
    const NAME: &'static str;

    /// The description of the scheme.
    #[doc(hidden)]
    const SCHEME: SecurityScheme;

    /// Whether it has the scopes that are required.
    #[doc(hidden)]
    const TAKES_SCOPES: bool = false;

    /// Whether malformed credentials are told from none.
    #[doc(hidden)]
    const MAY_BE_MALFORMED: bool = false;

    /// Takes them from a request.
    ///
    /// # Errors
    /// They are malformed.
    #[doc(hidden)]
    fn sent(call: &Call<'_, '_>) -> Result<Option<Self>, HttpError>;

    /// What `WWW-Authenticate` says where there are none.
    #[doc(hidden)]
    fn challenge() -> Cow<'static, str>;
}

const fn described_scheme<C: Credentials, D: Dependency>() -> DependencyMeta {
    let meta = described::<D>(C::NAME).scheme(C::SCHEME);
    if C::TAKES_SCOPES { meta.takes_scopes() } else { meta }
}

/// The description of credentials as a dependency.
#[must_use]
pub const fn credentials<C: Credentials + Dependency>() -> DependencyMeta {
    described_scheme::<C, C>().cloned(TypeProbe::<C>::CLONED).answers(UNAUTHORIZED)
}

/// Asks for credentials, which must be there.
pub async fn ask_credentials<'r, C: Credentials>(call: &mut Call<'r, '_>) -> Result<Option<C>, Refused<'r>> {
    match C::sent(call) {
        Ok(Some(credentials)) => Ok(Some(credentials)),
        Ok(None) => fail(call, not_authenticated(C::challenge())),
        Err(error) => fail(call, error),
    }
}

// There is no implementation for all `Credentials`, since a function that is no dependency would be told of that.
impl Dependency for Bearer {
    type Value = Bearer;
    const META: &'static DependencyMeta = &credentials::<Self>();

    async fn ask<'r>(call: &mut Call<'r, '_>) -> Result<Option<Self>, Refused<'r>> {
        ask_credentials(call).await
    }
}

impl<R: Realm> Dependency for Basic<R> {
    type Value = Basic<R>;
    const META: &'static DependencyMeta = &credentials::<Self>();

    async fn ask<'r>(call: &mut Call<'r, '_>) -> Result<Option<Self>, Refused<'r>> {
        ask_credentials(call).await
    }
}

impl<C: Credentials> Dependency for Option<C> {
    type Value = Option<C>;
    // Malformed credentials are 401 nevertheless, where a scheme tells them from none.
    const META: &'static DependencyMeta = &described_scheme::<C, Option<C>>()
        .cloned(TypeProbe::<Option<C>>::CLONED)
        .answers(if C::MAY_BE_MALFORMED { UNAUTHORIZED } else { &[] });

    async fn ask<'r>(call: &mut Call<'r, '_>) -> Result<Option<Self>, Refused<'r>> {
        match C::sent(call) {
            Ok(credentials) => Ok(Some(credentials)),
            Err(error) => fail(call, error),
        }
    }
}

/// Ends the request with an error.
fn fail<'r, T>(call: &Call<'r, '_>, error: HttpError) -> Result<T, Refused<'r>> {
    Err(Refused::from(Routed::Success(call.http_error(error))))
}

/// The scheme of the `Authorization` header and what follows it, which both are empty if there is no such header.
fn authorization<'r>(call: &Call<'r, '_>) -> (&'r str, &'r str) {
    let sent = head(call.request).headers.first("Authorization").unwrap_or_default();
    let (scheme, rest) = sent.split_once(' ').unwrap_or((sent, ""));
    (scheme, rest.trim_matches(' '))
}

/// A token that was sent as `Authorization: Bearer <token>`: FastAPI's `HTTPBearer`, as which it stands in the document.
///
/// As an argument of a function or a dependency it answers 401 with `WWW-Authenticate: Bearer` where there is none, and
/// `Option<Bearer>` is `None` there. Whether the token is valid is for whoever takes it.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{Bearer, HttpError};
///
/// #[crewed::depends]
/// fn current_user(token: Bearer) -> Result<String, HttpError> {
///     match token.token() {
///         "of ada" => Ok("ada".to_owned()),
///         _ => Err(HttpError::new(401, "Invalid token").header("WWW-Authenticate", "Bearer")),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Bearer(String);

impl Bearer {
    /// A token, for tests.
    pub fn new(token: impl Into<String>) -> Self {
        Bearer(token.into())
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.0
    }

    /// Whether it is this token. How long the comparison takes does not depend on how much of it is right, so that
    /// nobody can guess it bit by bit.
    #[must_use]
    pub fn matches(&self, token: &str) -> bool {
        self.0.as_bytes().ct_eq(token.as_bytes()).into()
    }
}

/// A token is never shown.
impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(..)")
    }
}

impl Credentials for Bearer {
    const NAME: &'static str = "Bearer";
    const SCHEME: SecurityScheme = SecurityScheme::new("HTTPBearer", "", SchemeKind::Http("bearer"));

    fn sent(call: &Call<'_, '_>) -> Result<Option<Self>, HttpError> {
        let (scheme, token) = authorization(call);
        let is_sent = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
        Ok(is_sent.then(|| Bearer(token.to_owned())))
    }

    fn challenge() -> Cow<'static, str> {
        "Bearer".into()
    }
}

/// A user name and a password that were sent as `Authorization: Basic ..`: FastAPI's `HTTPBasic`, as which they stand in the
/// document.
///
/// As an argument of a function or a dependency it answers 401 with `WWW-Authenticate: Basic` where there are none, so
/// that a browser asks for them, and `Option<Basic>` is `None` there. Credentials that are malformed are answered 401 in
/// both cases.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{Basic, HttpError, get};
/// use crewed::rocket::serde::json::{Value, json};
///
/// #[get("/users/me")]
/// fn read_current_user(credentials: Basic) -> Result<Value, HttpError> {
///     if credentials.matches("stanleyjobson", "swordfish") {
///         Ok(json!({"username": credentials.username()}))
///     } else {
///         Err(HttpError::new(401, "Incorrect username or password").header("WWW-Authenticate", "Basic"))
///     }
/// }
/// ```
///
/// A [`Realm`] says to a browser what the password is for: `Basic<Shop>`.
pub struct Basic<R = NoRealm> {
    username: String,
    password: String,
    realm: PhantomData<fn() -> R>,
}

/// What a password is for, which a browser shows when it asks for one: `WWW-Authenticate: Basic realm=".."`.
///
/// ```
/// use crewed::{Basic, Realm, get};
///
/// struct Shop;
///
/// impl Realm for Shop {
///     const NAME: &'static str = "shop";
/// }
///
/// #[get("/users/me")]
/// fn read_me(credentials: Basic<Shop>) -> String {
///     credentials.username().to_owned()
/// }
/// ```
pub trait Realm: 'static {
    /// The name: printable ASCII without quotes and backslashes, or it does not compile.
    const NAME: &'static str;

    /// Is evaluated when it is compiled.
    #[doc(hidden)]
    const CHECKED_NAME: &'static str = {
        let (name, mut at) = (Self::NAME.as_bytes(), 0);
        while at < name.len() {
            let is_plain = name[at] >= b' ' && name[at] < 127 && name[at] != b'"' && name[at] != b'\\';
            assert!(is_plain, "the name of a realm is printable ASCII without quotes and backslashes");
            at += 1;
        }
        Self::NAME
    };
}

/// The realm of a [`Basic`] that names none.
#[derive(Debug)]
pub struct NoRealm;

impl Realm for NoRealm {
    const NAME: &'static str = "";
}

impl<R> Basic<R> {
    /// A user name and a password, for tests.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Basic { username: username.into(), password: password.into(), realm: PhantomData }
    }

    /// The name of the user.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Whether both are these. How long the comparison takes does not depend on how much of them is right, so that
    /// nobody can guess them bit by bit.
    #[must_use]
    pub fn matches(&self, username: &str, password: &str) -> bool {
        let username = self.username.as_bytes().ct_eq(username.as_bytes());
        let password = self.password.as_bytes().ct_eq(password.as_bytes());
        (username & password).into()
    }
}

impl<R> Clone for Basic<R> {
    fn clone(&self) -> Self {
        Basic { username: self.username.clone(), password: self.password.clone(), realm: PhantomData }
    }
}

/// A password is never shown.
impl<R> fmt::Debug for Basic<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic").field("username", &self.username).finish_non_exhaustive()
    }
}

impl<R: Realm> Credentials for Basic<R> {
    const NAME: &'static str = "Basic";
    const SCHEME: SecurityScheme = SecurityScheme::new("HTTPBasic", "", SchemeKind::Http("basic"));
    const MAY_BE_MALFORMED: bool = true;

    fn sent(call: &Call<'_, '_>) -> Result<Option<Self>, HttpError> {
        let (scheme, sent) = authorization(call);
        if !scheme.eq_ignore_ascii_case("basic") {
            return Ok(None);
        }
        let decoded = STANDARD.decode(sent).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let decoded = decoded.as_deref().filter(|text| text.is_ascii());
        match decoded.and_then(|text| text.split_once(':')) {
            Some((username, password)) => Ok(Some(Basic::new(username, password))),
            None => Err(not_authenticated(Self::challenge())),
        }
    }

    fn challenge() -> Cow<'static, str> {
        match R::CHECKED_NAME {
            "" => "Basic".into(),
            realm => format!("Basic realm=\"{realm}\"").into(),
        }
    }
}

/// The scopes that are required where a dependency stands: FastAPI's `SecurityScopes`.
///
/// An operation requires them by `depends(current_user, scopes("items"))`, and a dependency in the same way of another
/// one. A dependency that takes `SecurityScopes` has all of them, and decides whether the caller has them too.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{Bearer, HttpError, SecurityScopes, get};
/// use crewed::rocket::serde::json::Json;
///
/// #[crewed::depends]
/// fn current_user(scopes: SecurityScopes, token: Bearer) -> Result<String, HttpError> {
///     let granted = token.token().split('+').collect::<Vec<_>>();
///     match scopes.iter().all(|scope| granted.contains(&scope)) {
///         true => Ok("ada".to_owned()),
///         false => {
///             let challenge = format!("Bearer scope=\"{}\"", scopes.scope_str());
///             Err(HttpError::new(401, "Not enough permissions").header("WWW-Authenticate", challenge))
///         }
///     }
/// }
///
/// #[get("/items")]
/// fn read_items(#[param(depends(current_user, scopes("items")))] user: String) -> Json<String> {
///     Json(user)
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityScopes(Vec<&'static str>);

impl FromIterator<&'static str> for SecurityScopes {
    fn from_iter<I: IntoIterator<Item = &'static str>>(scopes: I) -> Self {
        SecurityScopes(scopes.into_iter().collect())
    }
}

impl SecurityScopes {
    /// The scopes, those of the operation first.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    /// The scopes, those of the operation first.
    #[must_use]
    pub fn scopes(&self) -> &[&'static str] {
        &self.0
    }

    /// The scopes with blanks between them, as they stand in `WWW-Authenticate: Bearer scope=".."`.
    #[must_use]
    pub fn scope_str(&self) -> String {
        self.0.join(" ")
    }
}

impl Dependency for SecurityScopes {
    type Value = SecurityScopes;
    const META: &'static DependencyMeta =
        &described::<Self>("SecurityScopes").cloned(TypeProbe::<Self>::CLONED).takes_scopes();

    async fn ask<'r>(call: &mut Call<'r, '_>) -> Result<Option<Self>, Refused<'r>> {
        Ok(Some(SecurityScopes(call.scopes().to_vec())))
    }
}

/// The token of a scheme of OAuth 2.0, and the scopes that are required.
#[derive(Clone)]
pub struct OAuth2Token {
    token: String,
    scopes: SecurityScopes,
}

impl OAuth2Token {
    /// A token, for tests: a type under `#[oauth2]` is made of it by `into()`.
    pub fn new(token: impl Into<String>, scopes: SecurityScopes) -> Self {
        OAuth2Token { token: token.into(), scopes }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The scopes.
    #[must_use]
    pub fn scopes(&self) -> &SecurityScopes {
        &self.scopes
    }
}

/// A token is never shown.
impl fmt::Debug for OAuth2Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2Token").field("scopes", &self.scopes.0).finish_non_exhaustive()
    }
}

/// The token of a request, for a type under `#[oauth2]`.
#[must_use]
pub fn oauth2_token(call: &Call<'_, '_>) -> Option<OAuth2Token> {
    let (scheme, token) = authorization(call);
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| OAuth2Token::new(token, call.scopes().iter().copied().collect()))
}

/// The type of an argument that is a key: a `String`, or an `Option` for a key that may be missing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a key",
    label = "write `String`, or `Option<String>` for a key that may be missing"
)]
pub trait ApiKey: Clone + Send + Sync + Sized + 'static {
    /// Whether a request without a key is refused.
    const IS_REQUIRED: bool;

    /// The value of the argument.
    fn of(key: Option<String>) -> Option<Self>;
}

impl ApiKey for String {
    const IS_REQUIRED: bool = true;

    fn of(key: Option<String>) -> Option<Self> {
        key
    }
}

impl ApiKey for Option<String> {
    const IS_REQUIRED: bool = false;

    fn of(key: Option<String>) -> Option<Self> {
        Some(key)
    }
}

/// A key of this type, as a dependency.
struct KeyOf<T>(PhantomData<T>);

impl<T: ApiKey> Dependency for KeyOf<T> {
    type Value = T;
    const META: &'static DependencyMeta = &described::<Self>("key");

    async fn ask<'r>(call: &mut Call<'r, '_>) -> Result<Option<T>, Refused<'r>> {
        let scheme = call.asked().and_then(|meta| meta.scheme);
        let Some(SecurityScheme { kind: SchemeKind::ApiKey(place, name), .. }) = scheme else {
            return Err(call.lost().into());
        };
        let head = head(call.request);
        let key = match place {
            "header" => head.headers.first(name).map(str::to_owned),
            "query" => {
                let values = pairs(head.query).filter(|(key, _)| key == name);
                values.last().map(|(_, value)| value.into_owned())
            }
            _ => head.cookie(name),
        };
        match T::of(key.filter(|key| !key.is_empty())) {
            Some(key) => Ok(Some(key)),
            None => fail(call, not_authenticated("APIKey")),
        }
    }
}

/// The description of an argument that is a key.
#[must_use]
pub const fn api_key<T: ApiKey>(kind: SchemeKind, doc: &'static str) -> DependencyMeta {
    let meta = described::<KeyOf<T>>("key")
        .cloned(TypeProbe::<T>::CLONED)
        .scheme(SecurityScheme::new("", doc, kind));
    if T::IS_REQUIRED { meta.answers(UNAUTHORIZED) } else { meta }
}
