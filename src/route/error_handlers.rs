//! The handlers of errors that a program has given to an API.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use rocket::Request;
use rocket::http::Status;
use rocket::response::Responder;
use serde_json::Value as Json;

use crate::error_format::{described_issues, issues_as_json};
use crate::http::is_json;
use crate::input::pairs;
use crate::issue::Issues;

/// An error without its type.
pub(super) type AnyError = Box<dyn Any + Send>;

pub(super) type Handler<E> =
    Arc<dyn for<'r, 'q> Fn(&'r Request<'q>, E) -> rocket::response::Result<'static> + Send + Sync>;

/// A function or a closure that answers errors of the type `E`: it is given the request and the error, and returns any
/// responder.
///
/// ```
/// use crewed::{ErrorHandler, HttpError};
/// use crewed::rocket::http::Status;
/// use crewed::rocket::Request;
///
/// fn in_words(request: &Request<'_>, error: HttpError) -> (Status, String) {
///     (Status::new(error.code()), format!("{} {error}", request.uri()))
/// }
///
/// fn takes(_: impl ErrorHandler<HttpError>) {}
///
/// takes(in_words);
/// takes(|_: &Request<'_>, error| error);
/// ```
#[diagnostic::on_unimplemented(
    message = "this is no handler of errors of the type `{E}`",
    label = "write `|request, error| ..` or name a function that takes `&Request<'_>` and `{E}`",
    note = "what it returns is a responder that owns what it has: an `HttpError`, a `Reply<_>`, a `(Status, String)`"
)]
pub trait ErrorHandler<E>:
    for<'a, 'q> Fn(&'a Request<'q>, E) -> <Self as ErrorHandler<E>>::Answer + Send + Sync + 'static
{
    /// What it returns.
    type Answer: for<'r> Responder<'r, 'static>;
}

impl<E, R, F> ErrorHandler<E> for F
where
    R: for<'r> Responder<'r, 'static>,
    F: for<'a, 'q> Fn(&'a Request<'q>, E) -> R + Send + Sync + 'static,
{
    type Answer = R;
}

/// The handlers of errors of one API.
#[derive(Clone, Default)]
pub(crate) struct ErrorHandlers {
    pub(super) invalid: Option<Handler<RequestValidationError>>,
    /// Handlers by the type of the error, with the name of that type.
    by_type: HashMap<TypeId, (&'static str, Handler<AnyError>)>,
}

impl ErrorHandlers {
    /// Sets the handler of invalid requests.
    pub(crate) fn on_invalid(&mut self, handler: impl ErrorHandler<RequestValidationError>) {
        self.invalid = Some(Arc::new(move |request, error| handler(request, error).respond_to(request)));
    }

    /// Sets the handler of errors of one type.
    pub(crate) fn on_error<E: Send + 'static>(&mut self, handler: impl ErrorHandler<E>) {
        let erased: Handler<AnyError> = Arc::new(move |request, error| match error.downcast::<E>() {
            Ok(error) => handler(request, *error).respond_to(request),
            Err(_) => Err(Status::InternalServerError),
        });
        self.by_type.insert(TypeId::of::<E>(), (std::any::type_name::<E>(), erased));
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.invalid.is_none() && self.by_type.is_empty()
    }

    /// The names of the types that have handlers.
    pub(crate) fn handled(&self) -> impl Iterator<Item = &'static str> {
        self.by_type.values().map(|(name, _)| *name)
    }

    pub(super) fn of<E: 'static>(&self) -> Option<&Handler<AnyError>> {
        self.by_type.get(&TypeId::of::<E>()).map(|(_, handler)| handler)
    }
}

/// The handlers of all APIs that have some, by their bases, in the rocket's state.
pub(crate) struct AllHandlers(Vec<(String, ErrorHandlers)>);

impl AllHandlers {
    /// Of these APIs; `None` if none has handlers.
    pub(crate) fn of<'a>(apis: impl Iterator<Item = (&'a str, &'a ErrorHandlers)>) -> Option<Self> {
        let all: Vec<_> = apis.map(|(base, handlers)| (base.to_owned(), handlers.clone())).collect();
        all.iter().any(|(_, handlers)| !handlers.is_empty()).then_some(AllHandlers(all))
    }

    /// Whether one of them handles invalid requests.
    pub(crate) fn handle_invalid(&self) -> bool {
        self.0.iter().any(|(_, handlers)| handlers.invalid.is_some())
    }

    /// Those of the API at this position.
    pub(super) fn at(&self, position: usize) -> Option<&ErrorHandlers> {
        self.0.get(position).map(|(_, handlers)| handlers)
    }

    /// Those of the API that a path is for: that with the longest base.
    pub(super) fn of_path(&self, path: &str) -> Option<&ErrorHandlers> {
        let is_below =
            |base: &str| path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let below = self.0.iter().filter(|(base, _)| is_below(base));
        below.max_by_key(|(base, _)| base.len()).map(|(_, handlers)| handlers)
    }
}

impl fmt::Debug for ErrorHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorHandlers").finish_non_exhaustive()
    }
}

/// A request with invalid inputs, for the handler of [`Api::on_invalid`](crate::Api::on_invalid), like FastAPI's
/// exception of the same name.
///
/// As the answer of a handler it is the 422 that crewed answers without one.
#[derive(Debug)]
pub struct RequestValidationError {
    pub(super) issues: Issues,
    pub(super) body: Vec<u8>,
    /// The media type of the body.
    pub(super) media_type: String,
    /// Whether the operation takes a form.
    pub(super) takes_form: bool,
}

impl RequestValidationError {
    /// The issues, each an object with `type`, `loc`, `msg`, `input` and, where there is more to say, `ctx`.
    #[must_use]
    pub fn errors(&self) -> Json {
        issues_as_json(&self.issues)
    }

    /// The body of the request as the operation takes it: JSON as it is, and the fields of a form as an object of texts.
    /// Whatever else was sent is a text, a form of several parts too, and `null` if nothing was sent. It is what the
    /// client has sent, with the values of `write_only` fields.
    #[must_use]
    pub fn body(&self) -> Json {
        let text = || String::from_utf8_lossy(&self.body).into_owned().into();
        let is_sent_as = |media_type: &str| self.media_type.eq_ignore_ascii_case(media_type);
        match self.takes_form {
            true if is_sent_as("multipart/form-data") => text(),
            true => {
                let sent = if is_sent_as("application/x-www-form-urlencoded") { &self.body[..] } else { &[] };
                let field = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
                    (name.into_owned(), Json::from(value.into_owned()))
                };
                pairs(&String::from_utf8_lossy(sent)).map(field).collect()
            }
            false if self.body.is_empty() => Json::Null,
            false if is_json(&self.media_type) => {
                serde_json::from_slice(&self.body).unwrap_or_else(|_| text())
            }
            false => text(),
        }
    }

    /// The bytes of the body of the request.
    #[must_use]
    pub fn body_bytes(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Display for RequestValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&described_issues(&self.issues))
    }
}

impl std::error::Error for RequestValidationError {}
