//! Reads what the configuration says of the edge: time and load.

use std::time::Duration;

use super::section::Section;
use crate::edge::Settings;
use crate::http::Timeouts;

/// The longest time that can be configured, which is a day.
const LONGEST: f64 = 86_400.0;

impl Section<'_> {
    pub(super) fn edge(&mut self) -> Settings {
        self.table("load", "{ max_requests = 1024, max_streams = 1024 }");
        let usual = Settings::default();
        Settings {
            timeouts: self.timeouts(),
            max_requests: self.at_once("load.max_requests", usual.max_requests),
            max_streams: self.at_once("load.max_streams", usual.max_streams),
            metrics: self.metrics(),
            log: self.log(),
            server_timing: self.value("server_timing").unwrap_or_default(),
        }
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

    /// A number of what is done at once.
    fn at_once(&mut self, key: &str, usual: usize) -> usize {
        match self.value::<usize>(key) {
            Some(0) => {
                let source = self.source(key);
                self.problems.push(format!("`{key}`{source}: it is 0, and should be 1 or more"));
                usual
            }
            Some(number) => number,
            None => usual,
        }
    }
}
