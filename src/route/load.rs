//! How many requests are answered at once.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The requests that are being answered, and how many may be. It is in the rocket's state.
#[derive(Debug)]
pub(crate) struct Load {
    in_flight: AtomicUsize,
    max: usize,
}

impl Load {
    /// Answers at most so many requests at once.
    pub(crate) fn new(max: usize) -> Self {
        Load { in_flight: AtomicUsize::new(0), max }
    }

    /// How many requests are being answered.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Takes a request in. Returns whether there was room for it; then it has to leave.
    pub(super) fn enter(&self) -> bool {
        let has_room = self.in_flight.fetch_add(1, Ordering::Relaxed) < self.max;
        if !has_room {
            self.leave();
        }
        has_room
    }

    /// Lets a request go.
    pub(super) fn leave(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
