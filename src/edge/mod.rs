//! What a service at the edge of a network needs, whatever it serves: limits of time and load.
//!
//! It is the rocket's, once, however many APIs it has. A fairing looks at each request before it is routed, and at each
//! answer before it is sent.

mod compress;
mod tags;

use std::sync::Arc;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Request, Response};

use self::compress::Compression;
use crate::http::Timeouts;
use crate::rate::Rate;
use crate::route::{Rates, exchange};

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
    /// Whether answers are compressed.
    pub(crate) compress: bool,
    /// Whether the address of a client is what Rocket's `ip_header` says.
    pub(crate) trusts_header: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            timeouts: Timeouts::default(),
            max_requests: 1024,
            max_streams: 1024,
            blocking: 40,
            per_caller: None,
            compress: true,
            trusts_header: false,
        }
    }
}

/// The fairing that sees each request first and each answer last.
pub(crate) struct Edge {
    /// What counts requests, where there is a rate.
    rates: Option<Arc<Rates>>,
    /// What compresses answers, if they are.
    compression: Option<Compression>,
}

impl Edge {
    pub(crate) fn new(settings: &Settings, rates: Option<Arc<Rates>>) -> Self {
        Edge { rates, compression: settings.compress.then(Compression::default) }
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
        if let Some(rates) = &self.rates {
            rates.count_first(request);
        }
        if self.compression.is_some() {
            tags::strip(request);
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(rates) = &self.rates {
            rates.tell(request, response);
        }
        if let Some(compression) = &self.compression {
            compression.compress(request, response).await;
        }
    }
}
