//! Counts requests against the rates that hold for them, and tells clients what is left of these.
//!
//! A request counts for its address, before anybody is asked who sends it: so nobody tries keys without end. Once its caller is
//! known it counts for the caller instead, so that callers who share an address do not take from each other.

use std::any::Any;
use std::fmt::Write;
use std::hash::Hasher;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocket::http::Method;
use rocket::{Request, Response};
use smallvec::SmallVec;

use super::exchange::Exchange;
use super::headers::has;
use crate::error_format::{ErrorFormat, phrase};
use crate::http;
use crate::rate::{Client, Clients, Counted, Limiter, Rate};

/// A rate that requests count for.
#[derive(Debug)]
pub(crate) struct Limit {
    /// What clients know it by.
    name: &'static str,
    /// What clients are told of it with each answer.
    policy: String,
    limiter: Limiter,
}

impl Limit {
    /// That of all requests.
    pub(crate) fn of_all(rate: Rate) -> Arc<Self> {
        Limit::new("default", rate)
    }

    /// That of the operations of a resource.
    pub(crate) fn of_resource(rate: Rate) -> Arc<Self> {
        Limit::new("resource", rate)
    }

    /// That of one function.
    pub(crate) fn of_operation(rate: Rate) -> Arc<Self> {
        Limit::new("operation", rate)
    }

    fn new(name: &'static str, rate: Rate) -> Arc<Self> {
        let policy = format!("\"{name}\";q={};w={}", rate.requests(), rate.seconds());
        Arc::new(Limit { name, policy, limiter: Limiter::new(rate) })
    }
}

/// What counts the requests of a rocket. It is in the rocket's state where there is a rate.
#[derive(Debug)]
pub(crate) struct Rates {
    /// The rate of all requests together.
    all: Option<Arc<Limit>>,
    /// Whether the address of a client is what a header says, as a proxy in front sets it.
    trusts_header: bool,
    clients: Clients,
}

/// Tells the caller in the value of a dependency from others. Returns whether there is one who has an id.
pub(crate) type TellCaller = fn(&(dyn Any + Send + Sync), &mut dyn Hasher) -> bool;

/// A dependency that gives the caller of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallerNode {
    /// Its position in the plan.
    pub(crate) node: usize,
    pub(crate) tell: TellCaller,
}

/// What a request has counted for. It is kept in the request.
#[derive(Default)]
struct Counts(Mutex<SmallVec<[Count; 2]>>);

struct Count {
    limit: Arc<Limit>,
    client: Client,
    counted: Counted,
}

fn counts<'r>(request: &'r Request<'_>) -> MutexGuard<'r, SmallVec<[Count; 2]>> {
    request.local_cache(Counts::default).0.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rates {
    pub(crate) fn new(all: Option<Rate>, trusts_header: bool) -> Arc<Self> {
        Arc::new(Rates { all: all.map(Limit::of_all), trusts_header, clients: Clients::default() })
    }

    /// Counts a request for its address before it is routed, and refuses it if these are too many. One that is answered
    /// already counts for nothing, and neither does a preflight.
    pub(crate) fn count_first(&self, request: &Request<'_>, exchange: &Exchange) {
        if let Some(all) = &self.all
            && request.method() != Method::Options
            && !exchange.is_refused()
            && let Some(refusal) = self.count(request, all)
        {
            exchange.refuse_with_error(refusal);
        }
    }

    /// Counts a request for its address. Returns the refusal if these are too many.
    pub(super) fn count(&self, request: &Request<'_>, limit: &Arc<Limit>) -> Option<http::Response> {
        let client = Client::of_address(self.address(request));
        let counted = limit.limiter.count(&client);
        counts(request).push(Count { limit: Arc::clone(limit), client, counted });
        (!counted.is_within).then(|| refusal(request, counted))
    }

    /// Counts a request for its caller, and not for its address any more. Returns the refusal if these are too many.
    pub(super) fn count_caller(
        &self,
        request: &Request<'_>,
        tell: TellCaller,
        value: &(dyn Any + Send + Sync),
    ) -> Option<http::Response> {
        let client = self.clients.caller(|hasher| tell(value, hasher))?;
        let mut refused = None;
        for count in counts(request).iter_mut().filter(|count| matches!(count.client, Client::Address(_))) {
            count.limit.limiter.take_back(&count.client);
            count.client = client;
            count.counted = count.limit.limiter.count(&client);
            if !count.counted.is_within {
                refused = refused.or(Some(count.counted));
            }
        }
        refused.map(|counted| refusal(request, counted))
    }

    /// The address that a request counts for. Rocket's `X-Real-IP` by default may come from anybody.
    fn address(&self, request: &Request<'_>) -> IpAddr {
        let address = match self.trusts_header {
            true => request.client_ip(),
            false => request.remote().map(|remote| remote.ip()),
        };
        // A client within the program has none.
        address.unwrap_or(Ipv4Addr::UNSPECIFIED.into())
    }

    /// Tells the client what is left of the rates that a request has counted for.
    pub(crate) fn tell(&self, request: &Request<'_>, response: &mut Response<'_>) {
        let counts = counts(request);
        if counts.is_empty() {
            return;
        }
        let mut policy = String::with_capacity(counts.iter().map(|count| count.limit.policy.len() + 2).sum());
        let mut left = String::with_capacity(48 * counts.len());
        for Count { limit, counted, .. } in counts.iter() {
            let separator = if policy.is_empty() { "" } else { ", " };
            policy.extend([separator, &limit.policy]);
            let Counted { remaining, seconds, .. } = counted;
            let _ = write!(left, "{separator}\"{}\";r={remaining};t={seconds}", limit.name);
        }
        for (name, value) in [("RateLimit-Policy", policy), ("RateLimit", left)] {
            if !has(response.headers(), name) {
                response.set_raw_header(name, value);
            }
        }
    }
}

/// The answer to a request that is one too many.
fn refusal(request: &Request<'_>, counted: Counted) -> http::Response {
    let format = request.rocket().state::<ErrorFormat>().copied().unwrap_or_default();
    format.status(429, phrase(429)).header("Retry-After", counted.seconds.to_string())
}
