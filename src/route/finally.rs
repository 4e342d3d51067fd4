//! What is done when an answer was sent: tasks, and what dependencies leave to be done.
//!
//! Both are kept in the request, which Rocket drops when the body of the answer was read to its end, or when nobody
//! reads it any more. They run on a task of the runtime then: first the tasks of [`Tasks`], in their order, and then
//! the functions of dependencies, the last dependency first. A shutdown waits for them.

use std::mem::take;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::Status;
use rocket::tokio::runtime::Handle;
use rocket::tokio::sync::Mutex as AsyncMutex;
use rocket::tokio::sync::mpsc::{self, Receiver, Sender};
use rocket::{Build, Orbit, Request, Rocket};

/// Something that is done when an answer was sent.
pub(super) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a dependency leaves to be done, once the status of the answer is known.
pub(super) type Afterwards = Box<dyn FnOnce(Status) -> Option<Work> + Send>;

/// The requests of a rocket after whose answers something is done, and what is being done, in the rocket's state.
#[derive(Clone)]
pub(crate) struct Running {
    /// Each request, and whatever it leaves to be done, has a clone.
    token: Arc<Mutex<Option<Sender<()>>>>,
    /// Is closed when all of them are gone.
    done: Arc<AsyncMutex<Receiver<()>>>,
}

impl Default for Running {
    fn default() -> Self {
        let (token, done) = mpsc::channel(1);
        Running { token: Arc::new(Mutex::new(Some(token))), done: Arc::new(AsyncMutex::new(done)) }
    }
}

impl Running {
    /// Waits until everything is done that began before.
    pub(crate) async fn wait(&self) {
        drop(self.token.lock().unwrap_or_else(PoisonError::into_inner).take());
        let _ = self.done.lock().await.recv().await;
    }

    fn token(&self) -> Option<Sender<()>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Waits at the shutdown for what is done after answers.
#[derive(Clone, Default)]
pub(crate) struct Finishing(Running);

#[rocket::async_trait]
impl Fairing for Finishing {
    fn info(&self) -> Info {
        Info { name: "crewed: tasks after answers", kind: Kind::Ignite | Kind::Shutdown }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        Ok(rocket.manage(self.0.clone()))
    }

    async fn on_shutdown(&self, _: &Rocket<Orbit>) {
        self.0.wait().await;
    }
}

/// What is done when the answer to a request was sent. It is in the request, and begins when that is dropped.
pub(super) struct Finally(Later);

/// The same, for whoever adds to it.
#[derive(Clone)]
pub(super) struct Later {
    work: Arc<Mutex<AllWork>>,
    /// Where it runs. The request may be dropped outside of the runtime.
    runtime: Option<Handle>,
}

struct AllWork {
    tasks: Vec<Work>,
    afters: Vec<Afterwards>,
    /// The status of the answer, or 500 if there is none, as the request was given up.
    status: Status,
    /// Whether the function, or a dependency, has failed.
    has_failed: bool,
    /// Whether the answer was sent.
    is_due: bool,
    /// The shutdown waits for the request too, since it may leave something to be done.
    running: Option<Sender<()>>,
}

/// What is done when the answer to this request was sent.
pub(super) fn finally<'r>(request: &'r Request<'_>) -> &'r Finally {
    request.local_cache(|| {
        let running = request.rocket().state::<Running>().and_then(Running::token);
        let work = Arc::new(Mutex::new(AllWork {
            tasks: Vec::new(),
            afters: Vec::new(),
            status: Status::InternalServerError,
            has_failed: false,
            is_due: false,
            running,
        }));
        Finally(Later { work, runtime: Handle::try_current().ok() })
    })
}

impl Finally {
    /// Lets somebody add tasks.
    pub(super) fn later(&self) -> Later {
        self.0.clone()
    }

    /// Adds what a dependency leaves to be done.
    pub(super) fn after(&self, work: Afterwards) {
        self.0.all().afters.push(work);
    }

    /// Tells the status of the answer.
    pub(super) fn answered(&self, status: Status) {
        self.0.all().status = status;
    }

    /// Drops the tasks: the function has failed, and its answer is an error.
    pub(super) fn forget_tasks(&self) {
        let mut all = self.0.all();
        all.tasks.clear();
        all.has_failed = true;
    }

    /// Whether the function, or a dependency, has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.0.all().has_failed
    }
}

impl Later {
    /// Adds a task. Where the answer was sent already, it runs at once.
    pub(super) fn task(&self, work: Work) {
        let mut all = self.all();
        match &self.runtime {
            Some(runtime) if all.is_due => drop(runtime.spawn(work)),
            _ => all.tasks.push(work),
        }
    }

    fn all(&self) -> MutexGuard<'_, AllWork> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Finally {
    fn drop(&mut self) {
        let mut all = self.0.all();
        all.is_due = true;
        let (tasks, afters, running) = (take(&mut all.tasks), take(&mut all.afters), all.running.take());
        let status = all.status;
        let Some(runtime) = &self.0.runtime else { return };
        if tasks.is_empty() && afters.is_empty() {
            return;
        }
        runtime.spawn(async move {
            let afters = afters.into_iter().rev().filter_map(|after| after(status));
            for work in tasks.into_iter().chain(afters) {
                // One that panics does not keep the others from being done. Rust has printed the message.
                if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                    log::error!("a task after an answer panicked");
                }
            }
            drop(running);
        });
    }
}
