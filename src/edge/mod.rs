//! What a service at the edge of a network needs, whatever it serves: limits of time and load, health checks, an orderly
//! end.
//!
//! It is the rocket's, once, however many APIs it has. A fairing looks at each request before it is routed, and at each
//! answer before it is sent.

mod draining;
mod health;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Orbit, Request, Response, Rocket};

pub(crate) use self::draining::{Draining, GRACE, MERCY};
pub(crate) use self::health::health_routes;

use crate::http::Timeouts;
use crate::route::exchange;

/// The configuration of the edge.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long the parts of a request may take.
    pub(crate) timeouts: Timeouts,
    /// How many requests are answered at once.
    pub(crate) max_requests: usize,
    /// The path of the health checks, if there are any.
    pub(crate) health: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { timeouts: Timeouts::default(), max_requests: 1024, health: Some("/health".to_owned()) }
    }
}

/// The fairing that sees each request first and each answer last.
pub(crate) struct Edge {
    settings: Settings,
    draining: Draining,
}

impl Edge {
    pub(crate) fn new(settings: Settings, draining: Draining) -> Self {
        Edge { settings, draining }
    }
}

#[rocket::async_trait]
impl Fairing for Edge {
    fn info(&self) -> Info {
        Info { name: "crewed: edge", kind: Kind::Request | Kind::Response | Kind::Shutdown }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        // From here on its time counts.
        exchange(request);
    }

    async fn on_response<'r>(&self, _: &'r Request<'_>, response: &mut Response<'r>) {
        if self.draining.has_begun() {
            // The next request of this client goes to a program that stays.
            response.set_raw_header("Connection", "close");
        }
    }

    async fn on_shutdown(&self, _: &Rocket<Orbit>) {
        self.draining.begin();
    }
}
