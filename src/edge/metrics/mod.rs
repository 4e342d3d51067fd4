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
use rocket::{Route, async_trait};

use self::exposition::{OfLoad, OfProgram, OfRequests, OfStore};
use super::own_routes::{Answers, own_routes};
use crate::http::{Response, ResponseBody};
use crate::route::{Load, OwnRoute};
use crate::store::{Store, StoreMetrics};

/// The metrics of a rocket.
pub(crate) struct Metrics {
    pub(crate) requests: Arc<Requests>,
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
    ) -> Self {
        let requests = Arc::new(requests);
        let mut registry = Registry::default();
        registry.register_collector(Box::new(OfProgram(program)));
        registry.register_collector(Box::new(OfRequests(Arc::clone(&requests))));
        registry.register_collector(Box::new(OfLoad(load)));
        if let Some((store, metrics)) = store {
            registry.register_collector(Box::new(OfStore { store, metrics }));
        }
        Metrics { requests, registry }
    }

    fn text(&self) -> Response {
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

/// The routes of the metrics; `beside` says whether an operation may match their path too.
pub(crate) fn metrics_routes(path: &str, beside: bool, metrics: Arc<Metrics>) -> Vec<Route> {
    own_routes(path, beside, Scraped(metrics))
}

/// What answers those who ask for metrics.
pub(super) struct Scraped(Arc<Metrics>);

#[async_trait]
impl Answers for Scraped {
    const NAME: OwnRoute = OwnRoute::Metrics;
    type Asked = ();

    /// Not with a slash behind it: proxies keep this very path from the outside.
    fn asked(below: &str) -> Option<()> {
        below.is_empty().then_some(())
    }

    async fn answer(&self, (): ()) -> Response {
        self.0.text()
    }
}
