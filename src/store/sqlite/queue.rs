//! Jobs that wait, and the threads that take them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::store::backlog::{Backlog, QueuePermit};
use crate::store::{OpenError, StoreError};

/// Jobs that wait, and the threads that take them. When it is dropped the threads finish.
pub(super) struct Queue<T> {
    sender: Option<Sender<T>>,
    threads: Vec<JoinHandle<()>>,
    waiting: Arc<Backlog>,
}

impl<T: Send + 'static> Queue<T> {
    /// A queue, and its end for the threads. They alone have that: where none of them is left, what waits and
    /// what comes fails at once.
    pub(super) fn new(most: usize, most_bytes: u64) -> (Self, Receiver<T>) {
        let (sender, jobs) = unbounded();
        let waiting = Backlog::new(most, most_bytes);
        (Queue { sender: Some(sender), threads: Vec::new(), waiting }, jobs)
    }

    /// Starts a thread that takes jobs.
    pub(super) fn serve(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                survives("what it had to do fails from now on", run);
            })
            .map_err(|error| OpenError(format!("no thread can be started: {error}")))?;
        self.threads.push(thread);
        Ok(())
    }

    /// A place for a job that holds so many bytes.
    pub(super) fn permit(&self, bytes: u64) -> Result<QueuePermit, StoreError> {
        self.waiting.permit(bytes)
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
    StoreError::Internal("a thread of the store panicked, and what it was at was not done".to_owned())
}

/// Does something on a thread of the store's; whether it came to its end. A panic is told in the log, with what
/// becomes of it.
pub(super) fn survives(then: &str, work: impl FnOnce()) -> bool {
    let outcome = catch_unwind(AssertUnwindSafe(work));
    if let Err(panic) = &outcome {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("crewed");
        log::error!("the thread `{name}` of the SQLite store panicked ({}): {then}", said(&**panic));
    }
    outcome.is_ok()
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// Neither what waits nor what comes waits for a thread that is gone.
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
