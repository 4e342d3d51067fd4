//! Permits to parse long bodies, which bound how many are parsed at once and how many wait for that.
//!
//! Parsing a long body occupies a core and may take sixteen times the memory of its bytes (`issue::MOST_MEMORY`).
//! Without a bound, a few clients could keep all threads busy and exhaust the memory. Short bodies need no permit.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::Error;
use crate::wire::SHORT;

/// The permits, one for each core. Bodies that wait get them in the order of their arrival.
static PARSERS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// How many bytes of bodies may wait in all. A request with a body beyond that is answered 503 at once.
const MAX_WAITING: usize = 64 << 20;

/// The remaining space for waiting bodies, in units of 1 KiB.
static WAITING_SPACE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(MAX_WAITING >> 10));

/// The permit to parse a long body, which is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct ParsePermit {
    _permit: SemaphorePermit<'static>,
}

impl ParsePermit {
    /// Waits for the permit to parse a body with this length in bytes. A short one needs none.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if too many bytes wait already.
    pub(crate) async fn of(length: usize) -> Result<Option<Self>, Error> {
        match length <= SHORT {
            true => Ok(None),
            false => ParsePermit::wait(length, &PARSERS, &WAITING_SPACE).await.map(Some),
        }
    }

    async fn wait(
        length: usize,
        parsers: &'static Semaphore,
        space: &'static Semaphore,
    ) -> Result<Self, Error> {
        if let Ok(permit) = parsers.try_acquire() {
            return Ok(ParsePermit { _permit: permit });
        }
        // A body that is longer than the whole space may wait if no other one does.
        let kibibytes = u32::try_from(length.min(MAX_WAITING) >> 10).unwrap_or(u32::MAX);
        let full = || Error::Unavailable("too many long bodies wait to be read".to_owned());
        let waiting_permit = space.try_acquire_many(kibibytes).map_err(|_| full())?;
        let permit = parsers.acquire().await.map_err(|_| full())?;
        drop(waiting_permit);
        Ok(ParsePermit { _permit: permit })
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
        let (parsers, space) = (leaked(1), leaked(MAX_WAITING >> 10));
        let first = ParsePermit::wait(1 << 20, parsers, space).await;
        assert!(first.is_ok());
        let wait = || ParsePermit::wait(1 << 20, parsers, space);
        let mut waiting: Vec<_> = (0..64).map(|_| Box::pin(wait())).collect();
        for permit in &mut waiting {
            assert!(polled(permit).is_pending());
        }
        assert!(matches!(wait().await, Err(Error::Unavailable(_))));
        // A client that disconnects leaves its space to others.
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
