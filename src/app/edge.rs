//! Reads what the configuration says of the edge: time and load.

use std::time::Duration;

use rocket::Config;
use rocket::figment::Figment;

use super::section::Section;
use crate::edge::Settings;
use crate::http::Timeouts;
use crate::rate::Rate;

/// The longest time that can be configured, which is a day.
const LONGEST: f64 = 86_400.0;

impl Section<'_> {
    pub(super) fn edge(&mut self) -> Settings {
        self.table(
            "load",
            "{ max_requests = 1024, max_streams = 1024, blocking = 40, per_caller = \"100/60s\" }",
        );
        let usual = Settings::default();
        Settings {
            timeouts: self.timeouts(),
            max_requests: self.count("load.max_requests").unwrap_or(usual.max_requests),
            max_streams: self.count("load.max_streams").unwrap_or(usual.max_streams),
            blocking: self.blocking().unwrap_or(usual.blocking),
            per_caller: self.rate("load.per_caller"),
            compress: self.value("compress").unwrap_or(usual.compress),
            trusts_header: self.trusts_header(),
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

    /// A number of 1 or more.
    fn count(&mut self, key: &str) -> Option<usize> {
        let count = self.value::<usize>(key)?;
        if count == 0 {
            let source = self.source(key);
            self.problems.push(format!("`{key}`{source}: it is 0, and should be 1 or more"));
        }
        Some(count.max(1))
    }

    /// How many functions may block their threads at once.
    fn blocking(&mut self) -> Option<usize> {
        let key = "load.blocking";
        let blocking = self.count(key)?;
        let max = max_blocking(self.figment);
        if blocking >= max {
            let source = self.source(key);
            self.problems.push(format!(
                "`{key}`{source}: it is {blocking}, and should be below Rocket's `max_blocking`, which is {max}"
            ));
        }
        Some(blocking)
    }

    fn rate(&mut self, key: &str) -> Option<Rate> {
        let text = self.value::<String>(key)?;
        let rate = Rate::parsed(&text);
        if rate.is_none() {
            let source = self.source(key);
            self.problems.push(format!(
                "`{key}`{source}: it is {text:?}, and should be a number of requests, a slash and a time, like \"100/60s\", \
                 \"100/1m\" or \"1000/2h\": at most 1000000 requests, in at most 24 hours"
            ));
        }
        rate
    }

    /// Whether the user has set Rocket's `ip_header`. By default Rocket trusts a header that anybody may send.
    fn trusts_header(&self) -> bool {
        let header = self.figment.extract_inner::<String>(Config::IP_HEADER);
        let metadata = self.figment.find_metadata(Config::IP_HEADER);
        let (Ok(header), Some(metadata)) = (header, metadata) else { return false };
        // A program that sets something else in a `Config` has that default in it, too.
        let is_default = metadata.name.starts_with("rocket::Config")
            && Config::default().ip_header.is_some_and(|usual| usual == header.as_str());
        !is_default
    }
}

/// How many threads Rocket has for what blocks.
pub(super) fn max_blocking(figment: &Figment) -> usize {
    let usual = || Config::default().max_blocking;
    figment.extract_inner(Config::MAX_BLOCKING).unwrap_or_else(|_| usual())
}
