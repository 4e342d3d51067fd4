//! Functions under `#[get]` and its like: how a request comes to one, and what becomes of its value.
//!
//! A guard is asked first, as FastAPI solves what a function depends on; then every other input is
//! looked at, and only when nothing is wrong with any of them is the function called.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;

use rocket::data::ByteUnit;
use rocket::http::{Cookie, Status};
use rocket::response::Responder;
use rocket::route::Outcome as Routed;
use rocket::{Data, Request, Response};

use super::body::{self, media_type};
use super::path::decode;
use super::reply::{empty, in_one_piece, rendered};
use crate::error::Error;
use crate::error_format::{ErrorFormat, HttpError};
use crate::function::FunctionMeta;
use crate::input::{InputMeta, RequestInputs, RequestParts};
use crate::issue::Issues;
use crate::resource::NotFoundReply;

/// A future of a function's answer.
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
    /// What is said of it.
    const META: &'static FunctionMeta;

    /// Answers a request.
    #[doc(hidden)]
    fn call<'r>(call: Call<'r, '_>) -> Answering<'r>;
}

/// A function with nothing left of its type: what `operations![..]` lists.
#[derive(Clone, Copy)]
pub struct AnyFunction {
    pub(crate) meta: &'static FunctionMeta,
    pub(crate) call: for<'r, 'q> fn(Call<'r, 'q>) -> Answering<'r>,
}

impl AnyFunction {
    /// Forgets the type.
    #[must_use]
    pub const fn of<F: Function>() -> Self {
        AnyFunction { meta: F::META, call: F::call }
    }

    /// What is said of it.
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

/// The status that a function's guard forwarded a request with, if one did.
pub(super) struct Forwarded(pub(super) Option<Status>);

/// A request on its way to a function.
pub struct Call<'r, 'q> {
    pub(super) request: &'r Request<'q>,
    pub(super) data: Option<Data<'r>>,
    pub(super) context: ApiContext,
}

/// What the API around a function says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiContext {
    pub(crate) format: ErrorFormat,
    /// How many segments its base has.
    pub(crate) depth: usize,
    /// The limit of bodies.
    pub(crate) limit: ByteUnit,
}

impl<'r, 'q> Call<'r, 'q> {
    pub(crate) fn new(request: &'r Request<'q>, data: Data<'r>, context: ApiContext) -> Self {
        Call { request, data: Some(data), context }
    }

    /// Looks at what was sent, but at no input yet.
    ///
    /// # Errors
    /// The answer, where the body is too long or cannot be read.
    pub async fn examine(
        &mut self,
        inputs: &'static [InputMeta],
    ) -> Result<RequestInputs<FromRocket<'r, 'q>>, Routed<'r>> {
        let request = self.request;
        let examined = RequestInputs::new(inputs, FromRocket { request, depth: self.context.depth });
        let form = inputs.iter().any(|input| input.place.is_form());
        if !inputs.iter().any(|input| input.place.is_body()) {
            return Ok(examined);
        }
        let Some(data) = self.data.take() else { return Ok(examined) };
        let read = match form {
            true => {
                let read = body::form(request, data).await;
                read.map(|(parts, issues, turn)| examined.form(parts, issues).during(turn))
            }
            false => body::Received::of(request, data, self.context.limit).await.map(|received| {
                let json = body::is_json(media_type(request));
                examined.body(received.bytes, json).during(received.turn)
            }),
        };
        read.map_err(|error| self.failed(&error))
    }

    /// The answer where something is wrong with the inputs.
    pub fn refuse<S: RequestParts>(&self, examined: RequestInputs<S>) -> Routed<'r> {
        let issues: Issues = examined.into_issues();
        self.failed(&Error::Invalid(issues))
    }

    /// The answer of what a function returned.
    pub fn answer<'o: 'r, R: Responder<'r, 'o>>(&self, meta: &FunctionMeta, value: R) -> Routed<'r> {
        let mut response = match value.respond_to(self.request) {
            Ok(response) => response,
            Err(status) => return Routed::Error(status),
        };
        // Of a redirect the declared status says which kind it is, whatever Rocket's constructor would say.
        if meta.status != 200 && (response.status() == Status::Ok || meta.redirects(response.status().code)) {
            response.set_status(Status::new(meta.status));
        }
        if matches!(response.status().code, 204 | 304) {
            let bare = empty(response.status().code);
            response.merge(bare);
            response.remove_header("Content-Type");
        }
        in_one_piece(&mut response);
        Routed::Success(response)
    }

    /// The answer where there should be a value and is none; no declaration leads here.
    pub fn lost(&self) -> Routed<'r> {
        Routed::Error(Status::InternalServerError)
    }

    fn failed(&self, error: &Error) -> Routed<'r> {
        Routed::Success(rendered(self.context.format.error(error, NotFoundReply::NOT_FOUND)))
    }

    pub(super) fn forward(&mut self, status: Status) -> Routed<'r> {
        self.request.local_cache(|| Forwarded(Some(status)));
        match self.data.take() {
            Some(data) => Routed::Forward((data, status)),
            None => Routed::Error(status),
        }
    }
}

/// Where a function's code ends early, that is its answer.
pub async fn answered<'r>(answer: impl Future<Output = Result<Routed<'r>, Routed<'r>>>) -> Routed<'r> {
    match answer.await {
        Ok(routed) | Err(routed) => routed,
    }
}

/// A request of Rocket's, as inputs are taken from it.
pub struct FromRocket<'r, 'q> {
    request: &'r Request<'q>,
    depth: usize,
}

impl RequestParts for FromRocket<'_, '_> {
    fn path(&self, position: usize, rest: bool) -> Result<Cow<'_, str>, &str> {
        let path = self.request.uri().path().as_str();
        let pieces = if rest { self.depth + position + 2 } else { usize::MAX };
        // The path begins with a slash, so that the first piece is empty.
        let piece = path.splitn(pieces, '/').nth(self.depth + position + 1).unwrap_or_default();
        decode(piece).ok_or(piece)
    }

    fn query(&self) -> &str {
        self.request.uri().query().map_or("", |query| query.as_str())
    }

    fn header(&self, name: &str) -> Vec<&str> {
        self.request.headers().get(name).collect()
    }

    fn cookie(&self, name: &str) -> Option<String> {
        let headers = self.request.headers().get("Cookie");
        let cookies = headers.flat_map(Cookie::split_parse).flatten();
        let own = cookies.filter(|cookie| cookie.name() == name);
        own.last().map(|cookie| cookie.value_trimmed().to_owned())
    }
}

/// Answers as the API says that errors read.
impl<'r> Responder<'r, 'static> for HttpError {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let format = request.rocket().state::<ErrorFormat>().copied().unwrap_or_default();
        Ok(failed(request, format, &self))
    }
}

/// The answer of an error of one's own making.
pub(super) fn failed<'r>(request: &Request<'_>, format: ErrorFormat, error: &HttpError) -> Response<'r> {
    if let Some(cause) = error.for_the_log() {
        log::error!("{} {}: {cause}", request.method(), request.uri());
    }
    rendered(format.http_error(error))
}
