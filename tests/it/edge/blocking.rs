//! Functions that block their threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crewed::prelude::*;
use crewed::rocket::http::Status;
use crewed::rocket::local::asynchronous;
use crewed::rocket::serde::json::Json;
use crewed::rocket::{State, tokio};
use crewed::{HttpError, get, post};
use serde_json::{Value, json};

use crate::kit::{self, client, config, json_of};
use crate::launch::{figment_of, refused};
use crate::program::{Caller, launched};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
}

/// How many calls run, and the most that did at once.
#[derive(Default)]
struct Calls {
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Calls {
    fn sleep(&self, millis: u64) {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(millis));
        self.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Sleeps on its thread.
#[get("/sleep/<millis>", blocking)]
fn sleep(millis: u64, calls: &State<Calls>) -> Json<u64> {
    calls.sleep(millis);
    Json(millis)
}

#[model]
struct Sum {
    left: i64,
    right: i64,
}

#[post("/sums", blocking, status = 201)]
fn add(sum: Sum) -> Result<Json<i64>, HttpError> {
    match sum.left.checked_add(sum.right) {
        Some(sum) => Ok(Json(sum)),
        None => Err(HttpError::new(400, "Too large")),
    }
}

#[get("/panic", blocking)]
fn panics() -> String {
    panic!("on purpose")
}

#[get("/most")]
fn most(calls: &State<Calls>) -> Json<usize> {
    Json(calls.most.load(Ordering::SeqCst))
}

fn api() -> Api {
    Api::new().resource::<User>().operations(operations![sleep, add, panics, most])
}

fn get(port: u16, path: &str) -> (u16, Value) {
    sent(port, "GET", path, "")
}

fn sent(port: u16, method: &str, path: &str, body: &str) -> (u16, Value) {
    let answer = Caller::new(port, Duration::from_secs(30)).ask(method, path, body).unwrap();
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
}

#[test]
fn what_blocks_is_called_like_any_other() {
    let client = client(config(), api().operations(operations![]));
    assert_eq!(kit::post(&client, "/sums", json!({"left": 1, "right": "2"})), (201, json!(3)));
    assert_eq!(kit::post(&client, "/sums", json!({"left": 1})).0, 422);
    let large = kit::post(&client, "/sums", json!({"left": i64::MAX, "right": 1}));
    assert_eq!(large, (400, json!({"detail": "Too large"})));
    assert_eq!(kit::get(&client, "/panic").0, 500);
    assert_eq!(kit::post(&client, "/sums", json!({"left": 1, "right": 2})).0, 201);
}

/// As many of them as there are places, on two threads, and others are answered at once. More than these wait.
#[test]
fn a_full_house_stops_nobody_else() {
    let port = launched(|figment| {
        let figment = figment.merge(("workers", 2)).merge(("crewed.store", "sqlite::memory:"));
        crewed::rocket::custom(figment).attach(api()).manage(Calls::default())
    });
    assert_eq!(sent(port, "POST", "/users", "{\"name\": \"ada\"}").0, 201);
    let begun = Instant::now();
    let blocked: Vec<_> = (0..60).map(|_| thread::spawn(move || get(port, "/sleep/1500"))).collect();
    thread::sleep(Duration::from_millis(500));
    let mut slowest = Duration::ZERO;
    for _ in 0..50 {
        let asked = Instant::now();
        assert_eq!(get(port, "/users/ada"), (200, json!({"name": "ada"})));
        assert_eq!(get(port, "/users").0, 200);
        slowest = slowest.max(asked.elapsed());
    }
    assert!(begun.elapsed() < Duration::from_millis(1500), "it was measured too late");
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
    for blocked in blocked {
        assert_eq!(blocked.join().unwrap(), (200, json!(1500)));
    }
    assert_eq!(get(port, "/most"), (200, json!(40)));
    assert!(begun.elapsed() >= Duration::from_secs(3), "60 of them take two rounds");
}

/// The wait for a place ends with the time of the request, and what runs is waited for.
#[test]
fn the_wait_has_an_end_and_the_run_has_none() {
    let port = launched(|figment| {
        let figment = figment.merge(("crewed.load.blocking", 1)).merge(("crewed.timeouts.request", 0.5));
        crewed::rocket::custom(figment).attach(api()).manage(Calls::default())
    });
    let running = thread::spawn(move || get(port, "/sleep/1200"));
    thread::sleep(Duration::from_millis(200));
    let asked = Instant::now();
    assert_eq!(get(port, "/sleep/0"), (503, json!({"detail": "Service Unavailable"})));
    assert!((450..1000).contains(&asked.elapsed().as_millis()), "{:?}", asked.elapsed());
    assert_eq!(running.join().unwrap(), (200, json!(1200)));
    assert_eq!(get(port, "/sleep/1"), (200, json!(1)));
}

/// There is no other thread to go on with the rest.
#[test]
fn a_runtime_of_one_thread_runs_it_in_place() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let rocket = crewed::rocket::custom(config()).attach(api()).manage(Calls::default());
        let client = asynchronous::Client::untracked(rocket).await.unwrap();
        let answer = client.get("/sleep/5").dispatch().await;
        assert_eq!(answer.status(), Status::Ok);
        assert_eq!(answer.into_json::<u64>().await, Some(5));
    });
}

#[test]
fn as_many_as_rocket_has_threads_for_are_refused() {
    let few = || config().merge(figment_of("[default]\nmax_blocking = 40"));
    let report = refused(few(), api());
    let part = "the function `sleep` is `blocking`, and 40 of these may run at once, which has to be below Rocket's `max_blocking`: \
                that is 40";
    assert!(report.contains(part), "{report}");
    let report = refused(few().merge(("crewed.load.blocking", 50)), api());
    let part = "it is 50, and should be below Rocket's `max_blocking`, which is 40";
    assert!(report.contains(part) && report.matches("\n  - ").count() == 1, "{report}");
    // Without a function that blocks there is nothing to be refused.
    let client = client(few(), Api::new().operations(operations![add_one]));
    assert_eq!(json_of(client.get("/plus/1").dispatch()), (200, json!(2)));
    let client =
        kit::client(few().merge(("crewed.load.blocking", 39)), Api::new().operations(operations![add]));
    assert_eq!(kit::post(&client, "/sums", json!({"left": 1, "right": 2})).0, 201);
}

#[get("/plus/<number>")]
fn add_one(number: i64) -> Json<i64> {
    Json(number + 1)
}
