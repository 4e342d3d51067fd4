//! A queue of jobs, and the threads that work on it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::store::backlog::{Backlog, QueuePermit};
use crate::store::{OpenError, StoreError};

/// A queue of jobs, and the threads that work on it. Dropping it lets the threads finish all queued jobs.
pub(super) struct Queue<T> {
    sender: Option<Sender<T>>,
    threads: Vec<JoinHandle<()>>,
    backlog: Arc<Backlog>,
}

impl<T: Send + 'static> Queue<T> {
    /// A queue, and its receiving end for the threads. The queue itself keeps no receiver, so that once the last thread
    /// has ended, queued and further jobs fail at once instead of waiting for ever.
    pub(super) fn new(max_count: usize, max_bytes: u64) -> (Self, Receiver<T>) {
        let (sender, jobs) = unbounded();
        let backlog = Backlog::new(max_count, max_bytes);
        (Queue { sender: Some(sender), threads: Vec::new(), backlog }, jobs)
    }

    /// Starts a thread that works on jobs.
    pub(super) fn serve(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                catch_and_log("its jobs fail from now on", run);
            })
            .map_err(|error| OpenError(format!("no thread can be started: {error}")))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Reserves a place for a job of this size.
    pub(super) fn permit(&self, bytes: u64) -> Result<QueuePermit, StoreError> {
        self.backlog.permit(bytes)
    }

    /// Whether a thread still works on its jobs.
    pub(super) fn is_served(&self) -> bool {
        self.threads.iter().any(|thread| !thread.is_finished())
    }

    /// How many jobs wait, or are being done.
    pub(super) fn waiting(&self) -> usize {
        self.backlog.count()
    }

    pub(super) fn push(&self, job: T) -> Result<(), StoreError> {
        self.sender.as_ref().and_then(|sender| sender.send(job).ok()).ok_or_else(gone)
    }
}

impl<T> Drop for Queue<T> {
    fn drop(&mut self) {
        self.sender = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

pub(super) fn gone() -> StoreError {
    StoreError::Internal("a thread of the store panicked before it finished this".to_owned())
}

/// Runs `work` and returns whether it ended without a panic. A panic is logged, with the `consequence`.
pub(super) fn catch_and_log(consequence: &str, work: impl FnOnce()) -> bool {
    let outcome = catch_unwind(AssertUnwindSafe(work));
    if let Err(panic) = &outcome {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("crewed");
        log::error!(
            "the thread `{name}` of the SQLite store panicked ({}): {consequence}",
            panic_message(&**panic)
        );
    }
    outcome.is_ok()
}

/// The message of a panic.
fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// Neither queued nor new jobs wait for a thread that has ended.
    #[test]
    fn a_queue_without_threads_fails_at_once() {
        let (mut queue, jobs) = Queue::<oneshot::Sender<()>>::new(10, 10);
        let (reply, answer) = oneshot::channel();
        assert!(queue.push(reply).is_ok());
        assert!(queue.serve("dies", move || panic!("on purpose, before {} job(s)", jobs.len())).is_ok());
        assert!(answer.blocking_recv().is_err());
        queue.threads.drain(..).for_each(|thread| assert!(thread.join().is_ok()));
        let (reply, answer) = oneshot::channel();
        assert!(matches!(queue.push(reply), Err(StoreError::Internal(_))));
        assert!(answer.blocking_recv().is_err());
    }
}
