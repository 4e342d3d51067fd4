//! How many requests are answered at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rocket::tokio::runtime::{Handle, RuntimeFlavor};
use rocket::tokio::sync::{Semaphore, SemaphorePermit};
use rocket::tokio::task::block_in_place;

/// The requests that are being answered, the events that are being sent, and how many of each may be. It is in the
/// rocket's state.
#[derive(Debug)]
pub(crate) struct Load {
    requests: Bounded,
    streams: Bounded,
    /// The places of functions that block their threads.
    places: Semaphore,
}

/// A number with a bound.
#[derive(Debug)]
struct Bounded {
    present: AtomicUsize,
    max: usize,
}

impl Load {
    /// Answers at most so many requests at once, sends at most so many streams of events, and blocks at most so many
    /// threads for functions that do.
    pub(crate) fn new(max_requests: usize, max_streams: usize, blocking: usize) -> Self {
        let bounded = |max| Bounded { present: AtomicUsize::new(0), max };
        Load {
            requests: bounded(max_requests),
            streams: bounded(max_streams),
            places: Semaphore::new(blocking),
        }
    }

    /// A place for a function that blocks its thread, when there is one.
    pub(super) async fn place(&self) -> Option<Place<'_>> {
        self.places.acquire().await.ok().map(|permit| Place { _permit: permit })
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

/// The place of a function that blocks its thread.
pub struct Place<'r> {
    _permit: SemaphorePermit<'r>,
}

impl Place<'_> {
    /// Runs it. Whatever else this thread had to do, another one does meanwhile, unless the runtime has no other.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
            Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
            _ => work(),
        }
    }
}
