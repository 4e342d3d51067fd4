//! The rocket's own routes: health checks and metrics. They stand at its root, before all of the user's, and no rule and no
//! limit is in their way.

use std::sync::Arc;

use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route, async_trait};

use crate::error_format::{ErrorFormat, phrase};
use crate::http::Response;
use crate::route::{OwnRoute, exchange, outermost_routes, refusal, rocket_response};

/// What answers on a path of the rocket's own, and on some below it.
#[async_trait]
pub(super) trait Answers: Send + Sync + 'static {
    /// What tells of its requests call it.
    const NAME: OwnRoute;
    /// What is asked for.
    type Asked: Send;

    /// What is asked for by the rest of a path, which is empty where it is the path itself. `None` is a path that there is
    /// not.
    fn asked(below: &str) -> Option<Self::Asked>;

    async fn answer(&self, asked: Self::Asked) -> Response;
}

/// The routes of a path and of what stands below it; `beside` says whether an operation may match it too.
pub(super) fn own_routes<A: Answers>(path: &str, beside: bool, answers: A) -> Vec<Route> {
    let answers = Arc::new(answers);
    outermost_routes(path, beside, |method| OwnHandler {
        path: path.to_owned(),
        answers: Arc::clone(&answers),
        method,
    })
}

/// Whether a request is answered on a path. What else stands below that is a request like any other.
pub(super) fn is_asked<A: Answers>(path: Option<&str>, request: &Request<'_>) -> bool {
    matches!(request.method(), Method::Get | Method::Head)
        && path.is_some_and(|path| asked::<A>(path, request).is_some())
}

fn asked<A: Answers>(path: &str, request: &Request<'_>) -> Option<A::Asked> {
    A::asked(request.uri().path().as_str().strip_prefix(path)?)
}

/// The handler of one method.
struct OwnHandler<A> {
    path: String,
    answers: Arc<A>,
    method: Method,
}

impl<A> Clone for OwnHandler<A> {
    fn clone(&self) -> Self {
        OwnHandler { path: self.path.clone(), answers: Arc::clone(&self.answers), method: self.method }
    }
}

#[async_trait]
impl<A: Answers> Handler for OwnHandler<A> {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let exchange = exchange(request);
        if let Some(refusal) = refusal(request, exchange) {
            return Outcome::Success(refusal);
        }
        let Some(asked) = asked::<A>(&self.path, request) else {
            // The catcher answers in the words of the API.
            return Outcome::forward(data, Status::NotFound);
        };
        let response = match self.method {
            Method::Get | Method::Head => self.answers.answer(asked).await,
            _ => {
                let format = request.rocket().state::<ErrorFormat>().copied().unwrap_or_default();
                format.status(405, phrase(405)).header("Allow", "GET")
            }
        };
        exchange.mark_own();
        exchange.notes().answered_by(A::NAME);
        Outcome::Success(rocket_response(request, response))
    }
}
