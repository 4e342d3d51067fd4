//! Clients that write one thing after another, and note what they were answered.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::EVER;
use crate::program::{Answer, Caller};

const CLIENTS: usize = 8;

/// A hero, as the client knows it that made it. Its power follows from its age: where they do not fit, half
/// a write is seen.
pub(super) struct Hero {
    pub(super) name: String,
    /// Its age, as it was acknowledged; none, where not even the hero was.
    pub(super) known: Option<u16>,
    /// The age that was asked for last, where that was not acknowledged. Nothing is asked of the hero then.
    pub(super) open: Option<Open>,
}

pub(super) struct Open {
    pub(super) age: u16,
    /// `PATCH /heroes/7`.
    pub(super) request: String,
    /// The id of the request, as the log names it, where it was answered.
    pub(super) id: Option<String>,
    /// Whether the answer was 503; else there was none.
    pub(super) refused: bool,
}

pub(super) fn power(age: u16) -> f64 {
    f64::from(age + 1) / 100.0
}

/// What becomes of the program while it is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    /// Every request is answered.
    Stays,
    /// It ends at some time, and then nobody answers.
    Ends,
}

/// What clients know in the end, and how often they were answered what.
pub(super) struct End {
    pub(super) heroes: Vec<Hero>,
    pub(super) acknowledged: usize,
    pub(super) refused: usize,
    pub(super) unanswered: usize,
}

/// Clients under way.
pub(super) struct Load {
    clients: Vec<JoinHandle<Vec<Hero>>>,
    told: Arc<Told>,
}

#[derive(Default)]
struct Told {
    stop: AtomicBool,
    /// The test has failed, and the program ends with it.
    given_up: AtomicBool,
    acknowledged: AtomicUsize,
    refused: AtomicUsize,
    unanswered: AtomicUsize,
    /// When the latest write was asked for that was acknowledged.
    latest: Mutex<Option<Instant>>,
}

impl Load {
    /// Clients of a program, whose heroes' names start like this.
    pub(super) fn start(port: u16, prefix: &str, program: Program) -> Load {
        let told = Arc::<Told>::default();
        let clients = (0..CLIENTS).map(|client| {
            let caller = Caller::new(port, EVER);
            let client =
                Client { prefix: format!("{prefix}-{client}"), caller, program, told: Arc::clone(&told) };
            spawn(move || client.run())
        });
        Load { clients: clients.collect(), told }
    }

    pub(super) fn refused(&self) -> usize {
        self.told.refused.load(Relaxed)
    }

    /// How long after this moment a write was acknowledged that was asked for since.
    pub(super) fn resumed(&self, since: Instant) -> Duration {
        self.until("a write is acknowledged", || {
            self.told.latest.lock().unwrap().is_some_and(|at| at > since)
        });
        since.elapsed()
    }

    /// Lets them write for so long.
    pub(super) fn writes_for(&self, time: Duration) {
        self.until("something is written", || self.told.acknowledged.load(Relaxed) > 0);
        sleep(time);
    }

    /// Waits until something is true.
    pub(super) fn until(&self, what: &str, is_true: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_true() {
            assert!(begun.elapsed() < EVER, "it takes more than {EVER:?} until {what}");
            assert!(self.clients.iter().all(|client| !client.is_finished()), "a client has given up");
            sleep(Duration::from_millis(2));
        }
    }

    /// Ends them, and tells what they know.
    pub(super) fn stop(mut self) -> End {
        self.told.stop.store(true, Relaxed);
        let heroes = self.clients.drain(..).flat_map(|client| client.join().expect("what it says above"));
        End {
            heroes: heroes.collect(),
            acknowledged: self.told.acknowledged.load(Relaxed),
            refused: self.told.refused.load(Relaxed),
            unanswered: self.told.unanswered.load(Relaxed),
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.told.stop.store(true, Relaxed);
        self.told.given_up.store(true, Relaxed);
    }
}

struct Client {
    prefix: String,
    caller: Caller,
    program: Program,
    told: Arc<Told>,
}

impl Client {
    /// Makes heroes and changes each a few times, until it is told to stop.
    fn run(mut self) -> Vec<Hero> {
        let (mut heroes, mut age) = (Vec::new(), 0);
        while !self.told.stop.load(Relaxed) {
            let mut hero =
                Hero { name: format!("{}-{}", self.prefix, heroes.len()), known: None, open: None };
            let mut id = None;
            for _ in 0..4 {
                age = (age + 1) % 1000;
                match self.write(&mut hero, id, age) {
                    Some(answered) => id = answered["id"].as_i64(),
                    None => break,
                }
            }
            if hero.open.is_none() {
                self.writes_again(&hero);
            }
            heroes.push(hero);
        }
        heroes
    }

    /// Makes the hero or, where it has an id, changes it; what it was shown, if that was acknowledged.
    fn write(&mut self, hero: &mut Hero, id: Option<i64>, age: u16) -> Option<Value> {
        let (method, path, status) = match id {
            None => ("POST", "/heroes".to_owned(), 201),
            Some(id) => ("PATCH", format!("/heroes/{id}"), 200),
        };
        let mut body = json!({"age": age, "power": power(age)});
        if id.is_none() {
            body["name"] = json!(hero.name);
            // So that a disk fills up, and checkpoints come.
            body["secret_name"] = json!("x".repeat(2000));
        }
        let asked = Instant::now();
        let answer = self.ask(method, &path, &body);
        if let Some(answer) = answer.as_ref().filter(|answer| answer.status == status) {
            let shown: Value = serde_json::from_slice(&answer.body).unwrap();
            let expected = json!([hero.name, age, power(age)]);
            assert_eq!(json!([shown["name"], shown["age"], shown["power"]]), expected, "{method} {path}");
            hero.known = Some(age);
            self.told.acknowledged.fetch_add(1, Relaxed);
            let mut latest = self.told.latest.lock().unwrap();
            *latest = latest.max(Some(asked));
            return Some(shown);
        }
        let id = answer.as_ref().and_then(|answer| Some(answer.header("x-request-id")?.to_owned()));
        let refused = self.refused(answer);
        hero.open = Some(Open { age, request: format!("{method} {path}"), id, refused });
        None
    }

    /// A name that was acknowledged is taken.
    fn writes_again(&mut self, hero: &Hero) {
        let body = json!({"name": hero.name, "secret_name": "x"});
        let answer = self.ask("POST", "/heroes", &body);
        if answer.as_ref().is_none_or(|answer| answer.status != 409) {
            self.refused(answer);
        }
    }

    fn ask(&mut self, method: &str, path: &str, body: &Value) -> Option<Answer> {
        match self.caller.ask(method, path, &body.to_string()) {
            Ok(answer) => Some(answer),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                panic!("no answer to {method} {path} within {EVER:?}")
            }
            Err(error) if self.program == Program::Stays && !self.told.given_up.load(Relaxed) => {
                panic!("no answer to {method} {path}: {error}")
            }
            Err(_) => None,
        }
    }

    /// Whether it was refused, as it should be; else it was not answered. And waits a moment.
    fn refused(&self, answer: Option<Answer>) -> bool {
        if let Some(answer) = &answer {
            let told = (answer.status, answer.header("retry-after"));
            assert_eq!(told, (503, Some("1")), "{}", answer.text());
        }
        let count = if answer.is_some() { &self.told.refused } else { &self.told.unanswered };
        count.fetch_add(1, Relaxed);
        sleep(Duration::from_millis(10));
        answer.is_some()
    }
}
