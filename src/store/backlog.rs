//! How much may wait for a store: so many, and so many bytes in all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::StoreError;

/// What waits for a store now, and how much may.
#[derive(Debug)]
pub(super) struct Backlog {
    count: AtomicUsize,
    bytes: AtomicU64,
    most: usize,
    most_bytes: u64,
}

impl Backlog {
    pub(super) fn new(most: usize, most_bytes: u64) -> Arc<Self> {
        Arc::new(Backlog { count: AtomicUsize::new(0), bytes: AtomicU64::new(0), most, most_bytes })
    }

    /// A place for something that holds so many bytes. What is larger by itself than all that may wait has one
    /// where nothing else waits: else it would be refused for ever.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where too much waits.
    pub(super) fn permit(self: &Arc<Self>, bytes: u64) -> Result<QueuePermit, StoreError> {
        // Taken first, so that the drop of it gives back what was taken in any case.
        let permit = QueuePermit { waiting: Arc::clone(self), bytes };
        let others = self.count.fetch_add(1, Ordering::Relaxed);
        let held = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        match others >= self.most || (others > 0 && held.saturating_add(bytes) > self.most_bytes) {
            true => Err(StoreError::Unavailable("too much is waiting for the database".to_owned())),
            false => Ok(permit),
        }
    }
}

/// A place among what waits, for as long as it is held.
#[derive(Debug)]
pub(super) struct QueuePermit {
    waiting: Arc<Backlog>,
    bytes: u64,
}

impl Drop for QueuePermit {
    fn drop(&mut self) {
        self.waiting.count.fetch_sub(1, Ordering::Relaxed);
        self.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
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
