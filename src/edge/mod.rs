//! What a service at the edge of a network needs, whatever it serves: limits of time and load.
//!
//! It is the rocket's, once, however many APIs it has. A fairing looks at each request before it is routed, and at each
//! answer before it is sent.

use crate::http::Timeouts;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Request, Response};

use crate::route::exchange;

/// The configuration of the edge.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long the parts of a request may take.
    pub(crate) timeouts: Timeouts,
    /// How many requests are answered at once.
    pub(crate) max_requests: usize,
    /// How many streams of events are sent at once.
    pub(crate) max_streams: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { timeouts: Timeouts::default(), max_requests: 1024, max_streams: 1024 }
    }
}

/// The fairing that sees each request first and each answer last.
pub(crate) struct Edge {
    settings: Settings,
}

impl Edge {
    pub(crate) fn new(settings: Settings) -> Self {
        Edge { settings }
    }
}

#[rocket::async_trait]
impl Fairing for Edge {
    fn info(&self) -> Info {
        Info { name: "crewed: edge", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        // From here on its time counts.
        exchange(request);
    }

    async fn on_response<'r>(&self, _: &'r Request<'_>, _: &mut Response<'r>) {}
}
