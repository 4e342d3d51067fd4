//! Reads what the configuration says of the edge: time, load and health checks.

use std::time::Duration;

use rocket::figment::value::Value;

use super::api::is_base;
use super::keys::SECTION;
use super::section::Section;
use crate::edge::Settings;
use crate::http::Timeouts;

/// The longest time that can be configured, which is a day.
const LONGEST: f64 = 86_400.0;

impl Section<'_> {
    pub(super) fn edge(&mut self) -> Settings {
        Settings { timeouts: self.timeouts(), max_requests: self.max_requests(), health: self.health() }
    }

    fn health(&mut self) -> Option<String> {
        let health = match self.figment.find_value(&format!("{SECTION}.health")) {
            Err(_) => return Settings::default().health,
            Ok(Value::Bool(_, false)) => return None,
            Ok(value) => value.into_string().unwrap_or_default(),
        };
        if !is_base(&health) {
            let source = self.source("health");
            self.problems.push(format!(
                "`health`{source}: it is a path like \"/health\", or `false` for no health checks"
            ));
        }
        Some(health)
    }

    fn timeouts(&mut self) -> Timeouts {
        self.table("timeouts", "{ body = 10, request = 30, write = 30, drain = 5 }");
        let usual = Timeouts::default();
        Timeouts {
            body: self.seconds("timeouts.body", f64::MIN_POSITIVE).unwrap_or(usual.body),
            request: self.seconds("timeouts.request", f64::MIN_POSITIVE).unwrap_or(usual.request),
            write: self.seconds("timeouts.write", f64::MIN_POSITIVE).unwrap_or(usual.write),
            drain: self.seconds("timeouts.drain", 0.0).unwrap_or(usual.drain),
        }
    }

    /// A time in seconds, which may have a fraction.
    fn seconds(&mut self, key: &str, least: f64) -> Option<Duration> {
        let seconds = self.value::<f64>(key)?;
        if (least..=LONGEST).contains(&seconds) {
            return Some(Duration::from_secs_f64(seconds));
        }
        let source = self.source(key);
        let from = if least > 0.0 { "more than 0" } else { "0 or more" };
        self.problems.push(format!(
            "`{key}`{source}: it is {seconds}, and should be seconds: {from}, and at most {LONGEST}"
        ));
        None
    }

    fn max_requests(&mut self) -> usize {
        self.table("load", "{ max_requests = 1024 }");
        match self.value::<usize>("load.max_requests") {
            Some(0) => {
                let source = self.source("load.max_requests");
                self.problems.push(format!("`load.max_requests`{source}: it is 0, and should be 1 or more"));
                Settings::default().max_requests
            }
            Some(max) => max,
            None => Settings::default().max_requests,
        }
    }
}
