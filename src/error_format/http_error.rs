//! An error of one's own making, with the status it is answered by.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Value as Json, json};

use super::table::{self, Answer, Message};
use super::{ErrorFormat, phrase, problem, pydantic, response};
use crate::error::Error;
use crate::http::Response;
use crate::issue::{Issue, Issues};
use crate::resource::NotFoundReply;

/// An answer that tells of an error: a status, a detail and headers. FastAPI's `HTTPException`.
///
/// It is what a function under [`#[get]`](macro@crate::get) and its like returns where it fails, in a
/// `Result<_, HttpError>`, and what a request guard may have for its `Error`. On the wire it reads as
/// `errors` in the configuration says: `{"detail": ..}`, or RFC 9457.
///
/// ```
/// use crewed::HttpError;
/// use serde_json::json;
///
/// const NAME_NOT_FOUND: HttpError = HttpError::new(400, "Name not found.");
///
/// let taken = HttpError::status(409).detail(json!({"reason": "taken", "by": [1, 2]}));
/// let unknown = HttpError::new(401, "Who are you").header("WWW-Authenticate", "Bearer");
/// assert_eq!(NAME_NOT_FOUND.code(), 400);
/// assert_eq!(taken.to_string(), r#"409: {"reason":"taken","by":[1,2]}"#);
/// assert_eq!(unknown.to_string(), "401: Who are you");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HttpError {
    status: u16,
    detail: Detail,
    headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Detail {
    /// The phrase of the status.
    Phrase,
    Text(&'static str),
    Json(Json),
    /// Each is told in the words of the format.
    Issues(Issues),
    /// Of values that the program made: for the log.
    Refused(Issues),
}

impl HttpError {
    /// An error of this status and detail, which may be a constant.
    ///
    /// # Panics
    /// Where the status is not one of an answer: 200 to 599. In a constant that is an error of the compiler.
    #[must_use]
    pub const fn new(status: u16, detail: &'static str) -> Self {
        HttpError { status: answerable(status), detail: Detail::Text(detail), headers: Vec::new() }
    }

    /// An operation's error, to code of the user's own: as its route answers it, but that wrong values are the
    /// program's.
    pub(crate) fn of(error: Error, missing: NotFoundReply) -> Self {
        let Answer { status, told, header } = table::answer(&error, missing);
        let told = match told {
            Message::Text(text) => Detail::Text(text),
            Message::Phrase | Message::Issues(_) => Detail::Phrase,
        };
        let detail = match error {
            Error::Invalid(issues) => Detail::Refused(issues),
            Error::Conflict(issues) => Detail::Issues(issues),
            _ => told,
        };
        let headers = header.map(|(name, value)| (name.into(), value.into())).into_iter().collect();
        HttpError { status, detail, headers }
    }

    /// An error of this status, with its phrase for a detail: `Not Found`.
    ///
    /// # Panics
    /// Where the status is not one of an answer: 200 to 599.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        HttpError { status: answerable(status), detail: Detail::Phrase, headers: Vec::new() }
    }

    /// The same with another detail: a text that was put together, or any JSON. Where the detail was one of issues,
    /// they are forgotten.
    #[must_use]
    pub fn detail(self, detail: impl Into<Json>) -> Self {
        HttpError { detail: Detail::Json(detail.into()), ..self }
    }

    /// The same with one more header. What no header can hold, such as a line's end, is left out when it
    /// is sent.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The status. Of values that a [`Repository`](crate::Repository) refused it is 422, though a function that
    /// answers with that error as it is answers 500.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.status
    }

    /// What is wrong with which value, where that is what the error tells of: a value that is taken (409), or values
    /// that the program made and a [`Repository`](crate::Repository) refused (422). Otherwise there are none.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        match &self.detail {
            Detail::Issues(issues) | Detail::Refused(issues) => issues,
            _ => &[],
        }
    }

    /// What the log is to say where this is answered: what is wrong with the program's own values, without the
    /// values.
    pub(crate) fn for_the_log(&self) -> Option<String> {
        let Detail::Refused(issues) = &self.detail else { return None };
        let told: Vec<String> = issues.iter().map(pydantic::told).collect();
        Some(format!("values that the program made were refused: {}", told.join("; ")))
    }

    fn to_json(&self) -> Json {
        match &self.detail {
            Detail::Phrase => phrase(self.status).into(),
            Detail::Text(text) => (*text).into(),
            Detail::Json(json) => json.clone(),
            Detail::Issues(issues) | Detail::Refused(issues) => issues.iter().map(pydantic::item).collect(),
        }
    }
}

const fn answerable(status: u16) -> u16 {
    assert!(200 <= status && status <= 599, "the status of an answer is from 200 to 599");
    status
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.status)?;
        match self.to_json() {
            Json::String(detail) => f.write_str(&detail),
            detail => detail.fmt(f),
        }
    }
}

impl std::error::Error for HttpError {}

impl ErrorFormat {
    /// The answer to an error of the user's own.
    pub(crate) fn http_error(self, error: &HttpError) -> Response {
        let status = error.status;
        let mut answer = match (self, &error.detail) {
            (_, Detail::Issues(issues)) => self.issues(status, issues),
            // Who asked has not sent them.
            (_, Detail::Refused(_)) => self.status(500, phrase(500)),
            (_, Detail::Phrase) => self.status(status, phrase(status)),
            (_, Detail::Text(text)) => self.status(status, text),
            (_, Detail::Json(Json::String(text))) => self.status(status, text),
            (ErrorFormat::FastApi | ErrorFormat::PydanticV1, Detail::Json(detail)) => {
                response(status, "application/json", &json!({ "detail": detail }))
            }
            // RFC 9457's detail is a text; what is more has a member of its own.
            (ErrorFormat::Problem, Detail::Json(detail)) => {
                let mut body = problem::body(status, phrase(status), None);
                body["context"] = detail.clone();
                response(status, "application/problem+json", &body)
            }
        };
        answer.headers.extend(error.headers.iter().cloned());
        answer
    }
}

/// What one variant of an error enum is answered with, for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorMeta {
    /// The status.
    pub status: u16,
    /// The detail, as it is declared.
    pub detail: &'static str,
    /// The doc comment.
    pub doc: &'static str,
}

impl ErrorMeta {
    /// A status and a detail; the detail may be empty, for the phrase of the status.
    #[must_use]
    pub const fn new(status: u16, detail: &'static str, doc: &'static str) -> Self {
        ErrorMeta { status, detail, doc }
    }
}

/// What the variants of an error enum are answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorList {
    /// A variant's own answer.
    One(ErrorMeta),
    /// The answers of the error inside a variant.
    Of(&'static [ErrorList]),
}

/// An enum under `#[derive(HttpError)]`: each variant is an answer, documented with every operation
/// that may return it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error of crewed's",
    label = "not declared with `#[derive(HttpError)]`",
    note = "write `#[derive(HttpError)]` above the enum, and `#[answer(status = 404)]` on each variant"
)]
pub trait HttpErrors: Sized {
    /// What each variant is answered with, and what the variants of errors inside are.
    const ERRORS: &'static [ErrorList];

    /// What this one is answered with.
    fn http_error(self) -> HttpError;
}

/// Which answers it is depends on who makes it.
impl HttpErrors for HttpError {
    const ERRORS: &'static [ErrorList] = &[];

    fn http_error(self) -> HttpError {
        self
    }
}

/// An enum under `#[derive(HttpError)]` that an [`HttpError`] turns into with `?`, as those of
/// [`Repository`](crate::Repository) must in a function that fails with the enum.
///
/// The derive writes it for the first variant that holds one: `#[answer(transparent)] Other(HttpError)`. Write it
/// yourself where some of them are to become other variants:
///
/// ```
/// use crewed::{FromHttpError, HttpError};
///
/// #[derive(HttpError)]
/// enum TransferError {
///     /// There is no such account.
///     #[answer(status = 404)]
///     NoAccount,
///     /// What else goes wrong.
///     #[answer(status = 500)]
///     Other,
/// }
///
/// impl FromHttpError for TransferError {
///     fn from_http_error(error: HttpError) -> Self {
///         match error.code() {
///             404 => TransferError::NoAccount,
///             _ => TransferError::Other,
///         }
///     }
/// }
///
/// fn fails() -> Result<(), TransferError> {
///     Err(HttpError::status(404))?
/// }
/// assert!(matches!(fails(), Err(TransferError::NoAccount)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no way to hold an `HttpError`",
    label = "add a variant to `{Self}` that holds it: `#[answer(transparent)] Other(HttpError)`",
    note = "or say what becomes of it: `impl crewed::FromHttpError for {Self}`"
)]
pub trait FromHttpError: Sized {
    /// What becomes of an error.
    fn from_http_error(error: HttpError) -> Self;
}
