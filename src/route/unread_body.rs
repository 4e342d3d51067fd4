//! Bodies that are freed where their clients do not read them.
//!
//! Rocket waits without end for a client to take the next piece of an answer, and does not ask the body for another one
//! meanwhile. So the body cannot tell that time passes: a task of its own looks after it, and takes from it what it
//! holds where nothing was asked for a while. Whoever asks then is told that the body is gone, and the connection ends.

use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rocket::tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use rocket::tokio::runtime::Handle;
use rocket::tokio::task::AbortHandle;
use rocket::tokio::time::sleep;

/// A body that is freed when its client has taken nothing of it for a while.
pub(super) struct UnreadBody {
    state: Arc<Mutex<State>>,
    /// What looks after it.
    task: Option<AbortHandle>,
}

struct State {
    /// The body, or nothing once it was freed.
    body: Option<Pin<Box<dyn AsyncRead + Send>>>,
    /// Since when its client has a piece of it to take, or nothing where the body itself is waited for.
    waits_since: Option<Instant>,
}

impl UnreadBody {
    /// A body that may wait so long for its client.
    pub(super) fn new(body: impl AsyncRead + Send + 'static, patience: Duration) -> Self {
        let state = State { body: Some(Box::pin(body)), waits_since: Some(Instant::now()) };
        let state = Arc::new(Mutex::new(state));
        let task = Handle::try_current().ok().map(|runtime| {
            let task = runtime.spawn(look_after(Arc::downgrade(&state), patience));
            task.abort_handle()
        });
        UnreadBody { state, task }
    }
}

impl Drop for UnreadBody {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Frees a body once nothing was asked of it for so long.
async fn look_after(state: Weak<Mutex<State>>, patience: Duration) {
    let mut pause = patience;
    loop {
        sleep(pause).await;
        let Some(state) = state.upgrade() else { return };
        let mut state = locked(&state);
        if state.body.is_none() {
            return;
        }
        let waited = state.waits_since.map_or(Duration::ZERO, |since| since.elapsed());
        if waited >= patience {
            let body = state.body.take();
            drop(state);
            log::warn!(
                "an answer was given up, of which its client has read nothing for {} s",
                waited.as_secs()
            );
            drop(body);
            return;
        }
        pause = patience - waited;
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl AsyncRead for UnreadBody {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = locked(&self.state);
        let Some(body) = &mut state.body else { return Poll::Ready(Err(io::ErrorKind::TimedOut.into())) };
        let polled = body.as_mut().poll_read(context, buffer);
        state.waits_since = polled.is_ready().then(Instant::now);
        polled
    }
}

/// Its length is known from elsewhere, or it has none.
impl AsyncSeek for UnreadBody {
    fn start_seek(self: Pin<&mut Self>, _: SeekFrom) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }
}
