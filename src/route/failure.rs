//! The answers to errors: the handlers of the program, and else crewed's own format.
//!
//! A handler is asked for the error of a function or a dependency by its type, for [`HttpError`] also where crewed
//! itself answers with an error, and for a request with invalid inputs.

use std::any::{Any, TypeId};
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rocket::http::Status;
use rocket::response::Responder;
use rocket::route::Outcome as Routed;
use rocket::{Request, Response};
use serde_json::Value as Json;

use super::catcher::RouteTables;
use super::finally::finally;
use super::function::Call;
use super::reply::rocket_response;
use crate::error::Error;
use crate::error_format::{ErrorFormat, HttpError, described_issues, issues_as_json, phrase};
use crate::function::FunctionMeta;
use crate::http;
use crate::issue::Issues;
use crate::resource::NotFoundReply;

/// An error without its type.
type AnyError = Box<dyn Any + Send>;

type Handler<E> =
    Arc<dyn for<'r, 'q> Fn(&'r Request<'q>, E) -> rocket::response::Result<'static> + Send + Sync>;

/// The handlers of errors of one API.
#[derive(Clone, Default)]
pub(crate) struct ErrorHandlers {
    invalid: Option<Handler<RequestValidationError>>,
    /// Handlers by the type of the error, with the name of that type.
    by_type: HashMap<TypeId, (&'static str, Handler<AnyError>)>,
}

impl ErrorHandlers {
    /// Sets the handler of invalid requests.
    pub(crate) fn on_invalid<R>(
        &mut self,
        handler: impl Fn(&Request<'_>, RequestValidationError) -> R + Send + Sync + 'static,
    ) where
        R: for<'r> Responder<'r, 'static>,
    {
        self.invalid = Some(Arc::new(move |request, error| handler(request, error).respond_to(request)));
    }

    /// Sets the handler of errors of one type.
    pub(crate) fn on_error<E: Send + 'static, R>(
        &mut self,
        handler: impl Fn(&Request<'_>, E) -> R + Send + Sync + 'static,
    ) where
        R: for<'r> Responder<'r, 'static>,
    {
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

    /// Whether there is a handler of invalid requests.
    pub(super) fn handles_invalid(&self) -> bool {
        self.invalid.is_some()
    }

    /// The names of the types that have handlers.
    pub(crate) fn handled(&self) -> impl Iterator<Item = &'static str> {
        self.by_type.values().map(|(name, _)| *name)
    }

    fn of<E: 'static>(&self) -> Option<&Handler<AnyError>> {
        self.by_type.get(&TypeId::of::<E>()).map(|(_, handler)| handler)
    }
}

impl fmt::Debug for ErrorHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorHandlers").finish_non_exhaustive()
    }
}

/// Whether a handler of errors is making the answer to this request. The errors that it answers with itself are not
/// handled once more.
struct Handling(AtomicBool);

/// Runs a handler.
fn handled<E>(request: &Request<'_>, handler: &Handler<E>, error: E) -> Response<'static> {
    let handling = &request.local_cache(|| Handling(AtomicBool::new(false))).0;
    handling.store(true, Ordering::Relaxed);
    let answer = handler(request, error);
    handling.store(false, Ordering::Relaxed);
    answer.unwrap_or_else(|status| rocket_response(format(request).status(status.code, phrase(status.code))))
}

fn format(request: &Request<'_>) -> ErrorFormat {
    request.rocket().state::<ErrorFormat>().copied().unwrap_or_default()
}

/// The handlers of the API that this request is for, if it has some.
pub(super) fn handlers<'q>(request: &Request<'q>) -> Option<&'q ErrorHandlers> {
    let is_handling = || request.local_cache(|| Handling(AtomicBool::new(false))).0.load(Ordering::Relaxed);
    let tables: &'q RouteTables = request.rocket().state::<RouteTables>()?;
    tables.handlers(request).filter(|_| !is_handling())
}

/// The response to an [`HttpError`]. Its cause, if it is for the log, goes there.
pub(super) fn http_error(request: &Request<'_>, error: HttpError) -> Response<'static> {
    if let Some(cause) = error.log_message() {
        log::error!("{} {}: {cause}", request.method(), request.uri());
    }
    finally(request).forget_tasks();
    match handlers(request).and_then(ErrorHandlers::of::<HttpError>) {
        Some(handler) => handled(request, handler, Box::new(error) as AnyError),
        None => rocket_response(format(request).http_error(&error)),
    }
}

/// The response to a request that crewed itself refuses; `missing` is what a resource answers where there is no row.
pub(super) fn refusal(request: &Request<'_>, error: Error, missing: NotFoundReply) -> Response<'static> {
    let Some(handlers) = handlers(request) else {
        return rocket_response(format(request).error(&error, missing));
    };
    match (error, &handlers.invalid, handlers.of::<HttpError>()) {
        (Error::Invalid(issues), Some(handler), _) => {
            let body = request.local_cache(SentBody::default).0.clone();
            handled(request, handler, RequestValidationError { issues, body })
        }
        (error, _, Some(handler)) if !matches!(error, Error::Invalid(_)) => {
            let error = HttpError::of(error, missing);
            handled(request, handler, Box::new(error) as AnyError)
        }
        (error, ..) => rocket_response(format(request).error(&error, missing)),
    }
}

/// The response where nothing answers, 404 or 405 for example; `answer` is that without a handler. A handler does not
/// have to know of its headers, which are added.
pub(super) fn status(request: &Request<'_>, answer: http::Response, status: u16) -> Response<'static> {
    let handler = handlers(request).and_then(ErrorHandlers::of::<HttpError>);
    let Some(handler) = handler.filter(|_| (200..600).contains(&status)) else {
        return rocket_response(answer);
    };
    let headers = answer.headers;
    let error = headers
        .iter()
        .fold(HttpError::status(status), |error, (name, value)| error.header(name.clone(), value.clone()));
    handled(request, handler, Box::new(error) as AnyError)
}

/// The body of a request, which is kept for the handler of invalid requests.
#[derive(Clone, Default)]
pub(super) struct SentBody(pub(super) Vec<u8>);

/// A request with invalid inputs, for the handler of [`Api::on_invalid`](crate::Api::on_invalid), like FastAPI's
/// exception of the same name.
///
/// As the answer of a handler it is the 422 that crewed answers without one.
#[derive(Debug)]
pub struct RequestValidationError {
    issues: Issues,
    body: Vec<u8>,
}

impl RequestValidationError {
    /// The issues, each an object with `type`, `loc`, `msg`, `input` and, where there is more to say, `ctx`.
    #[must_use]
    pub fn errors(&self) -> Json {
        issues_as_json(&self.issues)
    }

    /// The body of the request: what it is as JSON, else as a text, or `null` if there is none. It is what the client
    /// has sent, with the values of `write_only` fields.
    #[must_use]
    pub fn body(&self) -> Json {
        match &self.body[..] {
            [] => Json::Null,
            bytes => serde_json::from_slice(bytes)
                .unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().into()),
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

impl<'r> Responder<'r, 'static> for RequestValidationError {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let error = Error::Invalid(self.issues);
        Ok(rocket_response(format(request).error(&error, NotFoundReply::NOT_FOUND)))
    }
}

/// The error that a function or a dependency has returned. Method resolution decides which `routed` answers it: that for
/// an error that becomes an [`HttpError`], else that for one that is a response, else that for one that only a handler
/// answers.
pub struct Failed<E>(Cell<Option<E>>);

impl<E> Failed<E> {
    /// An error.
    pub const fn new(error: E) -> Self {
        Failed(Cell::new(Some(error)))
    }
}

impl<E: Into<HttpError> + Send + 'static> Failed<E> {
    /// The response.
    pub fn routed<'r>(self, call: &Call<'r, '_>, _: &FunctionMeta) -> Routed<'r> {
        let Some(error) = self.0.into_inner() else { return call.lost() };
        let request = call.request;
        match handlers(request).and_then(ErrorHandlers::of::<E>) {
            Some(handler) => Routed::Success(answered_by(request, handler, error)),
            None => Routed::Success(http_error(request, error.into())),
        }
    }
}

/// Answers an error that is a response.
pub trait FailedResponse<'r, 'o>: Sized {
    /// The response.
    fn routed(self, call: &Call<'r, '_>, meta: &FunctionMeta) -> Routed<'r>;
}

impl<'r, 'o: 'r, E: Responder<'r, 'o>> FailedResponse<'r, 'o> for Failed<E> {
    fn routed(self, call: &Call<'r, '_>, meta: &FunctionMeta) -> Routed<'r> {
        let Some(error) = self.0.into_inner() else { return call.lost() };
        finally(call.request).forget_tasks();
        call.answer(meta, error)
    }
}

/// Answers an error that only a handler answers. That there is one was checked at launch.
pub trait FailedFallback: Sized {
    /// The response.
    fn routed<'r>(self, call: &Call<'r, '_>, _: &FunctionMeta) -> Routed<'r>;
}

impl<E: Send + 'static> FailedFallback for &Failed<E> {
    fn routed<'r>(self, call: &Call<'r, '_>, _: &FunctionMeta) -> Routed<'r> {
        let request = call.request;
        match (handlers(request).and_then(ErrorHandlers::of::<E>), self.0.take()) {
            (Some(handler), Some(error)) => Routed::Success(answered_by(request, handler, error)),
            _ => call.lost(),
        }
    }
}

/// The answer of a handler to an error of a function or a dependency.
fn answered_by<E: Send + 'static>(
    request: &Request<'_>,
    handler: &Handler<AnyError>,
    error: E,
) -> Response<'static> {
    finally(request).forget_tasks();
    handled(request, handler, Box::new(error))
}

/// The declaration of nothing in particular, for the errors of dependencies that are responses.
pub const PLAIN: FunctionMeta = FunctionMeta::new(http::Method::Get, "/", "");
