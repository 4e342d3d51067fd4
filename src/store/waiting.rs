//! How much may wait for a store: so many, and so many bytes in all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::StoreError;

/// What waits for a store now, and how much may.
#[derive(Debug)]
pub(super) struct Waiting {
    count: AtomicUsize,
    bytes: AtomicU64,
    most: usize,
    most_bytes: u64,
}

impl Waiting {
    pub(super) fn new(most: usize, most_bytes: u64) -> Arc<Self> {
        Arc::new(Waiting { count: AtomicUsize::new(0), bytes: AtomicU64::new(0), most, most_bytes })
    }

    /// A place for something that holds so many bytes. What is larger by itself than all that may wait has one
    /// where nothing else waits: else it would be refused for ever.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where too much waits.
    pub(super) fn place(self: &Arc<Self>, bytes: u64) -> Result<Place, StoreError> {
        // Taken first, so that the drop of it gives back what was taken in any case.
        let place = Place { waiting: Arc::clone(self), bytes };
        let others = self.count.fetch_add(1, Ordering::Relaxed);
        let held = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        match others >= self.most || (others > 0 && held.saturating_add(bytes) > self.most_bytes) {
            true => Err(StoreError::Unavailable("too much is waiting for the database".to_owned())),
            false => Ok(place),
        }
    }
}

/// A place among what waits, for as long as it is held.
#[derive(Debug)]
pub(super) struct Place {
    waiting: Arc<Waiting>,
    bytes: u64,
}

impl Drop for Place {
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
        let waiting = Waiting::new(2, 100);
        let first = waiting.place(60);
        assert!(waiting.place(41).is_err(), "too many bytes");
        let second = waiting.place(40);
        assert!(second.is_ok());
        assert!(waiting.place(0).is_err(), "too many");
        drop((first, second));
        assert!(waiting.place(100).is_ok());
    }

    #[test]
    fn what_is_larger_than_all_waits_alone() {
        let waiting = Waiting::new(10, 100);
        let large = waiting.place(1000);
        assert!(large.is_ok());
        assert!(waiting.place(1).is_err());
        drop(large);
        let small = waiting.place(1);
        assert!(waiting.place(1000).is_err());
        drop(small);
        assert!(waiting.place(1000).is_ok());
    }
}
