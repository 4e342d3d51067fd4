//! Dependencies, routers, handlers of errors and what runs after answers: what is crewed's own in them. What FastAPI has
//! too is in the recordings.

mod afterwards;
mod asked;
mod handled;
mod refused;
mod resources;
mod routers;
mod stopped;

use crewed::prelude::*;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

use crate::kit::{config, issues, json_of};

/// What was called, in order.
#[derive(Clone, Default)]
pub(crate) struct Journal(std::sync::Arc<std::sync::Mutex<Vec<String>>>);

impl Journal {
    pub(crate) fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    /// What there is, once there are so many lines.
    pub(crate) fn lines(&self, least: usize) -> Vec<String> {
        for _ in 0..500 {
            if self.0.lock().unwrap().len() >= least {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A client of an API on the base "", and one of the same on "/api", with what stands before a path.
pub(crate) fn on_bases(api: impl Fn() -> Api, journal: &Journal) -> Vec<(Client, &'static str)> {
    let client = |base: &'static str| {
        let rocket = crewed::rocket::custom(config()).manage(journal.clone()).attach(api().at(base));
        (Client::untracked(rocket).unwrap(), base)
    };
    vec![client(""), client("/api")]
}

pub(crate) fn get(client: &Client, base: &str, path: &str) -> (u16, Value) {
    json_of(client.get(format!("{base}{path}")).dispatch())
}
