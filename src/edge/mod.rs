//! What a service at the edge of a network needs, whatever it serves: limits of time and load.
//!
//! It is the rocket's, once, however many APIs it has. A fairing looks at each request before it is routed, and at each
//! answer before it is sent.

mod digits;
mod log;
mod metrics;
mod telling;

pub(crate) use log::{
    Format, LogSettings, configure as configure_log, flush as flush_log, install as install_log,
    lower_rockets_own,
};
pub(crate) use metrics::{Metrics, Program, Requests};
pub(crate) use telling::Telling;

use std::sync::Arc;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Orbit, Request, Response, Rocket};

use crate::http::Timeouts;

/// The configuration of the edge.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long the parts of a request may take.
    pub(crate) timeouts: Timeouts,
    /// How many requests are answered at once.
    pub(crate) max_requests: usize,
    /// How many streams of events are sent at once.
    pub(crate) max_streams: usize,
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
            metrics: None,
            log: LogSettings::default(),
            server_timing: false,
        }
    }
}

/// The fairing that sees each request first and each answer last.
pub(crate) struct Edge {
    settings: Settings,
    telling: Arc<Telling>,
}

impl Edge {
    pub(crate) fn new(settings: Settings, telling: Arc<Telling>) -> Self {
        Edge { settings, telling }
    }
}

#[rocket::async_trait]
impl Fairing for Edge {
    fn info(&self) -> Info {
        Info { name: "crewed: edge", kind: Kind::Liftoff | Kind::Request | Kind::Response }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        self.telling.lifted_off(rocket);
        let LogSettings { format, is_configured, .. } = self.settings.log;
        if is_configured && format.is_some() && lower_rockets_own() {
            let why = "the logger is Rocket's own, since this program is not launched by `#[crewed::launch]`";
            ::log::warn!("{why}: from now on it writes warnings and errors alone");
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        // From here on its time counts. This comes first, since it says what is noted of the request; and nothing may be
        // refused that it has answered.
        self.telling.begun(request);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(series) = self.telling.answered(request, response) {
            // In a box of its own, so that other answers do not carry its size along.
            Box::pin(telling::count_bytes(series, response)).await;
        }
    }
}
