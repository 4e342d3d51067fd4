//! How long a request waits for the store, for `Server-Timing`.
//!
//! The store that a request is given notes on the thread that polls the request when it was asked and how long that took,
//! as `deadline` does for the time that is left; whoever polls the request takes that from there. A rocket whose answers
//! do not tell their times has no such store, and pays nothing.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::{
    Answer, Begun, BoxedSink, Checked, Ended, Select, Store, StoreMetrics, StoreState, Transaction, Write,
};
use crate::value::Value;

/// What was waited for while the future of a request was polled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Waited {
    /// When the store was first asked.
    pub(crate) first: Option<Instant>,
    /// When it last answered.
    pub(crate) last: Option<Instant>,
    /// How long it was waited for in all.
    pub(crate) total: Duration,
}

impl Waited {
    /// Adds what came later.
    pub(crate) fn add(&mut self, later: Waited) {
        self.first = self.first.or(later.first);
        self.last = later.last.or(self.last);
        self.total += later.total;
    }
}

thread_local!(static WAITED: Cell<Waited> = const { Cell::new(Waited { first: None, last: None, total: Duration::ZERO }) });

/// Polls the future of a request, and returns also what it has waited for.
pub(crate) fn polled<T>(poll: impl FnOnce() -> T) -> (T, Waited) {
    let before = WAITED.replace(Waited::default());
    let polled = poll();
    (polled, WAITED.replace(before))
}

/// A store that notes how long it is waited for.
pub(crate) struct Timed(pub(crate) Arc<dyn Store>);

/// A future that does.
struct Waiting<F> {
    inner: F,
    asked: Instant,
}

fn waiting<F>(ask: impl FnOnce() -> F) -> Waiting<F> {
    let asked = Instant::now();
    WAITED.set(Waited { first: WAITED.get().first.or(Some(asked)), ..WAITED.get() });
    Waiting { inner: ask(), asked }
}

impl<F: Future + Unpin> Future for Waiting<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = Pin::new(&mut self.inner).poll(context);
        if polled.is_ready() {
            let now = Instant::now();
            WAITED.set(Waited {
                last: Some(now),
                total: WAITED.get().total + now.duration_since(self.asked),
                ..WAITED.get()
            });
        }
        polled
    }
}

impl Store for Timed {
    fn read(&self, select: Select, sink: BoxedSink) -> Answer<'_> {
        Box::pin(waiting(|| self.0.read(select, sink)))
    }

    fn write(&self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Box::pin(waiting(|| self.0.write(write, sink)))
    }

    fn begin(&self) -> Begun<'_> {
        Box::pin(async {
            let transaction = waiting(|| self.0.begin()).await?;
            Ok(Box::new(TimedTransaction(transaction)) as Box<dyn Transaction>)
        })
    }

    fn check(&self) -> Checked<'_> {
        self.0.check()
    }

    fn count_into(&self, metrics: &Arc<StoreMetrics>) {
        self.0.count_into(metrics);
    }

    fn retried(&self) {
        self.0.retried();
    }

    fn state(&self) -> StoreState {
        self.0.state()
    }
}

/// A transaction of such a store.
struct TimedTransaction(Box<dyn Transaction>);

impl Transaction for TimedTransaction {
    fn read(&mut self, select: Select, sink: BoxedSink) -> Answer<'_> {
        Box::pin(waiting(|| self.0.read(select, sink)))
    }

    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Box::pin(waiting(|| self.0.write(write, sink)))
    }

    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_> {
        Box::pin(waiting(|| self.0.query(text, values, sink)))
    }

    fn commit(self: Box<Self>) -> Ended {
        Box::pin(waiting(|| self.0.commit()))
    }

    fn roll_back(self: Box<Self>) -> Ended {
        Box::pin(waiting(|| self.0.roll_back()))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::store::StoreError;

    struct Slow;

    impl Store for Slow {
        fn read(&self, _: Select, _: BoxedSink) -> Answer<'_> {
            Box::pin(async { Err(StoreError::Internal("never asked".to_owned())) })
        }

        fn write(&self, _: Write, _: BoxedSink) -> Answer<'_> {
            Box::pin(async { Err(StoreError::Internal("never asked".to_owned())) })
        }

        fn check(&self) -> Checked<'_> {
            unreachable!("nobody checks it")
        }

        fn begin(&self) -> Begun<'_> {
            let mut polls = 0;
            Box::pin(std::future::poll_fn(move |_| {
                std::thread::sleep(Duration::from_millis(5));
                polls += 1;
                match polls {
                    1 => Poll::Pending,
                    _ => Poll::Ready(Err(StoreError::Internal("that took long".to_owned()))),
                }
            }))
        }
    }

    #[test]
    fn what_is_waited_for_is_told_to_whoever_polls() {
        let store = Timed(Arc::new(Slow));
        let context = &mut Context::from_waker(Waker::noop());
        let mut begun = store.begin();
        let mut all = Waited::default();
        let (polled_, first) = polled(|| begun.as_mut().poll(context));
        assert!(polled_.is_pending() && first.first.is_some() && first.last.is_none());
        all.add(first);
        // What another request waits for meanwhile is its own.
        assert!(polled(|| ()).1.first.is_none());
        let (polled_, second) = polled(|| begun.as_mut().poll(context));
        assert!(polled_.is_ready() && second.first.is_none());
        all.add(second);
        assert!(all.total >= Duration::from_millis(10), "{all:?}");
        assert!(all.last.is_some_and(|last| all.first.is_some_and(|first| last > first)));
    }
}
