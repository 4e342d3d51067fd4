//! [`Tasks`], what a function leaves to be done after its answer.

use std::convert::Infallible;
use std::fmt;

use rocket::Request;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};

use super::background::{Later, finally};

/// Runs tasks after the answer was sent: FastAPI's `BackgroundTasks`.
///
/// It is an argument of functions and dependencies, which all add to the same tasks. They run one after the other, in
/// the order in which they were added, when the client has the answer, or does not wait for it any more. Tasks that a task
/// adds run after the others. If the function or a dependency fails, all are dropped; one that panics is told in the log.
///
/// A shutdown waits for them: until a second after those that `grace` and `mercy` of Rocket's `[default.shutdown]` say
/// together, which are three by default; or for `grace` alone, two by default, where Rocket's `#[launch]` launches the
/// program. Then they are cut off, with a warning in the log.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{Tasks, post};
/// use crewed::rocket::serde::json::{Value, json};
///
/// async fn write_notification(email: String) {
///     // ..
/// #   drop(email);
/// }
///
/// #[post("/send-notification/<email>")]
/// fn send_notification(email: String, tasks: Tasks) -> Value {
///     tasks.spawn(write_notification(email));
///     json!({"message": "Notification sent in the background"})
/// }
/// ```
#[derive(Clone)]
pub struct Tasks(Later);

impl Tasks {
    /// Runs a task after the answer: a future, such as the call of an `async fn`. It must not block the thread; what
    /// does goes to `rocket::tokio::task::spawn_blocking` within it.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.task(Box::pin(task));
    }
}

/// A function that panics has failed.
impl Drop for Tasks {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.forget();
        }
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tasks(..)")
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Tasks {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        Outcome::Success(Tasks(finally(request).later()))
    }
}
