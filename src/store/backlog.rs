//! The bound of a store's queue, by the number of jobs and by their bytes.
//!
//! A channel could bound the number alone, but jobs differ widely in size: a few large bodies would exhaust the memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::StoreError;

/// The number and the bytes of the jobs in a queue, and the limits of both.
#[derive(Debug)]
pub(super) struct Backlog {
    count: AtomicUsize,
    bytes: AtomicU64,
    max_count: usize,
    max_bytes: u64,
}

impl Backlog {
    pub(super) fn new(max_count: usize, max_bytes: u64) -> Arc<Self> {
        Arc::new(Backlog { count: AtomicUsize::new(0), bytes: AtomicU64::new(0), max_count, max_bytes })
    }

    /// How many jobs there are.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Reserves a place in the queue for a job of this size. A job that is larger than the whole limit is accepted if
    /// the queue is empty, since otherwise it would be refused for ever.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the queue is full.
    pub(super) fn permit(self: &Arc<Self>, bytes: u64) -> Result<QueuePermit, StoreError> {
        // The permit exists before the counters are raised, so that dropping it lowers them again if the job is
        // refused.
        let permit = QueuePermit { backlog: Arc::clone(self), bytes };
        let others = self.count.fetch_add(1, Ordering::Relaxed);
        let queued = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        match others >= self.max_count || (others > 0 && queued.saturating_add(bytes) > self.max_bytes) {
            true => Err(StoreError::Unavailable("too much is waiting for the database".to_owned())),
            false => Ok(permit),
        }
    }
}

/// A place in a queue, which is given back when this is dropped.
#[derive(Debug)]
pub(super) struct QueuePermit {
    backlog: Arc<Backlog>,
    bytes: u64,
}

impl Drop for QueuePermit {
    fn drop(&mut self) {
        self.backlog.count.fetch_sub(1, Ordering::Relaxed);
        self.backlog.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_leaves_no_trace() {
        let waiting = Backlog::new(2, 100);
        let first = waiting.permit(60);
        assert!(waiting.permit(41).is_err(), "too many bytes");
        let second = waiting.permit(40);
        assert!(second.is_ok());
        assert!(waiting.permit(0).is_err(), "too many");
        drop((first, second));
        assert!(waiting.permit(100).is_ok());
    }

    #[test]
    fn what_is_larger_than_all_waits_alone() {
        let waiting = Backlog::new(10, 100);
        let large = waiting.permit(1000);
        assert!(large.is_ok());
        assert!(waiting.permit(1).is_err());
        drop(large);
        let small = waiting.permit(1);
        assert!(waiting.permit(1000).is_err());
        drop(small);
        assert!(waiting.permit(1000).is_ok());
    }
}
