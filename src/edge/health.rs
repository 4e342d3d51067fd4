//! Whether the program lives, and whether it is ready for requests, for those who watch it.
//!
//! The routes stand at the rocket's root, before all of the user's: no rule, no limit and no Host is in their way. However
//! often they are asked, the store is asked at most once a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::tokio::sync::Mutex;
use rocket::tokio::task::JoinHandle;
use rocket::tokio::time::timeout;
use rocket::{Data, Request, Route};
use serde_json::{Map, Value as Json, json};

use super::draining::Draining;
use crate::error_format::{ErrorFormat, phrase};
use crate::http::{Response, ResponseBody};
use crate::route::{exchange, outermost_routes, rocket_response};
use crate::store::{Migrations, Opening, Store, StoreError, StoreState};

/// How long the store may take to answer, and how long its answer holds.
const PERIOD: Duration = Duration::from_secs(1);

/// The routes of a path and of what stands below it; `beside` says whether an operation may match it too. Without resources
/// there is no store.
pub(crate) fn health_routes(
    path: &str,
    beside: bool,
    opening: Option<Arc<Opening>>,
    draining: Draining,
) -> Vec<Route> {
    let store = opening.map(|opening| StoreCheck { opening, latest: Mutex::default() });
    let health = Arc::new(Health { path: path.to_owned(), store, draining });
    outermost_routes(path, beside, |method| HealthHandler { health: Arc::clone(&health), method })
}

/// What a health check asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Live,
    Ready,
}

/// What a path asks for, if it is one of the health checks.
fn asked(health: &str, path: &str) -> Option<Check> {
    match path.strip_prefix(health)?.trim_end_matches('/') {
        "" | "/ready" => Some(Check::Ready),
        "/live" => Some(Check::Live),
        _ => None,
    }
}

/// Whether a request is answered by a health check. What else stands below their path is a request like any other.
pub(super) fn is_check(health: Option<&str>, request: &Request<'_>) -> bool {
    matches!(request.method(), Method::Get | Method::Head)
        && health.is_some_and(|health| asked(health, request.uri().path().as_str()).is_some())
}

struct Health {
    path: String,
    store: Option<StoreCheck>,
    draining: Draining,
}

/// The handler of one method.
#[derive(Clone)]
struct HealthHandler {
    health: Arc<Health>,
    method: Method,
}

#[rocket::async_trait]
impl Handler for HealthHandler {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Some(check) = asked(&self.health.path, request.uri().path().as_str()) else {
            // The catcher answers in the words of the API.
            return Outcome::forward(data, Status::NotFound);
        };
        let response = match (self.method, check) {
            (Method::Get | Method::Head, Check::Ready) => self.health.readiness().await,
            (Method::Get | Method::Head, Check::Live) => answer(true, Map::new()),
            _ => {
                let format = request.rocket().state::<ErrorFormat>().copied().unwrap_or_default();
                format.status(405, phrase(405)).header("Allow", "GET")
            }
        };
        exchange(request).mark_own();
        Outcome::Success(rocket_response(response))
    }
}

impl Health {
    async fn readiness(&self) -> Response {
        let mut checks = Map::new();
        let mut is_well = true;
        if let Some(store) = &self.store {
            let (told, answers) = match store.state().await {
                Some(StoreState::Writable) => ("ok", true),
                Some(StoreState::ReadOnly) => ("read-only", true),
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
    state: Option<(Instant, Option<StoreState>)>,
    /// A check that had not ended in time. No other is made beside it.
    unfinished: Option<JoinHandle<Result<StoreState, StoreError>>>,
}

impl StoreCheck {
    /// What the store can do, or `None` if it does not answer.
    async fn state(&self) -> Option<StoreState> {
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
