//! What runs after an answer.

use std::sync::Arc;

use crewed::rocket::http::Status;
use crewed::rocket::outcome::Outcome;
use crewed::rocket::request::{self, FromRequest};
use crewed::rocket::response::stream::stream;
use crewed::rocket::{Request, State};
use crewed::{HttpError, JsonLines, Tasks, depends, get, post};

use super::*;

/// A connection, which is closed when the answer was sent.
#[derive(Clone)]
struct Connection {
    name: &'static str,
    journal: Journal,
}

#[depends(after = close)]
async fn outer(journal: &State<Journal>) -> Connection {
    journal.add("open outer");
    Connection { name: "outer", journal: (*journal).clone() }
}

#[depends(after = close)]
async fn inner(#[param(depends(outer))] outer: Connection) -> Connection {
    outer.journal.add("open inner");
    Connection { name: "inner", ..outer }
}

async fn close(connection: Connection) {
    crewed::rocket::tokio::task::yield_now().await;
    connection.journal.add(format!("close {}", connection.name));
}

#[get("/plain")]
fn plain(#[param(depends(inner))] connection: Connection, tasks: Tasks) -> String {
    let journal = connection.journal.clone();
    tasks.spawn(async move { journal.add("task") });
    connection.journal.add("function");
    "x".to_owned()
}

#[get("/stream")]
fn streamed(#[param(depends(inner))] connection: Connection, tasks: Tasks) -> JsonLines<i64> {
    let journal = connection.journal.clone();
    tasks.spawn(async move { journal.add("task") });
    JsonLines::new(stream! {
        for number in 0..3 {
            connection.journal.add(format!("line {number}"));
            yield number;
        }
    })
}

#[post("/fails?<number>")]
fn fails(
    number: i64,
    #[param(depends(inner))] connection: Connection,
    tasks: Tasks,
) -> Result<String, HttpError> {
    let journal = connection.journal.clone();
    tasks.spawn(async move { journal.add("task") });
    Err(HttpError::status(u16::try_from(number).unwrap()))
}

#[get("/panics")]
fn panics(#[param(depends(inner))] connection: Connection) -> String {
    panic!("{} is not meant to happen", connection.name)
}

/// It takes a reference, waits for nothing, and its value cannot be cloned.
#[depends(after = count)]
fn counted(journal: &State<Journal>) -> Counter {
    Counter((*journal).clone())
}

struct Counter(Journal);

fn count(counter: &Counter) {
    counter.0.add("count");
}

#[get("/counted", depends(counted))]
fn counting() -> String {
    "x".to_owned()
}

#[depends]
fn later(tasks: Tasks) -> Arc<Tasks> {
    Arc::new(tasks)
}

/// A task that adds one when the answer was sent already.
#[get("/later")]
fn adds_later(#[param(depends(later))] tasks: Arc<Tasks>, journal: &State<Journal>) -> String {
    let (journal, again) = ((*journal).clone(), Arc::clone(&tasks));
    tasks.spawn({
        let journal = journal.clone();
        async move {
            let last = journal.clone();
            again.spawn(async move { last.add("last") });
            crewed::rocket::tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            journal.add("first");
        }
    });
    tasks.spawn(async move { journal.add("second") });
    "x".to_owned()
}

#[get("/broken")]
fn broken_task(tasks: Tasks, journal: &State<Journal>) -> String {
    let journal = (*journal).clone();
    tasks.spawn(async { panic!("a task is not meant to panic") });
    tasks.spawn(async move { journal.add("after the panic") });
    "x".to_owned()
}

/// A guard that fails, with an error that is none of crewed's.
struct Never;

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for Never {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> request::Outcome<Self, ()> {
        Outcome::Error((Status::Unauthorized, ()))
    }
}

#[depends]
fn leaves_a_task(tasks: Tasks, journal: &State<Journal>) {
    let journal = (*journal).clone();
    tasks.spawn(async move { journal.add("task") });
}

#[get("/guarded", depends(leaves_a_task))]
fn guarded(#[param(guard)] never: Never) -> String {
    let Never = never;
    "x".to_owned()
}

#[get("/nothing", depends(leaves_a_task))]
fn nothing() -> Option<String> {
    None
}

#[get("/panics-later", depends(leaves_a_task))]
fn panics_later() -> String {
    panic!("a function is not meant to panic")
}

#[get("/panics-alone")]
fn panics_alone(tasks: Tasks, journal: &State<Journal>) -> String {
    let journal = (*journal).clone();
    tasks.spawn(async move { journal.add("task") });
    panic!("a function is not meant to panic")
}

/// Adds a task where it is dropped.
struct AddsWhenDropped(Tasks);

impl Drop for AddsWhenDropped {
    fn drop(&mut self) {
        self.0.spawn(async {});
    }
}

#[get("/drops")]
fn drops(tasks: Tasks) -> Result<String, HttpError> {
    let adds = AddsWhenDropped(tasks.clone());
    tasks.spawn(async move { drop(adds) });
    Err(HttpError::status(409))
}

fn api() -> Api {
    let api = Api::new().operations(operations![plain, streamed, fails, panics, counting, adds_later]);
    api.operations(operations![broken_task, guarded, nothing, panics_later, panics_alone, drops])
}

/// Whatever a request fails by, nothing is done after it that it has not come to.
#[test]
fn a_request_that_fails_leaves_no_tasks() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        for (path, status) in [
            ("/guarded", 401),
            ("/nothing", 404),
            ("/panics-later", 500),
            ("/panics-alone", 500),
            ("/drops", 409),
        ] {
            assert_eq!(client.get(format!("{base}{path}")).dispatch().status().code, status, "{path}");
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert_eq!(journal.lines(0), Vec::<String>::new());
        assert_eq!(client.get(format!("{base}/plain")).dispatch().status().code, 200);
        assert_eq!(journal.lines(6).len(), 6);
    }
}

#[test]
fn tasks_come_first_and_then_the_last_dependency() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        assert_eq!(client.get(format!("{base}/plain")).dispatch().into_string().unwrap(), "x");
        let lines = journal.lines(6);
        assert_eq!(lines, ["open outer", "open inner", "function", "task", "close inner", "close outer"]);
        assert_eq!(client.get(format!("{base}/counted")).dispatch().status().code, 200);
        assert_eq!(journal.lines(1), ["count"]);
    }
}

#[test]
fn they_wait_for_the_end_of_a_stream_or_for_nobody_to_read_it() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        let answer = client.get(format!("{base}/stream")).dispatch();
        assert_eq!(answer.into_string().unwrap(), "0\n1\n2\n");
        let lines = journal.lines(8);
        let whole =
            ["open outer", "open inner", "line 0", "line 1", "line 2", "task", "close inner", "close outer"];
        assert_eq!(lines, whole);
        // Nobody reads it.
        drop(client.get(format!("{base}/stream")).dispatch());
        let lines = journal.lines(5);
        assert_eq!(lines[..2], ["open outer", "open inner"]);
        assert_eq!(lines[lines.len() - 3..], ["task", "close inner", "close outer"]);
    }
}

#[test]
fn an_error_drops_the_tasks_and_closes_what_was_opened() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        for (path, status) in [("/fails?number=409", 409), ("/fails?number=x", 422)] {
            assert_eq!(client.post(format!("{base}{path}")).dispatch().status().code, status);
            assert_eq!(
                journal.lines(4),
                ["open outer", "open inner", "close inner", "close outer"],
                "{path}"
            );
        }
        assert_eq!(client.get(format!("{base}/panics")).dispatch().status().code, 500);
        assert_eq!(journal.lines(4), ["open outer", "open inner", "close inner", "close outer"]);
    }
}

#[test]
fn a_task_may_add_another_and_one_that_panics_stops_no_other() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        assert_eq!(client.get(format!("{base}/later")).dispatch().status().code, 200);
        assert_eq!(journal.lines(3), ["first", "second", "last"]);
        assert_eq!(client.get(format!("{base}/broken")).dispatch().status().code, 200);
        assert_eq!(journal.lines(1), ["after the panic"]);
    }
}

/// A request whose future is dropped midway, as it is when a server stops waiting for it, closes what was opened.
#[test]
fn a_request_that_is_given_up_closes_what_was_opened() {
    #[depends]
    async fn never(#[param(depends(outer))] outer: Connection) -> i64 {
        outer.journal.add("waits");
        std::future::pending().await
    }

    #[get("/waits")]
    fn waits(#[param(depends(never))] value: i64) -> String {
        value.to_string()
    }

    let journal = Journal::default();
    let rocket = crewed::rocket::custom(config()).manage(journal.clone());
    let rocket = rocket.attach(Api::new().operations(operations![waits]));
    crewed::rocket::tokio::runtime::Runtime::new().unwrap().block_on(async {
        let client = crewed::rocket::local::asynchronous::Client::untracked(rocket).await.unwrap();
        let request = client.get("/waits").dispatch();
        let waited = std::time::Duration::from_millis(50);
        assert!(crewed::rocket::tokio::time::timeout(waited, request).await.is_err());
        for _ in 0..100 {
            crewed::rocket::tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            if journal.0.lock().unwrap().len() == 3 {
                break;
            }
        }
        assert_eq!(journal.lines(0), ["open outer", "waits", "close outer"]);
    });
}
