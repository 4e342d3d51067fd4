//! What is counted of requests.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rocket::http::Method;

use crate::meter::Histogram;
use crate::resource::naming::unique;
use crate::route::{Operations, OwnRoute};

const MILLISECOND: u64 = 1_000_000;

/// The bounds of the times of requests, in nanoseconds: those that OpenTelemetry recommends, and some below them, where
/// most answers of a store on the same machine are.
const TIMES: &[u64] = &[
    MILLISECOND / 2,
    MILLISECOND,
    5 * MILLISECOND / 2,
    5 * MILLISECOND,
    10 * MILLISECOND,
    25 * MILLISECOND,
    50 * MILLISECOND,
    75 * MILLISECOND,
    100 * MILLISECOND,
    250 * MILLISECOND,
    500 * MILLISECOND,
    750 * MILLISECOND,
    1000 * MILLISECOND,
    2500 * MILLISECOND,
    5000 * MILLISECOND,
    7500 * MILLISECOND,
    10_000 * MILLISECOND,
];

/// The names of methods in labels. What is none of them is the last.
const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "_OTHER"];

/// The position of a method among these. `None` is one that Rocket does not know.
fn position(method: Option<Method>) -> u32 {
    match method {
        Some(Method::Get) => 0,
        Some(Method::Head) => 1,
        Some(Method::Post) => 2,
        Some(Method::Put) => 3,
        Some(Method::Patch) => 4,
        Some(Method::Delete) => 5,
        Some(Method::Options) => 6,
        Some(Method::Trace) => 7,
        Some(Method::Connect) => 8,
        None => 9,
    }
}

/// What is counted of all requests.
#[derive(Debug)]
pub(crate) struct Requests {
    /// How many are being answered.
    pub(crate) active: Arc<AtomicI64>,
    of_apis: Box<[Series]>,
    unmatched: Series,
    refused: Series,
    own: [Series; OwnRoute::ALL.len()],
    /// Those of the routes of the user's own, which are known once the rocket lifts off.
    of_routes: OnceLock<Box<[Series]>>,
    taken: BTreeSet<String>,
}

/// What is counted of one operation.
#[derive(Debug)]
pub(crate) struct Series {
    /// The value of the label `operation`.
    pub(super) operation: String,
    /// The bytes of bodies that were read.
    pub(super) received: AtomicU64,
    /// The bytes of bodies that were sent.
    pub(crate) sent: Arc<AtomicU64>,
    first: OnceLock<Box<Times>>,
}

/// The times of the requests of one operation that have a method and a status in common.
#[derive(Debug)]
struct Times {
    key: u32,
    times: Histogram,
    next: OnceLock<Box<Times>>,
}

impl Requests {
    pub(crate) fn new(operations: &Operations) -> Self {
        let mut taken = BTreeSet::new();
        // An operation that a resource does not have has no id.
        let mut series = |id: &str| match id.is_empty() {
            true => Series::new(String::new()),
            false => Series::new(unique(&mut taken, id)),
        };
        let of_apis = operations.iter().map(|name| series(&name.id)).collect();
        let [unmatched, refused] = ["unmatched", "refused"].map(&mut series);
        let own = OwnRoute::ALL.map(|route| series(route.name()));
        let (active, of_routes) = (Arc::default(), OnceLock::new());
        Requests { active, of_apis, unmatched, refused, own, of_routes, taken }
    }

    /// Counts the requests for the user's own routes, too, by their names.
    pub(crate) fn add_routes<'a>(&self, names: impl Iterator<Item = &'a str>) {
        let mut taken = self.taken.clone();
        let _ = self.of_routes.set(names.map(|name| Series::new(unique(&mut taken, name))).collect());
    }

    /// The series of an operation of an API.
    pub(crate) fn of_operation(&self, number: u32) -> &Series {
        self.of_apis.get(number as usize).unwrap_or(&self.unmatched)
    }

    /// The series of a route of the user's own.
    pub(crate) fn of_route(&self, index: usize) -> &Series {
        self.of_routes.get().and_then(|routes| routes.get(index)).unwrap_or(&self.unmatched)
    }

    /// The series of what nothing answers.
    pub(crate) fn unmatched(&self) -> &Series {
        &self.unmatched
    }

    /// The series of what was refused before it was known what it asks for.
    pub(crate) fn refused(&self) -> &Series {
        &self.refused
    }

    /// The series of a route of the rocket's own.
    pub(crate) fn of_own(&self, route: OwnRoute) -> &Series {
        &self.own[route as usize]
    }

    /// All series.
    pub(super) fn all(&self) -> impl Iterator<Item = &Series> {
        let others = [&self.unmatched, &self.refused].into_iter().chain(&self.own);
        let of_routes = self.of_routes.get().into_iter().flatten();
        self.of_apis.iter().chain(of_routes).chain(others)
    }
}

impl Series {
    fn new(operation: String) -> Self {
        Series { operation, received: AtomicU64::new(0), sent: Arc::default(), first: OnceLock::new() }
    }

    /// Counts a request.
    pub(crate) fn observe(&self, method: Option<Method>, status: u16, took: Duration) {
        let nanoseconds = took.as_secs().saturating_mul(1_000_000_000) + u64::from(took.subsec_nanos());
        self.times(position(method) << 16 | u32::from(status)).observe(nanoseconds);
    }

    /// The times of a method and a status. They are few for each operation, the usual one was probably the first, and
    /// none is ever removed: a list needs no lock.
    fn times(&self, key: u32) -> &Histogram {
        let mut place = &self.first;
        loop {
            let found = place
                .get_or_init(|| Box::new(Times { key, times: Histogram::new(TIMES), next: OnceLock::new() }));
            if found.key == key {
                return &found.times;
            }
            place = &found.next;
        }
    }

    /// Counts the bytes of the bodies.
    pub(crate) fn count_bytes(&self, received: u64, sent: u64) {
        if received > 0 {
            self.received.fetch_add(received, Ordering::Relaxed);
        }
        if sent > 0 {
            self.sent.fetch_add(sent, Ordering::Relaxed);
        }
    }

    /// The times of each method and status that there was.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, u32, &Histogram)> {
        let mut next = self.first.get();
        std::iter::from_fn(move || {
            let times = next?;
            next = times.next.get();
            Some((METHODS[(times.key >> 16) as usize], times.key & 0xffff, &times.times))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::OperationName;

    #[test]
    fn what_differs_is_counted_apart() {
        let name = |id: &str| OperationName { id: id.to_owned(), method: "GET", path: String::new() };
        let names = ["read_hero", "", "unmatched", "read_hero"].map(name);
        let requests = Requests::new(&Operations::new(names.to_vec()));
        requests.add_routes(["index", "read_hero"].into_iter());
        let took = Duration::from_millis(3);
        let counted = requests.of_operation(0);
        for (method, status) in
            [(Some(Method::Get), 200), (Some(Method::Get), 404), (Some(Method::Get), 200), (None, 200)]
        {
            counted.observe(method, status, took);
        }
        let found: Vec<_> =
            counted.all().map(|(method, status, times)| (method, status, times.counted().count)).collect();
        assert_eq!(found, [("GET", 200, 2), ("GET", 404, 1), ("_OTHER", 200, 1)]);
        requests.of_route(1).observe(Some(Method::Post), 201, took);
        requests.of_route(9).observe(Some(Method::Post), 201, took);
        assert_eq!(requests.unmatched().all().count(), 1);

        // No two series have the same labels.
        let mut labels: Vec<_> = requests.all().map(|series| &*series.operation).collect();
        labels.retain(|label| !label.is_empty());
        let distinct: BTreeSet<_> = labels.iter().collect();
        assert_eq!(distinct.len(), labels.len(), "{labels:?}");
    }

    #[test]
    fn many_threads_count_everything_once() {
        let requests = Requests::new(&Operations::new(Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for status in (200..232).cycle().take(32_000) {
                        requests.unmatched().observe(Some(Method::Get), status, Duration::ZERO);
                    }
                });
            }
        });
        let found: Vec<u64> = requests.unmatched().all().map(|(.., times)| times.counted().count).collect();
        assert_eq!(found, [4000; 32]);
    }
}
