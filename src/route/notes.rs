//! What is noted of a request for those who tell of it: the log, metrics and `Server-Timing`. The edge says what is
//! wanted; nothing else is noted.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::store::timed::Waited;

/// The caller is wanted.
const CALLER: u8 = 1;
/// How long the store was waited for is wanted.
const TIMES: u8 = 1 << 1;

/// What is noted of a request.
#[derive(Default)]
pub(crate) struct Notes {
    wanted: u8,
    caller: OnceLock<String>,
    waited: Mutex<Waited>,
    /// How many bytes of the body were read.
    received: AtomicU64,
    /// Counts it while it is answered.
    _active: Option<Active>,
    own: OnceLock<OwnRoute>,
}

/// A route of the rocket's own, which is of no API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnRoute {
    Health,
    Metrics,
    /// Of none: what a browser asks before a page of another origin may send something is answered before all routes.
    Preflight,
}

impl OwnRoute {
    /// All of them, by their numbers.
    pub(crate) const ALL: [OwnRoute; 3] = [OwnRoute::Health, OwnRoute::Metrics, OwnRoute::Preflight];

    /// Its name, where operations have their ids.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            OwnRoute::Health => "health",
            OwnRoute::Metrics => "metrics",
            OwnRoute::Preflight => "preflight",
        }
    }
}

/// A request that counts as one that is being answered, until it is dropped, which is when the body of its answer was
/// sent.
struct Active(Arc<AtomicI64>);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Notes {
    /// The notes of a request of which this is wanted, and which counts among those that are being answered.
    pub(crate) fn new(caller: bool, times: bool, active: Option<&Arc<AtomicI64>>) -> Self {
        let wanted = if caller { CALLER } else { 0 } | if times { TIMES } else { 0 };
        let _active = active.map(|active| {
            active.fetch_add(1, Ordering::Relaxed);
            Active(Arc::clone(active))
        });
        Notes { wanted, _active, ..Notes::default() }
    }

    /// Notes who asks, if that is wanted and can be told.
    pub(super) fn asked_by(&self, caller: impl FnOnce() -> Option<String>) {
        if self.wanted & CALLER != 0
            && let Some(caller) = caller()
        {
            let _ = self.caller.set(caller);
        }
    }

    /// Who asks.
    pub(crate) fn caller(&self) -> Option<&str> {
        self.caller.get().map(|caller| &**caller)
    }

    /// Whether times are wanted.
    pub(super) fn wants_times(&self) -> bool {
        self.wanted & TIMES != 0
    }

    /// Notes what was waited for.
    pub(super) fn waited(&self, waited: Waited) {
        self.waited.lock().unwrap_or_else(PoisonError::into_inner).add(waited);
    }

    /// How long the store was waited for.
    pub(crate) fn all_waited(&self) -> Waited {
        *self.waited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how long the body was.
    pub(super) fn received(&self, bytes: usize) {
        self.received.store(bytes as u64, Ordering::Relaxed);
    }

    /// Notes that a route of the rocket's own answers.
    pub(crate) fn answered_by(&self, route: OwnRoute) {
        let _ = self.own.set(route);
    }

    /// The route of the rocket's own that answers.
    pub(crate) fn own(&self) -> Option<OwnRoute> {
        self.own.get().copied()
    }

    /// How many bytes of the body were read.
    pub(crate) fn bytes_received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}
