//! Whether the program lives, and whether it is ready for requests, for those who watch it.
//!
//! However often they are asked, the store is asked at most once a second. A Host that is none of the service's is not in
//! their way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rocket::tokio::sync::Mutex;
use rocket::tokio::task::JoinHandle;
use rocket::tokio::time::timeout;
use rocket::{Route, async_trait};
use serde_json::{Map, Value as Json, json};

use super::draining::Draining;
use super::own_routes::{Answers, own_routes};
use crate::http::{Response, ResponseBody};
use crate::route::OwnRoute;
use crate::store::{Availability, Migrations, Opening, Store, StoreError};

/// How long the store may take to answer, and how long its answer holds.
const PERIOD: Duration = Duration::from_secs(1);

/// The routes of the health checks; `beside` says whether an operation may match their path too. Without resources there is
/// no store.
pub(crate) fn health_routes(
    path: &str,
    beside: bool,
    opening: Option<Arc<Opening>>,
    draining: Draining,
) -> Vec<Route> {
    let store = opening.map(|opening| StoreCheck { opening, latest: Mutex::default() });
    own_routes(path, beside, Health { store, draining })
}

/// What a health check asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Live,
    Ready,
}

pub(super) struct Health {
    store: Option<StoreCheck>,
    draining: Draining,
}

#[async_trait]
impl Answers for Health {
    const NAME: OwnRoute = OwnRoute::Health;
    type Asked = Check;

    fn asked(below: &str) -> Option<Check> {
        match below.trim_end_matches('/') {
            "" | "/ready" => Some(Check::Ready),
            "/live" => Some(Check::Live),
            _ => None,
        }
    }

    async fn answer(&self, check: Check) -> Response {
        match check {
            Check::Ready => self.readiness().await,
            Check::Live => answer(true, Map::new()),
        }
    }
}

impl Health {
    async fn readiness(&self) -> Response {
        let mut checks = Map::new();
        let mut is_well = true;
        if let Some(store) = &self.store {
            let (told, answers) = match store.state().await {
                Some(Availability::Writable) => ("ok", true),
                Some(Availability::ReadOnly) => ("read-only", true),
                None => ("unavailable", false),
            };
            checks.insert("store".to_owned(), told.into());
            let (told, are_done) = match store.opening.migrations() {
                Migrations::Done => ("ok", true),
                Migrations::Pending => ("pending", false),
                Migrations::Failed => ("failed", false),
            };
            checks.insert("migrations".to_owned(), told.into());
            is_well = answers && are_done;
        }
        let drains = self.draining.has_begun();
        checks.insert("shutdown".to_owned(), if drains { "draining" } else { "ok" }.into());
        answer(is_well && !drains, checks)
    }
}

/// What is answered, with nothing of an error in it.
fn answer(is_well: bool, checks: Map<String, Json>) -> Response {
    let (status, told) = if is_well { (200, "ok") } else { (503, "unavailable") };
    let body = json!({"status": told, "checks": checks}).to_string();
    Response::new(status, "application/json", ResponseBody::Bytes(body.into_bytes()))
        .header("Cache-Control", "no-store")
}

/// Asks the store, for all who want to know.
struct StoreCheck {
    opening: Arc<Opening>,
    /// It is locked while the store is asked, so that the others wait for the same answer.
    latest: Mutex<Latest>,
}

#[derive(Default)]
struct Latest {
    /// What the store can do, if it answers, and when that was found out.
    state: Option<(Instant, Option<Availability>)>,
    /// A check that had not ended in time. No other is made beside it.
    unfinished: Option<JoinHandle<Result<Availability, StoreError>>>,
}

impl StoreCheck {
    /// What the store can do, or `None` if it does not answer.
    async fn state(&self) -> Option<Availability> {
        let mut latest = self.latest.lock().await;
        if let Some((_, state)) = latest.state.filter(|(at, _)| at.elapsed() < PERIOD) {
            return state;
        }
        let mut check = latest.unfinished.take().unwrap_or_else(|| {
            let opening = Arc::clone(&self.opening);
            rocket::tokio::spawn(async move { opening.check().await })
        });
        let state = match timeout(PERIOD, &mut check).await {
            Ok(checked) => checked.ok().and_then(Result::ok),
            Err(_) => {
                latest.unfinished = Some(check);
                None
            }
        };
        latest.state = Some((Instant::now(), state));
        state
    }
}
