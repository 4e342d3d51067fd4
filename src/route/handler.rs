//! How an API answers a request.

use std::sync::Arc;

use rocket::form::Form;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome as Routed};
use rocket::{Data, Request, Response};

use super::body::{RocketBody, head, is_form};
use super::catcher::RouteTables;
use super::colors;
use super::function::{Call, Forwarded};
use super::path::{address, normalized, takes};
use super::rank::{has_nothing_behind, is_own};
use super::reply::{of_unknown_length, rocket_response, tell_no_length_of_a_stream};
use super::route_table::{RouteTable, Target, other_end};
use crate::endpoint::ResourceEndpoint;
use crate::error_format::phrase;
use crate::http;

/// What Rocket's logger shows below the line of the request.
const LOG: &str = "crewed::_";

/// The handler of an API's routes.
#[derive(Clone)]
pub(super) struct ApiHandler {
    pub(super) route_table: Arc<RouteTable>,
    /// Whether it stands behind all other routes, and not before them.
    pub(super) is_fallback: bool,
}

#[rocket::async_trait]
impl Handler for ApiHandler {
    async fn handle<'r>(&self, request: &'r Request<'_>, mut data: Data<'r>) -> Routed<'r> {
        colors::keep_off();
        // What Rocket took for another method is the POST that was sent.
        let disguised = is_disguised(request, &mut data).await;
        let method = if disguised { Method::Post } else { request.method() };
        let route_table = &self.route_table;
        let path = normalized(request.uri().path().as_str());
        let target = match self.is_fallback {
            false => route_table.target(&path, method),
            true => route_table.fallback_target(&path, method),
        };
        if let Some(target) = target.filter(|target| target.is_ours()) {
            log::info!(target: LOG, "Operation: {}", route_table.description(target));
        }
        let mut routed = match target {
            Some(Target::Function(index)) => {
                let call = Call::new(request, data, route_table.context);
                let mut routed = (route_table.functions[index].call)(call).await;
                if let Routed::Success(response) = &mut routed {
                    tell_no_length_of_a_stream(response).await;
                }
                routed
            }
            Some(Target::Operation(service, operation)) => {
                let endpoint = ResourceEndpoint {
                    service: route_table.services.at(service),
                    api: &route_table.context,
                    base: &route_table.base,
                };
                let body = RocketBody { request, data };
                Routed::Success(rocket_response(endpoint.answer(operation, head(request), body).await))
            }
            Some(Target::Page(page)) => Routed::Success(rocket_response(route_table.pages[page].answer())),
            Some(Target::UserRoute { last }) => {
                // What comes last comes after the redirect, too.
                let redirected = if last && route_table.allowed(&path).is_none() {
                    route_table.refuse(request, &path)
                } else {
                    None
                };
                redirected.map_or_else(|| Routed::forward(data, Status::NotFound), Routed::Success)
            }
            None => self.pass_on(request, data, method, &path),
        };
        if disguised
            && request.method() == Method::Head
            && let Routed::Success(response) = &mut routed
        {
            // Rocket takes the body away, and must not promise its length all the same.
            of_unknown_length(response);
        }
        routed
    }
}

impl ApiHandler {
    /// What becomes of a request that nobody of this API answers: somebody else may, or it is refused.
    fn pass_on<'r>(
        &self,
        request: &'r Request<'_>,
        data: Data<'r>,
        method: Method,
        path: &str,
    ) -> Routed<'r> {
        let passed = match self.is_fallback {
            true => request.local_cache(|| Forwarded(None)).0,
            false => self.is_wanted(request, method, path).then_some(Status::NotFound),
        };
        let refused = if passed.is_some() { None } else { self.route_table.refuse(request, path) };
        match refused {
            Some(response) => Routed::Success(response),
            None => Routed::forward(data, passed.unwrap_or(Status::NotFound)),
        }
    }

    /// Whether somebody else may answer what nobody of this API does.
    fn is_wanted(&self, request: &Request<'_>, method: Method, path: &str) -> bool {
        // Rocket asks for a HEAD once more, as a GET.
        let again = method == Method::Head;
        let method = if again { Method::Get } else { method };
        if again && self.route_table.target(path, method).is_some() {
            return true;
        }
        let rocket = request.rocket();
        let mut others = rocket.routes().filter(|route| !is_own(route) && !has_nothing_behind(route));
        others.any(|route| route.method == method && takes(route.uri.path(), path))
            || rocket
                .state::<RouteTables>()
                .is_some_and(|route_tables| route_tables.answer(&self.route_table, method, path))
    }
}

impl RouteTable {
    /// What is answered to a path of ours that nobody took.
    pub(super) fn refuse<'r>(&self, request: &Request<'_>, path: &str) -> Option<Response<'r>> {
        if let Some(allowed) = self.allowed(path) {
            let refusal = self.context.format.status(405, phrase(405));
            return Some(rocket_response(refusal.header("Allow", allowed)));
        }
        // FastAPI redirects a slash too many or too few, whatever the method.
        self.allowed(&other_end(path))?;
        let mut location = address(&other_end(request.uri().path().as_str()))?;
        if let Some(query) = request.uri().query() {
            location = format!("{location}?{query}");
        }
        Some(rocket_response(http::Response::empty(307).header("Location", location)))
    }
}

/// Whether this is a form's POST that Rocket took for another method because its first field is
/// `_method`: any page on the web can make a browser send one. Asked of Rocket's own parser, to which
/// the name has several spellings.
async fn is_disguised(request: &Request<'_>, data: &mut Data<'_>) -> bool {
    if request.method() == Method::Post || !is_form(request) {
        return false;
    }
    // As far as Rocket looks.
    let start = data.peek("_method=delete".len()).await;
    let first = std::str::from_utf8(start).ok().and_then(|form| Form::values(form).next());
    first.is_some_and(|field| field.name == "_method")
}
