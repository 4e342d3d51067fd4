//! What is told of each request: metrics, a line in the log, its id, and how long it took.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rocket::http::Method;
use rocket::{Orbit, Request, Response, Rocket};

use super::digits::millis;
use super::log::{LogSettings, RequestLine, RequestLines};
use super::metrics::{Metrics, Series};
use super::sent::Sent;
use crate::route::{
    DOCS, Exchange, Notes, Operations, OwnRoute, REQUEST_ID, RequestId, TraceParent, begin, count_stream,
    first, has, is_crewed,
};

/// What is told of requests.
pub(crate) struct Telling {
    operations: Arc<Operations>,
    metrics: Option<Arc<Metrics>>,
    lines: Option<RequestLines>,
    /// Whether answers tell how long they took.
    times: bool,
    /// The number of the pages of the documentation, if there are any.
    docs: Option<u32>,
    /// The routes of the user's own, by the places where the rocket has them.
    routes: OnceLock<Vec<UserRoute>>,
}

/// A route of the user's own, or one of what the pages of the documentation need.
struct UserRoute {
    place: usize,
    is_of_docs: bool,
    name: String,
    path: String,
}

/// What has answered a request.
enum Answered<'a> {
    /// An operation of an API.
    Operation(u32),
    /// A route of the user's own, by its index.
    Route(usize, &'a UserRoute),
    /// Nothing: the request was refused before it was known what it asks for.
    Refused,
    /// Nothing: there is no such path, or no such method of it.
    Unmatched,
    /// A route of the rocket's own.
    Own(OwnRoute),
}

impl Telling {
    pub(crate) fn new(
        operations: Arc<Operations>,
        metrics: Option<Arc<Metrics>>,
        log: &LogSettings,
        times: bool,
    ) -> Self {
        let lines = log.of_requests().map(|format| RequestLines::new(format, operations.iter()));
        // They have no path of their own.
        let docs = operations.iter().position(|name| name.path.is_empty() && !name.id.is_empty());
        let docs = docs.and_then(|number| u32::try_from(number).ok());
        Telling { operations, metrics, lines, times, docs, routes: OnceLock::new() }
    }

    /// Learns the routes of the rocket.
    pub(super) fn lifted_off(&self, rocket: &Rocket<Orbit>) {
        if self.metrics.is_none() && self.lines.is_none() {
            return;
        }
        let route = |route: &rocket::Route| UserRoute {
            place: std::ptr::from_ref(route).addr(),
            is_of_docs: route.name.as_deref() == Some(DOCS),
            name: route.name.as_deref().unwrap_or("route").to_owned(),
            path: crate::resource::naming::template(route.uri.path()),
        };
        let mut routes: Vec<_> = rocket.routes().filter(|route| !is_crewed(route)).map(route).collect();
        // Those of the user's come first, so that they have the same index among the series.
        routes.sort_by_key(|route| (route.is_of_docs, route.place));
        if let Some(metrics) = &self.metrics {
            let of_user = routes.iter().filter(|route| !route.is_of_docs);
            metrics.requests.add_routes(of_user.map(|route| &*route.name));
        }
        let _ = self.routes.set(routes);
    }

    /// Begins to note what is told of a request.
    pub(super) fn begun<'r>(&self, request: &'r Request<'_>, sent: &Sent<'_>) -> &'r Exchange {
        // Without a line that has it nobody needs one, and a header takes Rocket some thousand instructions.
        let has_id = sent.request_id.is_some() || self.lines.is_some();
        let id = has_id.then(|| RequestId::sent_or_made(sent.request_id));
        let active = self.metrics.as_ref().map(|metrics| &metrics.requests.active);
        begin(request, id, Notes::new(self.lines.is_some(), self.times, active))
    }

    /// Tells of a request whose answer is about to be sent.
    ///
    /// The bytes of a body whose length nobody knows yet are to be counted by what is returned.
    pub(super) fn answered<'r>(
        &self,
        request: &'r Request<'_>,
        exchange: &'r Exchange,
        response: &mut Response<'r>,
    ) -> Option<&Series> {
        if let Some(id) = exchange.known_id()
            && !has(response.headers(), REQUEST_ID)
        {
            response.set_raw_header(REQUEST_ID, id.as_str());
        }
        if self.metrics.is_none() && self.lines.is_none() && !self.times {
            return None;
        }
        let took = exchange.started.elapsed();
        if self.times {
            response.adjoin_raw_header("Server-Timing", timing(exchange, took));
        }
        if self.metrics.is_none() && self.lines.is_none() {
            return None;
        }
        let mut uncounted = None;
        let status = response.status().code;
        let answered = self.answered_by(request, exchange);
        if let Some(metrics) = &self.metrics {
            let series = series(metrics, &answered);
            series.observe(Some(exchange.method()), status, took);
            let sent = match response.body().preset_size() {
                _ if exchange.method() == Method::Head => Some(0),
                Some(size) => Some(size),
                None if response.body().is_none() => Some(0),
                None => None,
            };
            series.count_bytes(exchange.notes().bytes_received(), sent.unwrap_or_default() as u64);
            uncounted = sent.is_none().then_some(series);
        }
        if let Some(lines) = &self.lines {
            let method = exchange.method().as_str();
            let sent = request.uri().path().as_str();
            let (number, operation, path, own) = match &answered {
                Answered::Operation(number) => match self.operations.get(*number) {
                    // That of a page is the page's own.
                    Some(name) if name.path.is_empty() => (None, &*name.id, sent, name.method),
                    Some(name) => (Some(*number), &*name.id, &*name.path, name.method),
                    None => (None, "unmatched", "", ""),
                },
                Answered::Route(_, route) => (None, &*route.name, &*route.path, ""),
                Answered::Refused => (None, "refused", "", ""),
                Answered::Own(OwnRoute::Preflight) => (None, OwnRoute::Preflight.name(), "", ""),
                Answered::Own(route) => (None, route.name(), sent, ""),
                Answered::Unmatched => (None, "unmatched", "", ""),
            };
            lines.write(&RequestLine {
                number,
                operation,
                path,
                method,
                is_own_method: method == own,
                status,
                took,
                caller: exchange.notes().caller(),
                request_id: exchange.known_id().map_or(&[], RequestId::as_bytes),
                trace: first(request.headers(), "traceparent").and_then(TraceParent::parse),
            });
        }
        uncounted
    }

    /// Tells of a request that Rocket could not read: its method is none that Rocket knows, or its path is none.
    pub(crate) fn unread(&self, status: u16) {
        let took = Duration::ZERO;
        if let Some(metrics) = &self.metrics {
            metrics.requests.unmatched().observe(None, status, took);
        }
        if let Some(lines) = &self.lines {
            lines.write(&RequestLine {
                number: None,
                operation: "unmatched",
                path: "",
                method: "_OTHER",
                is_own_method: false,
                status,
                took,
                caller: None,
                request_id: RequestId::make().as_bytes(),
                trace: None,
            });
        }
    }

    fn answered_by(&self, request: &Request<'_>, exchange: &Exchange) -> Answered<'_> {
        if let Some(number) = exchange.operation() {
            return Answered::Operation(number);
        }
        if let Some(route) = exchange.notes().own() {
            return Answered::Own(route);
        }
        if exchange.is_refused() {
            return Answered::Refused;
        }
        let routes = self.routes.get().map(Vec::as_slice).unwrap_or_default();
        let place = request.route().map(|route| std::ptr::from_ref(route).addr());
        let find = |is_of_docs| {
            let place = place?;
            routes.binary_search_by_key(&(is_of_docs, place), |route| (route.is_of_docs, route.place)).ok()
        };
        match (find(false), self.docs) {
            (Some(index), _) => Answered::Route(index, &routes[index]),
            (None, Some(docs)) if find(true).is_some() => Answered::Operation(docs),
            (None, _) => Answered::Unmatched,
        }
    }
}

fn series<'a>(metrics: &'a Metrics, answered: &Answered<'_>) -> &'a Series {
    let requests = &metrics.requests;
    match answered {
        Answered::Operation(number) => requests.of_operation(*number),
        Answered::Route(index, _) => requests.of_route(*index),
        Answered::Refused => requests.refused(),
        Answered::Own(route) => requests.of_own(*route),
        Answered::Unmatched => requests.unmatched(),
    }
}

/// Counts the bytes of a body whose length was not set: that of a file can be found, and those of a stream are counted as
/// they are sent.
pub(super) async fn count_bytes(series: &Series, response: &mut Response<'_>) {
    match response.body_mut().size().await {
        Some(sent) => series.count_bytes(0, sent as u64),
        None => count_stream(response, Arc::clone(&series.sent)),
    }
}

/// The value of `Server-Timing`: what is known when the head of an answer is sent. `parse` is until the store was first
/// asked, `store` is how long it was waited for, and `write` is what came after it.
fn timing(exchange: &Exchange, total: Duration) -> String {
    let waited = exchange.notes().all_waited();
    let mut value = Vec::with_capacity(80);
    let mut part = |name: &str, time: Duration| {
        value.extend_from_slice(name.as_bytes());
        millis(&mut value, time);
    };
    if let (Some(first), Some(last)) = (waited.first, waited.last) {
        part("parse;dur=", first.saturating_duration_since(exchange.started));
        part(", store;dur=", waited.total);
        part(", write;dur=", (exchange.started + total).saturating_duration_since(last));
        part(", total;dur=", total);
    } else {
        part("total;dur=", total);
    }
    String::from_utf8(value).unwrap_or_default()
}
