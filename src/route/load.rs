//! How many requests are answered at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The requests that are being answered, the events that are being sent, and how many of each may be. It is in the
/// rocket's state.
#[derive(Debug)]
pub(crate) struct Load {
    requests: Bounded,
    streams: Bounded,
}

/// A number with a bound.
#[derive(Debug)]
struct Bounded {
    present: AtomicUsize,
    max: usize,
}

impl Load {
    /// Answers at most so many requests at once, and sends at most so many streams of events.
    pub(crate) fn new(max_requests: usize, max_streams: usize) -> Self {
        let bounded = |max| Bounded { present: AtomicUsize::new(0), max };
        Load { requests: bounded(max_requests), streams: bounded(max_streams) }
    }

    /// How many requests are being answered.
    pub(crate) fn in_flight(&self) -> usize {
        self.requests.present.load(Ordering::Relaxed)
    }

    /// Takes a request in. Returns whether there was room for it; then it has to leave.
    pub(super) fn enter(&self) -> bool {
        self.requests.enter()
    }

    /// Lets a request go.
    pub(super) fn leave(&self) {
        self.requests.leave();
    }

    /// Takes a stream of events in, if there is room for it.
    pub(super) fn stream(self: &Arc<Self>) -> Option<OpenStream> {
        self.streams.enter().then(|| OpenStream(Arc::clone(self)))
    }
}

impl Bounded {
    fn enter(&self) -> bool {
        let has_room = self.present.fetch_add(1, Ordering::Relaxed) < self.max;
        if !has_room {
            self.leave();
        }
        has_room
    }

    fn leave(&self) {
        self.present.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream of events that is being sent, until this is dropped.
pub(super) struct OpenStream(Arc<Load>);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.streams.leave();
    }
}
