//! The answers to errors: the handlers of the program, and else crewed's own format.
//!
//! A handler is asked for the error of a function or a dependency by its type, for [`HttpError`] also where crewed
//! itself answers with an error, and for a request with invalid inputs.

use std::sync::atomic::{AtomicBool, Ordering};

use rocket::response::Responder;
use rocket::{Request, Response};

use super::background::finally;
use super::body::{SentBody, head};
use super::error_handlers::{AllHandlers, AnyError, ErrorHandlers, Handler, RequestValidationError};
use super::failures::{Asked, failed};
use super::headers::has;
use super::path::normalized;
use super::reply::{is_header, rocket_response};
use crate::endpoint::ApiContext;
use crate::error::{Error, MAYBE_WRITTEN};
use crate::error_format::{ErrorFormat, HttpError, phrase};
use crate::http::{self, media_type};
use crate::outage;
use crate::resource::NotFoundReply;

/// Whether a handler of errors is making the answer to this request. The errors that it answers with itself are not
/// handled once more.
struct Handling(AtomicBool);

/// Runs a handler.
pub(super) fn handled<E>(request: &Request<'_>, handler: &Handler<E>, error: E) -> Response<'static> {
    let handling = &request.local_cache(|| Handling(AtomicBool::new(false))).0;
    handling.store(true, Ordering::Relaxed);
    let answer = handler(request, error);
    handling.store(false, Ordering::Relaxed);
    answer.unwrap_or_else(|status| {
        rocket_response(request, format(request).status(status.code, phrase(status.code)))
    })
}

fn format(request: &Request<'_>) -> ErrorFormat {
    request.rocket().state::<ErrorFormat>().copied().unwrap_or_default()
}

/// The API that answers this request, by its position, once an operation of it is found.
struct AnsweringApi(Option<usize>);

/// Tells which API answers a request, for the errors of which its handlers are then asked.
pub(super) fn answers(request: &Request<'_>, context: &ApiContext) {
    request.local_cache(|| AnsweringApi(Some(context.position)));
}

/// The handlers of the API that this request is for, if it has some. Where no operation is found, the path tells.
pub(super) fn handlers<'q>(request: &Request<'q>) -> Option<&'q ErrorHandlers> {
    let is_handling = || request.local_cache(|| Handling(AtomicBool::new(false))).0.load(Ordering::Relaxed);
    let all: &'q AllHandlers = request.rocket().state::<AllHandlers>()?;
    let handlers = match request.local_cache(|| AnsweringApi(None)).0 {
        Some(position) => all.at(position),
        None => all.of_path(&normalized(request.uri().path().as_str())),
    };
    handlers.filter(|_| !is_handling())
}

/// The response to an [`HttpError`]. Its cause, if it is for the log, goes there.
pub(super) fn http_error(request: &Request<'_>, error: HttpError) -> Response<'static> {
    if let Some(cause) = error.log_message() {
        failed(request, &cause);
    }
    finally(request).forget_tasks();
    match handlers(request).and_then(ErrorHandlers::of::<HttpError>) {
        Some(handler) => handled(request, handler, Box::new(error.for_client()) as AnyError),
        None => rocket_response(request, format(request).http_error(&error)),
    }
}

/// Whether the operation that a request is for takes a form, once that is known.
struct TakesForm(bool);

/// Tells that the operation that a request is for takes a form.
pub(super) fn takes_form(request: &Request<'_>) {
    request.local_cache(|| TakesForm(true));
}

/// The response to a request that crewed itself refuses; `missing` is what a resource answers where there is no row. What
/// clients are not told goes to the log.
pub(super) fn refusal(request: &Request<'_>, error: Error, missing: NotFoundReply) -> Response<'static> {
    match &error {
        // Whoever has sent it has to find out, and so this is told of each.
        Error::Unavailable(cause) if cause.ends_with(MAYBE_WRITTEN) => failed(request, cause),
        Error::Unavailable(cause) => outage::tell(&Asked(request), cause),
        Error::Internal(cause) => failed(request, cause),
        _ => {}
    }
    finally(request).forget_tasks();
    let Some(handlers) = handlers(request) else {
        return rocket_response(request, format(request).error(&error, missing));
    };
    match (error, &handlers.invalid, handlers.of::<HttpError>()) {
        (Error::Invalid(issues), Some(handler), _) => {
            let body = request.local_cache(SentBody::default).0.clone();
            let takes_form = request.local_cache(|| TakesForm(false)).0;
            let media_type = media_type(head(request).headers).to_owned();
            handled(request, handler, RequestValidationError { issues, body, media_type, takes_form })
        }
        (error, _, Some(handler)) if !matches!(error, Error::Invalid(_)) => {
            let error = HttpError::of(error, missing);
            handled(request, handler, Box::new(error) as AnyError)
        }
        (error, ..) => rocket_response(request, format(request).error(&error, missing)),
    }
}

/// The response where nothing answers, 404 or 405 for example; `answer` is that without a handler. A handler does not
/// have to know of its headers, which are added.
pub(super) fn status(request: &Request<'_>, answer: http::Response, status: u16) -> Response<'static> {
    let handler = handlers(request).and_then(ErrorHandlers::of::<HttpError>);
    let Some(handler) = handler.filter(|_| (200..600).contains(&status)) else {
        return rocket_response(request, answer);
    };
    let headers = answer.headers;
    let error = headers
        .iter()
        .fold(HttpError::status(status), |error, (name, value)| error.header(name.clone(), value.clone()));
    let mut response = handled(request, handler, Box::new(error) as AnyError);
    for (name, value) in headers {
        if !has(response.headers(), &name) && is_header(&name, &value) {
            response.set_raw_header(name, value);
        }
    }
    response
}

impl<'r> Responder<'r, 'static> for RequestValidationError {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let error = Error::Invalid(self.issues);
        Ok(rocket_response(request, format(request).error(&error, NotFoundReply::NOT_FOUND)))
    }
}
