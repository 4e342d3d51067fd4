//! The errors that functions and dependencies return.

use std::any::TypeId;
use std::cell::Cell;

use rocket::response::Responder;
use rocket::route::Outcome as Routed;
use rocket::{Request, Response};

use super::background::finally;
use super::error_handlers::{AnyError, ErrorHandlers, Handler};
use super::error_response::{answers, handled, handlers};
use super::function::Call;
use crate::error_format::HttpError;
use crate::function::FunctionMeta;
use crate::http;

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
        answers(request, &call.context);
        let is_own = TypeId::of::<E>() == TypeId::of::<HttpError>();
        match handlers(request).and_then(ErrorHandlers::of::<E>).filter(|_| !is_own) {
            Some(handler) => Routed::Success(answered_by(request, handler, error)),
            None => Routed::Success(call.http_error(error.into())),
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
        answers(call.request, &call.context);
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
        answers(request, &call.context);
        match (handlers(request).and_then(ErrorHandlers::of::<E>), self.0.take()) {
            (Some(handler), Some(error)) => Routed::Success(answered_by(request, handler, error)),
            _ => call.lost(),
        }
    }
}

/// A trait that no type implements, for its error message: the error type of a function is no response, and no handler
/// can answer it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error type of a function, since nothing can answer it",
    label = "fail with an `HttpError`, or with an enum of your own under `#[derive(HttpError)]`",
    note = "an error of another crate becomes one of these by `map_err`, or by `impl From<{Self}>` for the enum",
    note = "`Api::on_error` answers types that are `Send` and own what they have"
)]
pub trait FailureAtAll {}

/// The error for a type that nothing can answer.
pub trait FailedNothing<E>: Sized {
    /// The response.
    fn routed<'r>(self, call: &Call<'r, '_>, _: &FunctionMeta) -> Routed<'r>
    where
        E: FailureAtAll,
    {
        call.lost()
    }
}

impl<E> FailedNothing<E> for &mut Failed<E> {}

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
