//! The handler of all routes of an API: it finds what answers the request and calls it, or forwards the request.

use std::future::ready;
use std::sync::Arc;

use rocket::form::Form;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome as Routed};
use rocket::{Data, Request, Response};

use super::answering::{Answering, Routing};
use super::background::finally;
use super::body::{PEEKED, RocketBody, head, is_form};
use super::caller::{caller_of, keep_private};
use super::colors;
use super::error_response::{self, answers, http_error, refusal};
use super::exchange::{Exchange, Refusal, exchange};
use super::function::{Call, Forwarded};
use super::gate;
use super::path::{location, matches_path, normalized, toggle_trailing_slash};
use super::rank::{is_own, is_ranked_last};
use super::rates::Rates;
use super::reply::{hide_length, hide_length_of_stream, is_long, make_patient, rocket_response};
use super::response_parts::add_parts;
use super::route_table::{ResourcePlan, RouteTable, ServedFunction, ServedResource, Target};
use super::route_tables::RouteTables;
use crate::endpoint::{ApiContext, ResourceEndpoint};
use crate::error::Error;
use crate::error_format::{HttpError, phrase};
use crate::function::{Answer, Plan};
use crate::http::{self, NoBody};
use crate::resource::{NotFoundReply, Operation};

/// The handler of an API's routes.
#[derive(Clone)]
pub(super) struct ApiHandler {
    pub(super) route_table: Arc<RouteTable>,
    /// Whether this is a fallback route, which comes after all other routes, and not a catch-all route.
    pub(super) is_fallback: bool,
}

/// Written out, and not by `async_trait`, which would give all requests one future as large as that of the largest: a
/// request that reads no body, or calls a function, needs a small one.
impl Handler for ApiHandler {
    fn handle<'r, 'life0, 'life1, 'async_trait>(
        &'life0 self,
        request: &'r Request<'life1>,
        mut data: Data<'r>,
    ) -> Routing<'async_trait, 'r>
    where
        'r: 'async_trait,
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        colors::keep_off();
        let exchange = exchange(request);
        if let Some(refusal) = gate::refusal(request, exchange) {
            return Box::pin(ready(Routed::Success(refusal)));
        }
        if request.method() == Method::Post || !is_form(request) {
            return self.route(request, exchange, data, request.method());
        }
        Box::pin(async move {
            if !is_disguised(&mut data).await {
                return self.route(request, exchange, data, request.method()).await;
            }
            exchange.sent_as_post();
            if self.has_guards(request) {
                let error =
                    HttpError::new(400, "A form for this operation cannot begin with the field `_method`");
                answers(request, &self.route_table.context);
                exchange.mark_own();
                return Routed::Success(http_error(request, error));
            }
            // The method that was sent counts.
            let mut routed = self.route(request, exchange, data, Method::Post).await;
            if request.method() == Method::Head
                && let Routed::Success(response) = &mut routed
            {
                // Rocket drops the body since it takes the request for a HEAD, and would still send its length.
                hide_length(response);
            }
            routed
        })
    }
}

impl ApiHandler {
    /// Routes a request to what answers it.
    fn route<'a, 'r: 'a>(
        &'a self,
        request: &'r Request<'_>,
        exchange: &'r Exchange,
        data: Data<'r>,
        method: Method,
    ) -> Routing<'a, 'r> {
        let route_table = &self.route_table;
        let path = normalized(request.uri().path().as_str());
        let target = match self.is_fallback {
            false => route_table.target(&path, method),
            true => route_table.fallback_target(&path, method),
        };
        if let Some(target) = target.filter(|target| target.belongs_to_api()) {
            exchange.answered_by(route_table.number(target));
            if let Some(refusal) = exchange.refusal_of_operation() {
                exchange.mark_own();
                return Box::pin(ready(Routed::Success(gate::refused(request, refusal))));
            }
            if let Some(limit) = route_table.limit(target)
                && let Some(rates) = request.rocket().state::<Arc<Rates>>()
                && let Some(refusal) = rates.count(request, limit)
            {
                exchange.mark_own();
                answers(request, &route_table.context);
                let refusal = gate::refused(request, Refusal::Error(refusal));
                return Box::pin(ready(Routed::Success(refusal)));
            }
            // A page is there already, and takes no place that it would have to give back.
            if !matches!(target, Target::Page(_))
                && !route_table.reads_body(target)
                && let Err(error) = exchange.enter(&route_table.load)
            {
                answers(request, &route_table.context);
                exchange.mark_own();
                let refusal = refusal(request, error, NotFoundReply::NOT_FOUND);
                return Box::pin(ready(Routed::Success(refusal)));
            }
        }
        let answering = |context: ApiContext, routing: Routing<'a, 'r>| -> Routing<'a, 'r> {
            Box::pin(Answering::new(request, exchange, context, route_table, method, routing))
        };
        let routed = match target {
            Some(Target::Function(index)) => {
                let ServedFunction { function, depth, plan, is_private, .. } = &route_table.functions[index];
                let (is_private, answers) = (*is_private, function.meta().answers);
                // The inputs of a plan are counted from the beginning of the path.
                let depth = if plan.is_some() { 0 } else { *depth };
                let context = ApiContext { depth, ..route_table.context };
                let mut call = Call::new(request, data, context);
                if plan.is_none() {
                    let called = (function.call)(call);
                    let routing = Box::pin(async move {
                        let mut routed = called.await;
                        finish(request, &mut routed, answers).await;
                        routed
                    });
                    return answering(context, routing);
                }
                let served = self.of_rocket(request).map(|table| &table.functions[index]);
                let plan = served.and_then(|served| served.plan.as_ref());
                call.callers = served.map_or(&[], |served| &served.callers);
                let routing = Box::pin(async move {
                    let Some(plan) = plan else { return call.lost() };
                    let _forgetting = UnlessPanicking(request);
                    let mut routed = match call.prepare(plan).await {
                        Ok(()) => (function.call)(call).await,
                        Err(refused) => *refused.0,
                    };
                    finish(request, &mut routed, answers).await;
                    add_parts(request, plan, &mut routed);
                    if is_private && let Routed::Success(response) = &mut routed {
                        keep_private(response);
                    }
                    tell_status(request, plan, &routed);
                    routed
                });
                return answering(context, routing);
            }
            Some(Target::Operation(index, operation)) => {
                let ServedResource { service, prefix, depth, plans, .. } = &route_table.resources[index];
                let endpoint = ResourceEndpoint {
                    service: route_table.services.at(*service),
                    api: &route_table.context,
                    depth: *depth,
                    not_own: &[],
                    base: prefix,
                    caller: None,
                };
                let is_planned = !plans.is_empty();
                let routing: Routing<'a, 'r> = match operation.has_body() {
                    _ if is_planned => self.guarded_operation(request, data, index, operation, endpoint),
                    true => Box::pin(async move {
                        let timeouts = endpoint.api.limits.timeouts;
                        let mut body = RocketBody { request, data: Some(data), timeouts };
                        match endpoint.answer(operation, head(request), &mut body).await {
                            Ok(answer) => Routed::Success(rocket_response(request, answer)),
                            Err(error) => refused(request, &endpoint, operation, error),
                        }
                    }),
                    false => Box::pin(async move {
                        match endpoint.answer(operation, head(request), &mut NoBody).await {
                            Ok(answer) => Routed::Success(rocket_response(request, answer)),
                            Err(error) => refused(request, &endpoint, operation, error),
                        }
                    }),
                };
                return answering(route_table.context, routing);
            }
            Some(Target::Page(page)) => {
                let page = &route_table.pages[page];
                exchange.answered_by_unchanging(&*page.bytes);
                Routed::Success(rocket_response(request, page.answer()))
            }
            Some(Target::UserRoute { ranked_last }) => {
                // A route that is ranked last comes after the API's redirects too.
                let redirected = if ranked_last && route_table.allowed(&path).is_none() {
                    route_table.refuse(request, &path)
                } else {
                    None
                };
                redirected.map_or_else(|| Routed::forward(data, Status::NotFound), Routed::Success)
            }
            None => self.forward_or_refuse(request, data, method, &path),
        };
        if matches!(routed, Routed::Success(_)) {
            exchange.mark_own();
        }
        Box::pin(ready(routed))
    }

    /// Whether the operation that a form is sent to, or a dependency of it, has a request guard. That sees the method
    /// which Rocket has made of the form, and may let a POST pass that it takes for a GET.
    fn has_guards(&self, request: &Request<'_>) -> bool {
        let path = normalized(request.uri().path().as_str());
        let table = &self.route_table;
        let target = match self.is_fallback {
            false => table.target(&path, Method::Post),
            true => table.fallback_target(&path, Method::Post),
        };
        let has_guards = |plan: &Plan| plan.nodes.iter().any(|node| !node.meta.guards.is_empty());
        match target {
            Some(Target::Function(index)) => {
                let ServedFunction { function, plan, .. } = &table.functions[index];
                !function.meta().guards.is_empty() || plan.as_ref().is_some_and(has_guards)
            }
            Some(Target::Operation(index, operation)) => {
                let planned = table.resources[index].plans.get(&operation);
                planned.is_some_and(|planned| has_guards(&planned.plan))
            }
            _ => false,
        }
    }

    /// The route table, for as long as the rocket exists.
    fn of_rocket<'q>(&self, request: &Request<'q>) -> Option<&'q RouteTable> {
        request.rocket().state::<RouteTables>()?.same(&self.route_table)
    }

    /// Answers a request for an operation of a resource that has dependencies, which are asked before anything of the
    /// resource.
    fn guarded_operation<'a, 'r: 'a>(
        &'a self,
        request: &'r Request<'_>,
        data: Data<'r>,
        index: usize,
        operation: Operation,
        endpoint: ResourceEndpoint<'a>,
    ) -> Routing<'a, 'r> {
        let plan = self.of_rocket(request).and_then(|table| table.resources[index].plans.get(&operation));
        Box::pin(async move {
            let mut call = Call::new(request, data, ApiContext { depth: 0, ..*endpoint.api });
            let Some(ResourcePlan { plan, not_own, callers }) = plan else { return call.lost() };
            call.callers = callers;
            let _forgetting = UnlessPanicking(request);
            let load = &self.route_table.load;
            if let Err(error) = exchange(request).enter(load) {
                return refused(request, &endpoint, operation, error);
            }
            let used = caller_of(endpoint.service.meta());
            let found = match call.prepare(plan).await {
                Err(refused) => Err(*refused.0),
                Ok(()) => used.map_or(Ok(None), |used| call.caller(used)).map_err(|()| call.lost()),
            };
            let mut routed = match found {
                Err(refused) => refused,
                Ok(caller) => {
                    let endpoint = ResourceEndpoint { not_own, caller: caller.as_deref(), ..endpoint };
                    if self.route_table.reads_body(Target::Operation(index, operation)) {
                        // It enters again once its body is there.
                        exchange(request).leave(load);
                    }
                    let timeouts = endpoint.api.limits.timeouts;
                    let mut body = RocketBody { request, data: call.data.take(), timeouts };
                    match endpoint.answer(operation, head(request), &mut body).await {
                        Ok(answer) => Routed::Success(rocket_response(request, answer)),
                        Err(error) => refused(request, &endpoint, operation, error),
                    }
                }
            };
            finish(request, &mut routed, &[]).await;
            add_parts(request, plan, &mut routed);
            if endpoint.is_private()
                && let Routed::Success(response) = &mut routed
            {
                keep_private(response);
            }
            tell_status(request, plan, &routed);
            routed
        })
    }

    /// Handles a request that this API has no target for: it is forwarded if another route may answer it, else
    /// refused.
    fn forward_or_refuse<'r>(
        &self,
        request: &'r Request<'_>,
        data: Data<'r>,
        method: Method,
        path: &str,
    ) -> Routed<'r> {
        let forwarded = match self.is_fallback {
            true => request.local_cache(|| Forwarded(None)).0,
            false => self.may_be_answered_elsewhere(request, method, path).then_some(Status::NotFound),
        };
        let refused = if forwarded.is_some() { None } else { self.route_table.refuse(request, path) };
        match refused {
            Some(response) => Routed::Success(response),
            None => Routed::forward(data, forwarded.unwrap_or(Status::NotFound)),
        }
    }

    /// Whether a route of the user's, or another API, may answer a request that this API does not.
    fn may_be_answered_elsewhere(&self, request: &Request<'_>, method: Method, path: &str) -> bool {
        // Rocket routes a HEAD that no route has answered a second time, as a GET.
        let is_head = method == Method::Head;
        let method = if is_head { Method::Get } else { method };
        if is_head && self.route_table.target(path, method).is_some() {
            return true;
        }
        let rocket = request.rocket();
        let mut others = rocket.routes().filter(|route| !is_own(route) && !is_ranked_last(route));
        others.any(|route| route.method == method && matches_path(route.uri.path(), path))
            || rocket
                .state::<RouteTables>()
                .is_some_and(|route_tables| route_tables.answers_elsewhere(&self.route_table, method, path))
    }
}

impl RouteTable {
    /// The refusal of a request that nothing answers, where its path is one of this API: 405, or a redirect.
    pub(super) fn refuse<'r>(&self, request: &Request<'_>, path: &str) -> Option<Response<'r>> {
        if let Some(allowed) = self.allowed(path) {
            answers(request, &self.context);
            let refusal = self.context.format.status(405, phrase(405));
            return Some(error_response::status(request, refusal.header("Allow", allowed), 405));
        }
        // FastAPI redirects a path with a slash too many or too few, whatever the method.
        self.allowed(&toggle_trailing_slash(path))?;
        let mut target = location(&toggle_trailing_slash(request.uri().path().as_str()))?;
        if let Some(query) = request.uri().query() {
            target = format!("{target}?{query}");
        }
        Some(rocket_response(request, http::Response::empty(307).header("Location", target)))
    }
}

/// The answer to an error of an operation of a resource.
#[cold]
fn refused<'r>(
    request: &'r Request<'_>,
    endpoint: &ResourceEndpoint<'_>,
    operation: Operation,
    error: Error,
) -> Routed<'r> {
    answers(request, endpoint.api);
    let mut response = refusal(request, error, endpoint.service.meta().missing);
    if endpoint.varies(operation) {
        response.adjoin_raw_header("Vary", "Accept");
    }
    Routed::Success(response)
}

/// Drops the tasks that dependencies have left, if the function panics.
struct UnlessPanicking<'r, 'q>(&'r Request<'q>);

impl Drop for UnlessPanicking<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            finally(self.0).forget_tasks();
        }
    }
}

/// Tells the status of an answer to what dependencies leave to be done after it.
fn tell_status(request: &Request<'_>, plan: &Plan, routed: &Routed<'_>) {
    if plan.nodes.iter().any(|node| !node.meta.after.is_nothing()) {
        finally(request).answered(match routed {
            Routed::Success(response) => response.status(),
            Routed::Error(status) | Routed::Forward((_, status)) => *status,
        });
    }
}

/// Finishes the answer of a function, which may be one of these. Rocket sends a length for a stream, which has none. Where
/// there is no answer, the tasks that the function or a dependency has left are dropped.
async fn finish(request: &Request<'_>, routed: &mut Routed<'_>, answers: &[Answer]) {
    match routed {
        Routed::Success(response) => {
            hide_length_of_stream(response).await;
            // A text has its length where it is a `String`; that of a file is found only when it is sent.
            let is_text =
                |response: &Response<'_>| response.content_type().is_some_and(|kind| kind.is_plain());
            if is_long(response) && (Answer::are_in_memory(answers) || is_text(response)) {
                make_patient(request, response).await;
            }
        }
        _ => finally(request).forget_tasks(),
    }
}

/// Whether this form was sent as a POST whose method Rocket changed because its first field is `_method`. Any page on the
/// web can make a browser send such a form, so it must not become a DELETE. The field is found with Rocket's own
/// parser, which accepts several spellings of the name.
async fn is_disguised(data: &mut Data<'_>) -> bool {
    // Rocket looks at as many bytes as this.
    let start = data.peek(PEEKED).await;
    let first = std::str::from_utf8(start).ok().and_then(|form| Form::values(form).next());
    first.is_some_and(|field| field.name == "_method")
}
