//! [`OAuth2PasswordForm`], the form with which a user gets a token.

use std::fmt;

use serde_json::Value as Json;

use crate::http::FormPart;
use crate::input::FormValue;
use crate::issue::{IssueCollector, IssueKind};
use crate::wire::{CompiledPattern, Constraints, FieldMeta, ObjectMeta, Pattern, Shape, Wire};

/// The form with which OAuth 2.0 has a user get a token: FastAPI's `OAuth2PasswordRequestForm`.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{HttpError, OAuth2PasswordForm, post};
/// use crewed::rocket::serde::json::{Value, json};
///
/// #[post("/token")]
/// fn login(#[param(form)] form: OAuth2PasswordForm) -> Result<Value, HttpError> {
///     match (&*form.username, &*form.password) {
///         ("ada", "secret") => Ok(json!({"access_token": form.username, "token_type": "bearer"})),
///         _ => Err(HttpError::new(400, "Incorrect username or password")),
///     }
/// }
/// ```
///
/// No issue of a request shows the password or the client secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuth2PasswordForm {
    /// `password`, or nothing.
    pub grant_type: Option<String>,
    /// The name of the user.
    pub username: String,
    /// The password of the user.
    pub password: String,
    /// The scopes that the client asks for, with blanks between them: [`OAuth2PasswordForm::scopes`].
    pub scope: String,
    /// The name of the client, if it has one.
    pub client_id: Option<String>,
    /// The secret of the client, if it has one.
    pub client_secret: Option<String>,
}

impl OAuth2PasswordForm {
    /// The form of a user, for tests. Whatever else it has is public.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        OAuth2PasswordForm {
            grant_type: None,
            username: username.into(),
            password: password.into(),
            scope: String::new(),
            client_id: None,
            client_secret: None,
        }
    }

    /// The scopes that the client asks for.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.split_whitespace()
    }
}

/// Passwords are never shown.
impl fmt::Debug for OAuth2PasswordForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2PasswordForm")
            .field("username", &self.username)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

static ONLY_PASSWORD: std::sync::LazyLock<CompiledPattern> =
    std::sync::LazyLock::new(|| Pattern::compile(PASSWORD));
const PASSWORD: &str = "^password$";

const TEXT: fn() -> Shape = <String as Wire>::shape;
const SECRET: fn() -> Shape = || Shape::Text { format: "password" };

/// What is empty in a form was not sent.
const SENT: Constraints = Constraints::NONE.min_length(1);

const FIELDS: &[FieldMeta; 6] = &[
    FieldMeta::new("grant_type", TEXT)
        .constraints(Constraints::NONE.pattern(Pattern { source: PASSWORD, regex: || &ONLY_PASSWORD }))
        .optional(),
    FieldMeta::new("username", TEXT).constraints(SENT),
    FieldMeta::new("password", SECRET).constraints(SENT).write_only(),
    FieldMeta::new("scope", TEXT).default(|| "".into()),
    FieldMeta::new("client_id", TEXT).optional(),
    FieldMeta::new("client_secret", SECRET).write_only().optional(),
];

static META: ObjectMeta =
    ObjectMeta::new("OAuth2PasswordForm", "The form with which OAuth 2.0 has a user get a token.", FIELDS);

/// Each field is an input by itself, as in FastAPI: the issue of one that is missing shows nothing of the others.
impl FormValue for OAuth2PasswordForm {
    fn of_parts(_: Vec<FormPart>, _: &Constraints, _: &mut IssueCollector) -> Option<Self> {
        None
    }

    fn of_object(form: &Json, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        let [grant_type, username, password, scope, client_id, client_secret] = FIELDS;
        let grant_type = taken(grant_type, form, Some(None), collector);
        let username = taken(username, form, None, collector);
        let password = taken(password, form, None, collector);
        let scope = taken(scope, form, Some(String::new()), collector);
        let client_id = taken(client_id, form, Some(None), collector);
        let client_secret = taken(client_secret, form, Some(None), collector);
        Some(OAuth2PasswordForm {
            grant_type: grant_type?,
            username: username?,
            password: password?,
            scope: scope?,
            client_id: client_id?,
            client_secret: client_secret?,
        })
    }

    fn form_shape() -> Shape {
        Shape::Object(&META)
    }
}

/// The value of a field, which is that of `absent` where it was not sent.
fn taken<T: Wire>(
    field: &FieldMeta,
    form: &Json,
    absent: Option<T>,
    collector: &mut IssueCollector,
) -> Option<T> {
    collector.step(field.name, |collector| match (form.get(field.name), absent) {
        (Some(value), _) => {
            collector.secretly(field.write_only, |collector| T::coerce(value, &field.constraints, collector))
        }
        (None, Some(absent)) => Some(absent),
        (None, None) => collector.fault(IssueKind::Missing, &Json::Null),
    })
}
