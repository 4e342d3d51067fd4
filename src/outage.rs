//! Lines in the log about what is unavailable: one a second, and not one for each request.
//!
//! The first is written at once. Those that follow within a second are counted, and told together at its end, for as long
//! as there are some.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::time::sleep_until;

/// How long they are counted before they are told.
const PERIOD: Duration = Duration::from_secs(1);

static OUTAGE: Mutex<Outage> =
    Mutex::new(Outage { until: None, is_awaited: false, more: 0, first: String::new() });

struct Outage {
    /// The end of the present second, if there was a line in it.
    until: Option<Instant>,
    /// Whether a task tells at that time what was counted.
    is_awaited: bool,
    /// How many were counted since that line.
    more: u64,
    /// The first of these.
    first: String,
}

impl Outage {
    /// Notes that something is unavailable. Returns the line to write now, if that is due.
    fn note(&mut self, now: Instant, what: &dyn Display, cause: &str) -> Option<String> {
        // A task may be late, or end with its runtime.
        let patience = if self.is_awaited { PERIOD } else { Duration::ZERO };
        if self.until.is_some_and(|until| now < until + patience) {
            self.more += 1;
            if self.more == 1 {
                self.first = format!("{what}: {cause}");
            }
            return None;
        }
        let line = match self.end(now) {
            Some(line) => format!("{line}; and {what}: {cause}"),
            None => format!("{what}: {cause}"),
        };
        self.until = Some(now + PERIOD);
        Some(line)
    }

    /// Ends a second. Returns the line about those that were counted in it, if there are some.
    fn end(&mut self, now: Instant) -> Option<String> {
        let first = std::mem::take(&mut self.first);
        self.is_awaited = false;
        self.until = (self.more > 0).then(|| now + PERIOD);
        match std::mem::take(&mut self.more) {
            0 => None,
            1 => Some(first),
            more => Some(format!("{first} (and {} more within a second)", more - 1)),
        }
    }
}

fn outage<T>(of: impl FnOnce(&mut Outage) -> T) -> T {
    of(&mut OUTAGE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Writes a line about something that is unavailable, or counts it.
#[cold]
pub(crate) fn tell(what: &dyn Display, cause: &str) {
    let now = Instant::now();
    // Without a runtime they are told with the next one.
    let runtime = Handle::try_current();
    let (line, begins) = outage(|outage| {
        let line = outage.note(now, what, cause);
        let begins = line.is_none() && !outage.is_awaited && runtime.is_ok();
        outage.is_awaited |= begins;
        (line, begins.then(|| outage.until.unwrap_or(now)))
    });
    if let Some(line) = line {
        log::error!("{line}");
    }
    if let (Some(until), Ok(runtime)) = (begins, runtime) {
        runtime.spawn(async move {
            sleep_until(until.into()).await;
            if let Some(line) = outage(|outage| outage.end(Instant::now())) {
                log::error!("{line}");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_line_a_second() {
        let mut outage = Outage { until: None, is_awaited: false, more: 0, first: String::new() };
        let begun = Instant::now();
        let at = |millis: u64| begun + Duration::from_millis(millis);
        let mut note = |millis| outage.note(at(millis), &"read_hero", "no connection");
        assert_eq!(note(0).as_deref(), Some("read_hero: no connection"));
        assert!((1..1000).all(|millis| note(millis).is_none()));
        // Nobody waits for the end of the second, so that the next one tells.
        let line = note(1000);
        let expected =
            "read_hero: no connection (and 998 more within a second); and read_hero: no connection";
        assert_eq!(line.as_deref(), Some(expected));
        assert!((1001..1010).all(|millis| note(millis).is_none()));
        // Somebody does, who may be late, and then not at all.
        outage.is_awaited = true;
        assert!(outage.note(at(2500), &"read_hero", "no connection").is_none());
        let line = outage.end(at(2510));
        assert_eq!(line.as_deref(), Some("read_hero: no connection (and 9 more within a second)"));
        assert!(outage.note(at(3000), &"x", "y").is_none());
        outage.is_awaited = true;
        assert!(outage.note(at(4600), &"x", "y").is_some());
        assert_eq!(outage.end(at(6000)), None);
        assert_eq!(outage.note(at(6001), &"x", "y").as_deref(), Some("x: y"));
    }
}
