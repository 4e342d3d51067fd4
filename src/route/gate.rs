//! Gates: routes that stand before all others, and answer what the edge has refused.
//!
//! An API answers a refusal where it is the first to see a request. What it does not see, for being on a base or for
//! being OPTIONS, would reach the user's routes all the same, so there a gate stands before them. It forwards every
//! request that is not refused, for which Rocket needs some hundred instructions: so there is one only for methods that
//! may be refused, and that no API on the root sees first.

use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome as Routed};
use rocket::{Data, Request, Response, Route};

use super::body::is_form;
use super::error_response;
use super::exchange::{Exchange, Refusal, exchange};
use super::rank::{GATE, NAME, is_before_catch_all};
use super::reply::{hide_length, rocket_response};

/// The methods that need a gate, of those that may be refused. `bases` are those of all APIs, and `others` the routes
/// that are mounted beside them.
pub(crate) fn gated(refused: &[Method], bases: &[&str], others: &[&Route]) -> Vec<Method> {
    let is_seen_first = |method: Method| {
        method != Method::Options
            && bases.contains(&"")
            && !others.iter().any(|route| route.method == method && is_before_catch_all(route))
    };
    refused.iter().copied().filter(|method| !is_seen_first(*method)).collect()
}

/// The gates for these methods.
pub(crate) fn gates(methods: &[Method]) -> Vec<Route> {
    let gate = |method: &Method| {
        let mut route = Route::ranked(GATE, *method, "/<path..>", Gate);
        route.name = Some(NAME.into());
        route
    };
    methods.iter().map(gate).collect()
}

/// A message for each route with the rank of a gate: Rocket could not tell which of them is first.
pub(crate) fn before_gates(methods: &[Method], others: &[&Route]) -> Vec<String> {
    let is_before = |route: &&&Route| route.rank == GATE && methods.contains(&route.method);
    let mut before: Vec<&Route> = others.iter().filter(is_before).copied().collect();
    before.sort_by_key(|route| route.uri.path());
    let line = |route: &Route| {
        format!(
            "the route `{} {}` ({}) has the rank `isize::MIN`, which is that of what refuses requests by `cors`, `hosts` \
             and their like: give it a higher one",
            route.method,
            route.uri.path(),
            route.name.as_deref().unwrap_or("without a name")
        )
    };
    before.into_iter().map(line).collect()
}

/// The response to a request that is refused, if it is. Whoever sees a request first answers it by that.
pub(crate) fn refusal(request: &Request<'_>, exchange: &Exchange) -> Option<Response<'static>> {
    let refusal = exchange.refusal()?;
    exchange.mark_own();
    Some(refused(request, refusal))
}

/// The response to a request that is refused for this.
pub(super) fn refused(request: &Request<'_>, refusal: Refusal) -> Response<'static> {
    let mut response = match refusal {
        Refusal::Answer(answer) => rocket_response(request, answer),
        Refusal::Error(error) => {
            let code = error.status;
            error_response::status(request, error, code)
        }
    };
    hide_length_of_form(request, &mut response);
    response
}

/// Hides the length of the answer to what may be the POST of a form that Rocket took for a HEAD. Rocket then drops the
/// body, and must not send its length.
pub(super) fn hide_length_of_form(request: &Request<'_>, response: &mut Response<'_>) {
    if is_form(request) && request.method() != Method::Post {
        hide_length(response);
    }
}

#[derive(Clone)]
struct Gate;

#[rocket::async_trait]
impl Handler for Gate {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Routed<'r> {
        match refusal(request, exchange(request)) {
            Some(refusal) => Routed::Success(refusal),
            None => Routed::forward(data, Status::NotFound),
        }
    }
}
