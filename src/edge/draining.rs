//! Whether the program was told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many seconds requests may go on once Rocket is told, and how many it may take then to close connections, in a program
/// under `#[crewed::launch]` whose configuration does not say. With five seconds before that, and one more that Rocket needs,
/// it ends within ten, after which Docker would kill it.
pub(crate) const GRACE: u32 = 2;
pub(crate) const MERCY: u32 = 1;

/// Whether the program was told to stop, and goes on for a moment. It is in the rocket's state.
#[derive(Clone, Debug)]
pub(crate) struct Draining {
    has_begun: Arc<AtomicBool>,
    lasts: Duration,
}

impl Draining {
    /// One that lasts so long, once it begins.
    pub(crate) fn new(lasts: Duration) -> Self {
        Draining { has_begun: Arc::default(), lasts }
    }

    /// How long it lasts.
    pub(crate) fn lasts(&self) -> Duration {
        self.lasts
    }

    /// Tells that the program will stop: it is not ready any more, and keeps no connection open.
    pub(crate) fn begin(&self) {
        self.has_begun.store(true, Ordering::Relaxed);
    }

    /// Whether it will.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }
}
