//! Who has a queued write: the queue, the writer that has begun it, or nobody any more.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Poll;

use tokio::sync::oneshot;

use super::deadline;
use super::{BoxedSink, StoreError};

const QUEUED: u8 = 0;
const BEGUN: u8 = 1;
const WITHDRAWN: u8 = 2;

/// A queued write, which is either begun or withdrawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Claim(Arc<AtomicU8>);

impl Claim {
    /// Begins the write, or tries it once more. Returns whether it is still wanted.
    pub(super) fn begin(&self) -> bool {
        let begun = self.0.compare_exchange(QUEUED, BEGUN, Ordering::AcqRel, Ordering::Acquire);
        begun != Err(WITHDRAWN)
    }

    /// Withdraws the write. Returns whether it had not begun, so that it never will.
    pub(super) fn withdraw(&self) -> bool {
        self.0.compare_exchange(QUEUED, WITHDRAWN, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Waits for the outcome of the write. Where the request has to give up meanwhile, a write that has not begun is
    /// withdrawn. One that nobody waits for any more is made all the same: a program that ends finishes what it has taken.
    pub(super) async fn outcome(
        self,
        mut answer: oneshot::Receiver<Result<BoxedSink, StoreError>>,
        gone: fn() -> StoreError,
    ) -> Result<BoxedSink, StoreError> {
        poll_fn(|context| match Pin::new(&mut answer).poll(context) {
            Poll::Ready(outcome) => Poll::Ready(outcome.unwrap_or_else(|_| Err(gone()))),
            Poll::Pending if deadline::is_over() => match self.withdraw() {
                true => Poll::Ready(Err(given_up())),
                false => {
                    deadline::is_under_way();
                    Poll::Pending
                }
            },
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}

/// The error of a write that was withdrawn, which hardly anybody waits for.
fn given_up() -> StoreError {
    StoreError::Unavailable(
        "a write waited for the database until the time of its request was over".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};
    use std::time::Instant;

    use super::*;

    fn gone() -> StoreError {
        StoreError::Internal("gone".to_owned())
    }

    #[test]
    fn a_write_is_either_begun_or_withdrawn() {
        let claim = Claim::default();
        assert!(claim.begin() && claim.begin());
        assert!(!claim.withdraw());
        let claim = Claim::default();
        assert!(claim.withdraw());
        assert!(!claim.begin());
    }

    #[test]
    fn a_queued_write_is_given_up_and_one_that_is_under_way_is_waited_for() {
        let context = &mut Context::from_waker(Waker::noop());
        let mut poll = |claim: &Claim, is_over: bool| {
            let (reply, answer) = oneshot::channel();
            let mut outcome = Box::pin(claim.clone().outcome(answer, gone));
            let deadline = deadline::polled(Instant::now(), is_over);
            let polled = outcome.as_mut().poll(context);
            drop(reply);
            (matches!(polled, Poll::Ready(Err(StoreError::Unavailable(_)))), deadline.is_under_way())
        };
        let queued = Claim::default();
        assert_eq!(poll(&queued, true), (true, false));
        assert!(!queued.begin());
        let begun = Claim::default();
        assert!(begun.begin());
        assert_eq!(poll(&begun, true), (false, true));
        // One that nobody waits for is made.
        let left = Claim::default();
        assert_eq!(poll(&left, false), (false, false));
        assert!(left.begin());
    }
}
