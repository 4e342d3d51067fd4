//! What is done when an answer was sent: tasks, and what dependencies leave to be done.
//!
//! Both are kept in the request, which Rocket drops when the body of the answer was read to its end, or when nobody
//! reads it any more. They run on a task of the runtime then: first the tasks of [`Tasks`](crate::Tasks), in their
//! order, and then the functions of dependencies, the last dependency first. A shutdown waits for them.

use std::collections::VecDeque;
use std::mem::take;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::Status;
use rocket::tokio::runtime::Handle;
use rocket::tokio::time::timeout;
use rocket::{Build, Orbit, Request, Rocket};
use tokio_util::task::TaskTracker;

/// Something that is done when an answer was sent.
pub(super) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a dependency leaves to be done, once the status of the answer is known.
pub(super) type Afterwards = Box<dyn FnOnce(Status) -> Option<Work> + Send>;

/// What is being done after answers, in the rocket's state.
#[derive(Clone, Default)]
pub(crate) struct Running {
    tracker: TaskTracker,
    /// Whether the program waits itself when the rocket has ended, which is later than its fairings.
    waits_later: Arc<AtomicBool>,
}

impl Running {
    /// Tells that [`Running::wait_until`] will be called when the rocket has ended.
    pub(crate) fn will_wait(&self) {
        self.waits_later.store(true, Ordering::Relaxed);
    }

    /// Waits until everything is done that requests have left, and no longer than until then.
    pub(crate) async fn wait_until(&self, end: Instant) {
        self.wait_for(end.saturating_duration_since(Instant::now())).await;
    }

    async fn wait_for(&self, time: Duration) {
        self.tracker.close();
        if timeout(time, self.tracker.wait()).await.is_err() {
            let left = self.tracker.len();
            log::warn!(
                "{left} tasks after answers had not ended when the time for the shutdown was over, and are cut off"
            );
        }
    }
}

/// Waits at the shutdown for what is done after answers, in programs that are launched by Rocket itself.
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

    async fn on_shutdown(&self, rocket: &Rocket<Orbit>) {
        // Rocket's own time for the shutdown passes meanwhile.
        if !self.0.waits_later.load(Ordering::Relaxed) {
            self.0.wait_for(Duration::from_secs(rocket.config().shutdown.grace.into())).await;
        }
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
    tracker: TaskTracker,
}

struct AllWork {
    tasks: VecDeque<Work>,
    afters: Vec<Afterwards>,
    /// The status of the answer, or 500 if there is none, as the request was given up.
    status: Status,
    /// Whether the function, or a dependency, has failed.
    has_failed: bool,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The answer was not sent yet.
    Collecting,
    /// The answer was sent, and what was left is being done.
    Running,
    /// Everything was done.
    Done,
}

/// What is done when the answer to this request was sent.
pub(super) fn finally<'r>(request: &'r Request<'_>) -> &'r Finally {
    request.local_cache(|| {
        let running = request.rocket().state::<Running>().cloned().unwrap_or_default();
        let work = Arc::new(Mutex::new(AllWork {
            tasks: VecDeque::new(),
            afters: Vec::new(),
            status: Status::InternalServerError,
            has_failed: false,
            stage: Stage::Collecting,
        }));
        Finally(Later { work, runtime: Handle::try_current().ok(), tracker: running.tracker })
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
        self.0.forget();
    }

    /// Whether the function, or a dependency, has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.0.all().has_failed
    }
}

impl Later {
    /// Adds a task. Where everything was done already, it runs at once.
    pub(super) fn task(&self, work: Work) {
        let mut all = self.all();
        match &self.runtime {
            Some(runtime) if all.stage == Stage::Done => {
                drop(runtime.spawn(self.tracker.track_future(caught(work))));
            }
            _ => all.tasks.push_back(work),
        }
    }

    /// Drops the tasks, if the answer was not sent yet.
    pub(super) fn forget(&self) {
        let mut all = self.all();
        if all.stage == Stage::Collecting {
            all.has_failed = true;
            let tasks = take(&mut all.tasks);
            // What they hold may add others where it is dropped.
            drop(all);
            drop(tasks);
        }
    }

    /// Does everything, the tasks that other tasks leave included.
    async fn run(self, afters: Vec<Afterwards>, status: Status) {
        self.run_tasks(false).await;
        for after in afters.into_iter().rev() {
            if let Some(work) = after(status) {
                caught(work).await;
            }
        }
        self.run_tasks(true).await;
    }

    /// Runs all tasks that there are. Those that come after the `last` run at once.
    async fn run_tasks(&self, last: bool) {
        while let Some(task) = self.next_task(last) {
            caught(task).await;
        }
    }

    fn next_task(&self, last: bool) -> Option<Work> {
        let mut all = self.all();
        let next = all.tasks.pop_front();
        if next.is_none() && last {
            all.stage = Stage::Done;
        }
        next
    }

    fn all(&self) -> MutexGuard<'_, AllWork> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that panics does not keep the others from being done. Rust has printed the message.
async fn caught(work: Work) {
    if AssertUnwindSafe(work).catch_unwind().await.is_err() {
        log::error!("a task after an answer panicked");
    }
}

impl Drop for Finally {
    fn drop(&mut self) {
        let mut all = self.0.all();
        let afters = take(&mut all.afters);
        if afters.is_empty() && all.tasks.is_empty() {
            all.stage = Stage::Done;
            return;
        }
        all.stage = Stage::Running;
        let status = all.status;
        drop(all);
        if let Some(runtime) = &self.0.runtime {
            runtime.spawn(self.0.tracker.track_future(self.0.clone().run(afters, status)));
        }
    }
}
