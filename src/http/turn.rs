//! Turns of long bodies: how many are read at once, and how many may wait for that.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::Error;
use crate::wire::SHORT;

/// One body is read for each core of the machine; others wait, in the order in which they came.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// How many bytes of bodies may wait, in all. What is more is answered 503 at once.
const MOST_WAITING: usize = 64 << 20;

/// What may still come to wait, in pieces of 1 KiB.
static ROOM: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(MOST_WAITING >> 10));

/// The turn of a long body, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: SemaphorePermit<'static>,
}

impl Turn {
    /// Waits for the turn of a body of this length, in bytes; a short one needs none.
    ///
    /// # Errors
    /// Too many bytes wait already.
    pub(crate) async fn of(length: usize) -> Result<Option<Self>, Error> {
        match length <= SHORT {
            true => Ok(None),
            false => Turn::wait(length, &TURNS, &ROOM).await.map(Some),
        }
    }

    async fn wait(length: usize, turns: &'static Semaphore, room: &'static Semaphore) -> Result<Self, Error> {
        if let Ok(permit) = turns.try_acquire() {
            return Ok(Turn { _permit: permit });
        }
        // One that is longer than all the room there is may wait alone.
        let pieces = u32::try_from(length.min(MOST_WAITING) >> 10).unwrap_or(u32::MAX);
        let full = || Error::Unavailable("too many long bodies wait to be read".to_owned());
        let waits = room.try_acquire_many(pieces).map_err(|_| full())?;
        let permit = turns.acquire().await.map_err(|_| full())?;
        drop(waits);
        Ok(Turn { _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn polled<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn leaked(permits: usize) -> &'static Semaphore {
        Box::leak(Box::new(Semaphore::new(permits)))
    }

    #[tokio::test]
    async fn what_waits_has_a_bound_and_goes_when_it_is_given_up() {
        let (turns, room) = (leaked(1), leaked(MOST_WAITING >> 10));
        let first = Turn::wait(1 << 20, turns, room).await;
        assert!(first.is_ok());
        let wait = || Turn::wait(1 << 20, turns, room);
        let mut waiting: Vec<_> = (0..64).map(|_| Box::pin(wait())).collect();
        for turn in &mut waiting {
            assert!(polled(turn).is_pending());
        }
        assert!(matches!(wait().await, Err(Error::Unavailable(_))));
        // A client that goes leaves its room to others.
        waiting.pop();
        let mut next = Box::pin(wait());
        assert!(polled(&mut next).is_pending());
        drop(first);
        let second = waiting.remove(0).await;
        assert!(second.is_ok());
        assert!(polled(&mut waiting[0]).is_pending());
        drop(second);
        assert!(waiting.remove(0).await.is_ok());
    }
}
