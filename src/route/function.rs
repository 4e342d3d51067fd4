//! Functions under `#[get]` and the like: how a request is turned into their arguments, and what they return into a
//! response.
//!
//! Dependencies are asked first (`dependency`), then guards. Then every other input is parsed, and the function is called
//! only if all of them are valid.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use rocket::http::Status;
use rocket::response::Responder;
use rocket::route::Outcome as Routed;
use rocket::{Data, Request, Response};

use super::answer::says_ok;
use super::body::{RocketBody, head};
use super::error_response::{answers, http_error, refusal, takes_form};
use super::exchange::exchange;
use super::load::{Load, Place};
use super::rates::CallerNode;
use super::reply::fit_body;
use super::solving::Solving;
use crate::endpoint::{self, ApiContext};
use crate::error::Error;
use crate::error_format::HttpError;
use crate::function::FunctionMeta;
use crate::input::{InputMeta, RequestInputs};
use crate::resource::NotFoundReply;

/// The future of a function's response.
pub type Answering<'r> = std::pin::Pin<Box<dyn Future<Output = Routed<'r>> + Send + 'r>>;

/// A function that answers requests: one under `#[get]`, `#[post]`, `#[put]`, `#[patch]`, `#[delete]`,
/// `#[head]` or `#[options]` of crewed's.
#[diagnostic::on_unimplemented(
    message = "this is not one of crewed's operations",
    label = "write `#[crewed::get(\"/path\")]`, or the like for another method, above this function",
    note = "Rocket's `#[get]` makes a route: mount it with `routes![..]`, or import crewed's own by name: \
            `use crewed::get;`"
)]
pub trait Function {
    /// The description of the function.
    const META: &'static FunctionMeta;

    /// Answers a request.
    #[doc(hidden)]
    fn call<'r>(call: Call<'r, '_>) -> Answering<'r>;
}

/// A [`Function`] whose type is erased: what `operations![..]` lists.
#[derive(Clone, Copy)]
pub struct AnyFunction {
    pub(crate) meta: &'static FunctionMeta,
    pub(crate) call: for<'r, 'q> fn(Call<'r, 'q>) -> Answering<'r>,
}

impl AnyFunction {
    /// Erases the type of a function.
    #[must_use]
    pub const fn of<F: Function>() -> Self {
        AnyFunction { meta: F::META, call: F::call }
    }

    /// The description of the function.
    #[must_use]
    pub fn meta(&self) -> &'static FunctionMeta {
        self.meta
    }
}

impl fmt::Debug for AnyFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyFunction").field(&self.meta.name).finish()
    }
}

/// The status with which a guard of a function has forwarded the request, if one has. It is kept in the request, so
/// that the fallback route can forward with the same status.
pub(super) struct Forwarded(pub(super) Option<Status>);

/// The call of a function for one request. The code of the function, which the macro expands to, drives it.
pub struct Call<'r, 'q> {
    pub(super) request: &'r Request<'q>,
    pub(super) data: Option<Data<'r>>,
    pub(super) context: ApiContext,
    /// The dependencies, if there are some. They are in a box, so that a function without any is not larger for it.
    pub(super) solving: Option<Box<Solving<'r>>>,
    /// Those of the dependencies that give a caller, where requests are counted.
    pub(super) callers: &'r [CallerNode],
}

impl<'r, 'q> Call<'r, 'q> {
    pub(crate) fn new(request: &'r Request<'q>, data: Data<'r>, context: ApiContext) -> Self {
        Call { request, data: Some(data), context, solving: None, callers: &[] }
    }

    /// Reads the body, if an input needs it, and prepares the inputs, which are parsed one by one afterwards.
    ///
    /// # Errors
    /// The response to send where the body is too long or cannot be read.
    pub async fn examine(&mut self, inputs: &'static [InputMeta]) -> Result<RequestInputs<'r>, Routed<'r>> {
        if self.solving.is_some() {
            return Box::pin(self.own_inputs()).await;
        }
        let request = self.request;
        let mut body = RocketBody { request, data: self.data.take(), timeouts: self.context.limits.timeouts };
        let examined = endpoint::examine(inputs, head(request), &mut body, &self.context).await;
        examined.map_err(|error| self.failed(error))
    }

    /// The response where some of the inputs are invalid.
    pub fn refuse(&self, examined: RequestInputs<'_>) -> Routed<'r> {
        if examined.takes_form() {
            takes_form(self.request);
        }
        self.failed(Error::Invalid(examined.into_issues()))
    }

    /// A place for a function that blocks its thread.
    ///
    /// # Errors
    /// There is none, to which nothing leads.
    pub async fn place(&self) -> Result<Place<'r>, Routed<'r>> {
        let place = match self.request.rocket().state::<Arc<Load>>() {
            Some(load) => load.place().await,
            None => None,
        };
        place.ok_or_else(|| self.lost())
    }

    /// The response to a request, from what the function returned.
    pub fn answer<'o: 'r, R: Responder<'r, 'o>>(&self, meta: &FunctionMeta, value: R) -> Routed<'r> {
        let mut response = match value.respond_to(self.request) {
            Ok(response) => response,
            Err(status) => return Routed::Error(status),
        };
        // The declared status replaces a plain 200, and decides the kind of a redirect (301, 303, 307, ..) whatever
        // constructor of Rocket's the function used.
        if meta.status != 200
            && (response.status() == Status::Ok && !says_ok(self.request, meta.answers)
                || meta.redirects(response.status().code))
        {
            response.set_status(Status::new(meta.status));
        }
        fit_body(&mut response);
        Routed::Success(response)
    }

    /// The response where a value is missing that must be there. No declaration that compiles leads here.
    pub fn lost(&self) -> Routed<'r> {
        Routed::Error(Status::InternalServerError)
    }

    /// The response to an error, from the API that answers this request.
    pub(super) fn http_error(&self, error: HttpError) -> Response<'static> {
        answers(self.request, &self.context);
        http_error(self.request, error)
    }

    pub(super) fn failed(&self, error: Error) -> Routed<'r> {
        answers(self.request, &self.context);
        Routed::Success(refusal(self.request, error, NotFoundReply::NOT_FOUND))
    }

    pub(super) fn forward(&mut self, status: Status) -> Routed<'r> {
        self.request.local_cache(|| Forwarded(Some(status)));
        exchange(self.request).forwarded();
        match self.data.take() {
            Some(data) => Routed::Forward((data, status)),
            None => Routed::Error(status),
        }
    }
}

/// Returns the response of a function's code, whether it ran to its end or returned early by `?`.
pub async fn answered<'r>(answer: impl Future<Output = Result<Routed<'r>, Routed<'r>>>) -> Routed<'r> {
    match answer.await {
        Ok(routed) | Err(routed) => routed,
    }
}

/// Answers by the handler of the API, or in the error format of the rocket's APIs.
impl<'r> Responder<'r, 'static> for HttpError {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        Ok(http_error(request, self))
    }
}
