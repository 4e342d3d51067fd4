//! A program that leaves something to be done after its answers, for the tests of its shutdown.
//!
//! What was done stands in the file `done`.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use crewed::prelude::*;
use crewed::{JsonLines, Tasks, get};
use rocket::response::stream::stream;
use rocket::tokio::time::sleep;

/// Tells that something was done.
fn done(line: &str) {
    let file = OpenOptions::new().create(true).append(true).open("done");
    if file.and_then(|mut file| writeln!(file, "{line}")).is_err() {
        eprintln!("the file `done` cannot be written");
    }
}

#[derive(Clone)]
struct Session;

#[crewed::depends(after = close)]
fn session() -> Session {
    Session
}

async fn close(_: Session) {
    done("session");
}

/// Leaves a task that takes so many milliseconds.
#[get("/task/<millis>")]
fn task(millis: u64, tasks: Tasks) -> String {
    tasks.spawn(async move {
        sleep(Duration::from_millis(millis)).await;
        done(&format!("task {millis}"));
    });
    "later".to_owned()
}

/// Takes so many milliseconds, and leaves a session to be closed and a task.
#[get("/slow/<millis>", depends(session))]
async fn slow(millis: u64, tasks: Tasks) -> String {
    done("slow begins");
    sleep(Duration::from_millis(millis)).await;
    tasks.spawn(async { done("slow") });
    "done".to_owned()
}

/// Sends a line, and then nothing more.
#[get("/idle", depends(session))]
fn idle() -> JsonLines<i64> {
    JsonLines::new(stream! {
        yield 1;
        std::future::pending::<()>().await;
    })
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().operations(operations![task, slow, idle]))
}
