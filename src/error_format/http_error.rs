//! [`HttpError`], the error that functions return, and the traits of error enums.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Value as Json, json};

use super::table::{self, Answer, Message};
use super::{ErrorFormat, phrase, problem, pydantic, response};
use crate::error::Error;
use crate::http::Response;
use crate::issue::{Issue, Issues};
use crate::resource::NotFoundReply;

/// An error response: a status, a detail and headers, like FastAPI's `HTTPException`.
///
/// A function under [`#[get]`](macro@crate::get) and its like returns it in a `Result<_, HttpError>`, and a request
/// guard may have it as its `Error`. The body has the format that `errors` in the configuration selects:
/// `{"detail": ..}`, or RFC 9457.
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
    /// Issues, whose wording depends on the format.
    Issues(Issues),
    /// Issues of values that the program itself made. They are logged, and not shown to the client.
    Refused(Issues),
}

impl HttpError {
    /// Creates an error with a status and a detail. It can be called in a constant.
    ///
    /// # Panics
    /// The status is not from 200 to 599. In a constant that is a compile error.
    #[must_use]
    pub const fn new(status: u16, detail: &'static str) -> Self {
        HttpError { status: checked_status(status), detail: Detail::Text(detail), headers: Vec::new() }
    }

    /// The error of an operation that user code called through a repository. It is like the answer of the operation's
    /// route, except that invalid values are the program's fault, and not the client's.
    pub(crate) fn of(error: Error, missing: NotFoundReply) -> Self {
        let Answer { status, message, header } = table::answer(&error, missing);
        let detail = match message {
            Message::Text(text) => Detail::Text(text),
            Message::Phrase | Message::Issues(_) => Detail::Phrase,
        };
        let detail = match error {
            Error::Invalid(issues) => Detail::Refused(issues),
            Error::Conflict(issues) => Detail::Issues(issues),
            _ => detail,
        };
        let headers = header.map(|(name, value)| (name.into(), value.into())).into_iter().collect();
        HttpError { status, detail, headers }
    }

    /// Creates an error with a status, whose phrase is the detail: `Not Found`.
    ///
    /// # Panics
    /// The status is not from 200 to 599.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        HttpError { status: checked_status(status), detail: Detail::Phrase, headers: Vec::new() }
    }

    /// Sets the detail: a text, or any JSON. It replaces issues, if the error had some.
    #[must_use]
    pub fn detail(self, detail: impl Into<Json>) -> Self {
        HttpError { detail: Detail::Json(detail.into()), ..self }
    }

    /// Adds a header. A header with an invalid value, for example one with a line break, is not sent.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The status. If a [`Repository`](crate::Repository) refused invalid values it is 422, although a function that
    /// returns this error unchanged answers 500.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.status
    }

    /// The detail: the text or the JSON that was set, or the phrase of the status; or the issues, as objects.
    ///
    /// ```
    /// # use crewed::HttpError;
    /// # use serde_json::json;
    /// assert_eq!(HttpError::new(404, "Item not found").detail_json(), json!("Item not found"));
    /// assert_eq!(HttpError::status(404).detail_json(), json!("Not Found"));
    /// ```
    #[must_use]
    pub fn detail_json(&self) -> Json {
        self.to_json()
    }

    /// The detail as a text: that which was set, or the phrase of the status; anything else as JSON. It is what
    /// `str(exc.detail)` is in FastAPI.
    ///
    /// ```
    /// # use crewed::HttpError;
    /// assert_eq!(HttpError::new(404, "Item not found").detail_text(), "Item not found");
    /// assert_eq!(HttpError::status(404).detail([1, 2].to_vec()).detail_text(), "[1,2]");
    /// ```
    #[must_use]
    pub fn detail_text(&self) -> String {
        match self.to_json() {
            Json::String(detail) => detail,
            detail => detail.to_string(),
        }
    }

    /// The error as a client may see it: values that the program itself made are not shown.
    pub(crate) fn for_client(self) -> Self {
        match self.detail {
            Detail::Refused(_) => HttpError::status(500),
            _ => self,
        }
    }

    /// The headers, in the order in which they were added.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The issues of the error, if it is about values: a unique value that another row has (409), or invalid values
    /// that a [`Repository`](crate::Repository) refused (422). Otherwise there are none.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        match &self.detail {
            Detail::Issues(issues) | Detail::Refused(issues) => issues,
            _ => &[],
        }
    }

    /// The message to log when this is answered, if there is one: the issues of the program's own values, without the
    /// values.
    pub(crate) fn log_message(&self) -> Option<String> {
        let Detail::Refused(issues) = &self.detail else { return None };
        let issues: Vec<String> = issues.iter().map(pydantic::describe).collect();
        Some(format!("values that the program made were refused: {}", issues.join("; ")))
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

const fn checked_status(status: u16) -> u16 {
    assert!(200 <= status && status <= 599, "the status of an answer is from 200 to 599");
    status
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.detail_text())
    }
}

impl std::error::Error for HttpError {}

impl ErrorFormat {
    /// The response to an [`HttpError`].
    pub(crate) fn http_error(self, error: &HttpError) -> Response {
        let status = error.status;
        let mut answer = match (self, &error.detail) {
            (_, Detail::Issues(issues)) => self.issues(status, issues),
            // The client has not sent these values.
            (_, Detail::Refused(_)) => self.status(500, phrase(500)),
            (_, Detail::Phrase) => self.status(status, phrase(status)),
            (_, Detail::Text(text)) => self.status(status, text),
            (_, Detail::Json(Json::String(text))) => self.status(status, text),
            (ErrorFormat::FastApi | ErrorFormat::PydanticV1, Detail::Json(detail)) => {
                response(status, "application/json", &json!({ "detail": detail }))
            }
            // RFC 9457's `detail` is a text, so any other JSON gets a member of its own.
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

/// The answer of one variant of an error enum, for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorMeta {
    /// The status.
    pub status: u16,
    /// The declared detail.
    pub detail: &'static str,
    /// The doc comment.
    pub doc: &'static str,
}

impl ErrorMeta {
    /// Describes an answer. An empty detail stands for the phrase of the status.
    #[must_use]
    pub const fn new(status: u16, detail: &'static str, doc: &'static str) -> Self {
        ErrorMeta { status, detail, doc }
    }
}

/// The answers of the variants of an error enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorList {
    /// The answer of a variant.
    One(ErrorMeta),
    /// The answers of the error enum inside a transparent variant.
    Of(&'static [ErrorList]),
}

/// An enum under `#[derive(HttpError)]`. Each variant is an answer, which the document lists for every function that
/// may return the enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error of crewed's",
    label = "not declared with `#[derive(HttpError)]`",
    note = "write `#[derive(HttpError)]` above the enum, and `#[answer(status = 404)]` on each variant"
)]
pub trait HttpErrors: Sized {
    /// The answers of all variants, including those of errors inside transparent ones.
    const ERRORS: &'static [ErrorList];

    /// The answer of this variant.
    fn http_error(self) -> HttpError;
}

/// The status of an `HttpError` is known only when it is created, so the document cannot list it.
impl HttpErrors for HttpError {
    const ERRORS: &'static [ErrorList] = &[];

    fn http_error(self) -> HttpError {
        self
    }
}

/// An enum under `#[derive(HttpError)]` into which `?` converts an [`HttpError`]. A function that returns the enum
/// needs it in order to use `?` on the errors of a [`Repository`](crate::Repository).
///
/// The derive implements it by the first variant that has an `HttpError`: `#[answer(transparent)] Other(HttpError)`.
/// Implement it yourself to map some errors to other variants:
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
    note = "or convert it yourself: `impl crewed::FromHttpError for {Self}`"
)]
pub trait FromHttpError: Sized {
    /// Converts an error.
    fn from_http_error(error: HttpError) -> Self;
}
