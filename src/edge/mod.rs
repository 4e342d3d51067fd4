//! What a service at the edge of a network needs, whatever it serves: limits of time and load, the hosts and the origins
//! that it is for, headers of caution, compression, health checks, metrics and a log, an orderly end.
//!
//! It is the rocket's, once, however many APIs it has. A fairing looks at each request before it is routed, and at each
//! answer before it is sent. Fairings of the user's come before it, in both.

mod compress;
mod cors;
mod digits;
mod draining;
mod foreign;
mod headers;
mod health;
mod hosts;
mod log;
mod metrics;
mod names;
mod own_routes;
mod sent;
mod tags;
mod telling;

use std::sync::Arc;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Method;
use rocket::{Data, Orbit, Request, Response, Rocket, Route};

pub(crate) use cors::Cors;
pub(crate) use draining::{Draining, GRACE, MERCY};
pub(crate) use health::health_routes;
pub(crate) use hosts::Hosts;
pub(crate) use log::{
    Format, LogSettings, configure as configure_log, error_in_log_form, flush as flush_log,
    install as install_log, lower_rockets_own,
};
pub(crate) use metrics::{Metrics, Program, Requests, metrics_routes};
pub(crate) use names::{HostName, OriginName};
pub(crate) use telling::Telling;

use crate::error_format::ErrorFormat;
use crate::http::{self, Timeouts};
use crate::rate::Rate;
use crate::route::{Exchange, OwnRoute, Rates, Sharing, exchange, gated};
use compress::Compression;
use cors::Preflight;
use headers::Told;
use health::Health;
use metrics::Scraped;
use own_routes::is_asked;
use sent::Sent;

/// The configuration of the edge.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long the parts of a request may take.
    pub(crate) timeouts: Timeouts,
    /// How many requests are answered at once.
    pub(crate) max_requests: usize,
    /// How many streams of events are sent at once.
    pub(crate) max_streams: usize,
    /// How many functions that block run at once.
    pub(crate) blocking: usize,
    /// How many requests each client may send.
    pub(crate) per_caller: Option<Rate>,
    /// Whether the address of a client is what Rocket's `ip_header` says.
    pub(crate) trusts_header: bool,
    /// Whether answers are compressed.
    pub(crate) compress: bool,
    /// The pages of other origins that may use it.
    pub(crate) cors: Option<Cors>,
    /// The hosts under whose names it may be asked; without them any.
    pub(crate) hosts: Option<Hosts>,
    /// For how many seconds browsers shall ask by HTTPS only.
    pub(crate) hsts: Option<u32>,
    /// Whether Rocket's `Shield` stays.
    pub(crate) shield: bool,
    /// The path of the health checks, if there are any.
    pub(crate) health: Option<String>,
    /// The path of the metrics, if they are served.
    pub(crate) metrics: Option<String>,
    /// The lines about requests.
    pub(crate) log: LogSettings,
    /// Whether answers tell how long they took.
    pub(crate) server_timing: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            timeouts: Timeouts::default(),
            max_requests: 1024,
            max_streams: 1024,
            blocking: 40,
            per_caller: None,
            trusts_header: false,
            compress: true,
            cors: None,
            hosts: None,
            hsts: None,
            shield: true,
            health: Some("/health".to_owned()),
            metrics: None,
            log: LogSettings::default(),
            server_timing: false,
        }
    }
}

impl Settings {
    /// The methods of requests that may be refused before they are routed, wherever they go.
    fn refused(&self) -> &'static [Method] {
        const CHANGING: &[Method] =
            &[Method::Options, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Connect];
        const ALL: &[Method] = &[
            Method::Options,
            Method::Get,
            Method::Head,
            Method::Post,
            Method::Put,
            Method::Patch,
            Method::Delete,
            Method::Trace,
            Method::Connect,
        ];
        match (&self.hosts, &self.cors, &self.per_caller) {
            (Some(_), ..) | (None, Some(_), Some(_)) => ALL,
            (None, Some(_), None) => CHANGING,
            // OPTIONS counts for no rate.
            (None, None, Some(_)) => &ALL[1..],
            (None, None, None) => &[],
        }
    }

    /// Those of them for which a route must stand before all others: `bases` are those of the APIs, and `others` the
    /// routes beside these.
    pub(crate) fn gated(&self, bases: &[&str], others: &[&Route]) -> Vec<Method> {
        let mut gated = gated(self.refused(), bases, others);
        // A fairing of the user's that answers preflights may look whether there is a route for them.
        let is_answered = |method: Method| {
            let is_routed = || others.iter().any(|route| route.method == method);
            method != Method::Options || self.cors.is_some() || is_routed()
        };
        gated.retain(|method| is_answered(*method));
        gated
    }
}

/// The fairing that looks at each request and at each answer.
pub(crate) struct Edge {
    settings: Settings,
    format: ErrorFormat,
    /// The value of `Strict-Transport-Security`.
    hsts: Option<String>,
    /// What counts requests, where there is a rate.
    rates: Option<Arc<Rates>>,
    /// What compresses answers, if they are.
    compression: Option<Compression>,
    draining: Draining,
    telling: Arc<Telling>,
}

impl Edge {
    pub(crate) fn new(
        settings: Settings,
        format: ErrorFormat,
        rates: Option<Arc<Rates>>,
        draining: Draining,
        telling: Arc<Telling>,
    ) -> Self {
        let hsts = settings.hsts.map(|seconds| format!("max-age={seconds}"));
        let compression = settings.compress.then(Compression::default);
        Edge { settings, format, hsts, rates, compression, draining, telling }
    }

    /// Looks at a request, in an order that people rely on: what is refused here costs nothing that is asked below.
    fn look(&self, request: &Request<'_>, exchange: &Exchange, sent: &Sent<'_>) {
        let Settings { cors, hosts, health, metrics, .. } = &self.settings;
        if is_asked::<Health>(health.as_deref(), request) {
            // It is answered to anybody, under any name, and nothing limits that.
            return;
        }
        let may_change = foreign::may_change(request);
        let asks_for_metrics = is_asked::<Scraped>(metrics.as_deref(), request);
        if !may_change && cors.is_none() && hosts.is_none() {
            if !asks_for_metrics {
                self.count(request, exchange);
            }
            return;
        }
        if let Some(refusal) = hosts.as_ref().and_then(|hosts| hosts.refusal(sent)) {
            return exchange.refuse(refusal);
        }
        if let Some(cors) = cors {
            exchange.share(cors.sharing(sent));
        }

        if asks_for_metrics {
            // Nothing below limits that.
            return;
        }
        match cors.as_ref().and_then(|cors| cors.preflight(request, sent)) {
            Some(Preflight::Answered(answer)) => {
                exchange.share(Sharing::Unasked);
                exchange.notes().answered_by(OwnRoute::Preflight);
                return exchange.refuse(answer);
            }
            Some(Preflight::Nowhere) => return exchange.share(Sharing::Varies),
            None => {}
        }

        self.count(request, exchange);
        if exchange.is_refused() {
            return;
        }

        if may_change && foreign::is_foreign(sent, cors.as_ref()) {
            match cors {
                Some(_) => exchange.refuse(self.refuse_foreign()),
                // A browser adds nothing of its own to the request.
                None if !sent.has_ambient_credentials => {}
                None => exchange.refuse_operation(self.refuse_foreign()),
            }
        }
    }

    /// Counts a request for its address, before anybody is authenticated.
    fn count(&self, request: &Request<'_>, exchange: &Exchange) {
        if let Some(rates) = &self.rates {
            rates.count_first(request, exchange);
        }
    }

    #[cold]
    fn refuse_foreign(&self) -> http::Response {
        self.format.status(403, foreign::DETAIL)
    }
}

#[rocket::async_trait]
impl Fairing for Edge {
    fn info(&self) -> Info {
        Info { name: "crewed: edge", kind: Kind::Liftoff | Kind::Request | Kind::Response | Kind::Shutdown }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        log::begin();
        self.telling.lifted_off(rocket);
        let LogSettings { format, is_configured, .. } = self.settings.log;
        if is_configured && format.is_some() && lower_rockets_own() {
            let why = "the logger is Rocket's own, since this program is not launched by `#[crewed::launch]`";
            ::log::warn!("{why}: from now on it writes warnings and errors alone");
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let sent = Sent::of(request.headers());
        let has_tags = sent.has_tags;
        // From here on its time counts.
        let exchange = self.telling.begun(request, &sent);
        self.look(request, exchange, &sent);
        if self.compression.is_some() && has_tags {
            tags::strip(request);
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let exchange = exchange(request);
        let told = Told::of(response.headers());
        if exchange.is_own() {
            told.complete_own(response);
        }
        if let Some(rates) = &self.rates {
            rates.tell(request, response);
        }
        if let Some(compression) = &self.compression {
            compression.compress(request, exchange, &told, response).await;
        }
        if let Some(cors) = &self.settings.cors {
            cors.complete(exchange.sharing(), request, response);
        }
        if let Some(hsts) = &self.hsts {
            response.set_raw_header("Strict-Transport-Security", hsts.clone());
        }
        if self.draining.has_begun() {
            // The next request of this client goes to a program that stays.
            response.set_raw_header("Connection", "close");
        }
        if let Some(series) = self.telling.answered(request, exchange, response) {
            // In a box of its own, so that other answers do not carry its size along.
            Box::pin(telling::count_bytes(series, response)).await;
        }
    }

    async fn on_shutdown(&self, _: &Rocket<Orbit>) {
        self.draining.begin();
    }
}
