//! Metrics: what has been asked, how long it took, how the store is, as the text that Prometheus reads.
//!
//! Numbers are atomics of crewed's own, which are found by the number of an operation and a short list: no label is
//! hashed, and nothing is locked. Only the text is made by the crate `prometheus-client`, when somebody asks for it.

mod exposition;
mod requests;

pub(crate) use requests::{Requests, Series};

use std::sync::Arc;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::registry::Registry;

use self::exposition::{OfLoad, OfProgram, OfRequests, OfStore};
use crate::http::{Response, ResponseBody};
use crate::route::Load;
use crate::store::{Store, StoreMetrics};

/// The metrics of a rocket.
pub(crate) struct Metrics {
    pub(crate) requests: Arc<Requests>,
    /// Their path, if there is an API on the root, whose handler answers with them.
    pub(crate) path_at_root: Option<String>,
    registry: Registry,
}

/// The program that is measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    /// Its name, which may be empty.
    pub(crate) name: String,
    /// Its version, which may be empty.
    pub(crate) version: String,
}

/// The store that is measured, and what it counts.
pub(crate) type MeasuredStore = (Arc<dyn Store>, Arc<StoreMetrics>);

impl Metrics {
    pub(crate) fn new(
        requests: Requests,
        store: Option<MeasuredStore>,
        program: Program,
        load: Arc<Load>,
        path_at_root: Option<String>,
    ) -> Self {
        let requests = Arc::new(requests);
        let mut registry = Registry::default();
        registry.register_collector(Box::new(OfProgram(program)));
        registry.register_collector(Box::new(OfRequests(Arc::clone(&requests))));
        registry.register_collector(Box::new(OfLoad(load)));
        if let Some((store, metrics)) = store {
            registry.register_collector(Box::new(OfStore { store, metrics }));
        }
        Metrics { requests, path_at_root, registry }
    }

    /// The answer to whoever asks for them.
    pub(crate) fn answer(&self) -> Response {
        let mut text = String::new();
        match prometheus_text::encode(&mut text, &self.registry) {
            Ok(()) => {
                let body = ResponseBody::Bytes(text.into_bytes());
                Response::new(200, prometheus_text::CONTENT_TYPE, body).header("Cache-Control", "no-store")
            }
            // A text takes anything.
            Err(_) => Response::empty(500),
        }
    }
}
