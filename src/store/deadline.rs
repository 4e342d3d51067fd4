//! The time at which a request gives up waiting for the store.
//!
//! A write that waits in a queue is taken out of it then, so that the answer of the request may say that nothing was
//! written. One that is under way is waited for: nobody can tell what would become of it. Only the store knows which of
//! the two it is, and only the request knows the time. They meet here: whoever polls the future of a request says on its
//! thread whether the time is over, and the store says in turn that it cannot be left alone.

use std::cell::Cell;
use std::time::Instant;

/// What holds while the future of a request is polled.
#[derive(Clone, Copy, Default)]
struct Polling {
    /// When the request gives up.
    until: Option<Instant>,
    /// Whether that time has come.
    is_over: bool,
    /// Whether something is under way that has to be waited for.
    is_under_way: bool,
}

thread_local!(static POLLING: Cell<Polling> = const { Cell::new(Polling { until: None, is_over: false, is_under_way: false }) });

/// While this lives, the future of a request is polled on this thread. It holds what was there before, which comes back in
/// the end, also where the future panics.
#[must_use]
pub(crate) struct Polled(Polling);

/// Tells that the future of a request which gives up at a time is polled from now on.
pub(crate) fn polled(until: Instant, is_over: bool) -> Polled {
    Polled(POLLING.replace(Polling { until: Some(until), is_over, is_under_way: false }))
}

impl Polled {
    /// Whether the request waits for something that is under way.
    pub(crate) fn is_under_way(&self) -> bool {
        POLLING.get().is_under_way
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        POLLING.set(self.0);
    }
}

/// When the request that is being polled gives up, if one is.
pub(super) fn until() -> Option<Instant> {
    POLLING.get().until
}

/// Whether the request that is being polled has to give up.
pub(super) fn is_over() -> bool {
    POLLING.get().is_over
}

/// Tells that what the request waits for is under way, so that it cannot give up.
pub(super) fn is_under_way() {
    POLLING.set(Polling { is_under_way: true, ..POLLING.get() });
}
