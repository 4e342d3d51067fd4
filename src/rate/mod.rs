//! Rates: how many requests each client may send in which time.
//!
//! A rate is spread evenly (GCRA, which is a leaky bucket): whoever has been quiet may send as many requests at once as the
//! rate has, and after that one more whenever its part of the time has passed. So up to twice the number may be answered in
//! the first period. Each process counts for itself.

mod client;
mod limiter;
mod memory;

use std::fmt;
use std::num::NonZero;

pub(crate) use self::client::{Client, Clients};
pub(crate) use self::limiter::{Counted, Limiter};

/// The most requests of a rate. The macros have the same bounds.
const MOST_REQUESTS: u32 = 1_000_000;

/// The longest time of a rate, which is a day.
const LONGEST: u32 = 86_400;

/// How many requests a client may send in how many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: NonZero<u32>,
    seconds: NonZero<u32>,
}

impl Rate {
    /// A rate of these numbers.
    ///
    /// # Panics
    /// One of them is 0, which the macros refuse.
    #[must_use]
    pub const fn new(requests: u32, seconds: u32) -> Self {
        match (NonZero::new(requests), NonZero::new(seconds)) {
            (Some(requests), Some(seconds)) => Rate { requests, seconds },
            _ => panic!("a rate has no number that is 0"),
        }
    }

    /// Reads `100/60s`, `100/1m` or `1000/2h`.
    pub(crate) fn parsed(text: &str) -> Option<Self> {
        let (requests, time) = text.split_once('/')?;
        let number = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => digits.parse::<u32>().ok(),
            false => None,
        };
        let unit = time.char_indices().next_back()?;
        let seconds = number(&time[..unit.0])?.checked_mul(match unit.1 {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return None,
        })?;
        let requests = number(requests).filter(|requests| *requests <= MOST_REQUESTS)?;
        let seconds = Some(seconds).filter(|seconds| *seconds <= LONGEST)?;
        Some(Rate { requests: NonZero::new(requests)?, seconds: NonZero::new(seconds)? })
    }

    /// How many requests it has.
    pub(crate) fn requests(self) -> u32 {
        self.requests.get()
    }

    /// Its time in seconds.
    pub(crate) fn seconds(self) -> u32 {
        self.seconds.get()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rate { requests, seconds } = self;
        match seconds.get() {
            1 => write!(f, "{requests} requests a second"),
            seconds => write!(f, "{requests} requests in {seconds} seconds"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn rates_are_read() {
        for (text, rate) in [
            ("100/60s", Some((100, 60))),
            ("1/1s", Some((1, 1))),
            ("100/1m", Some((100, 60))),
            ("1000/2h", Some((1000, 7200))),
            ("1000000/24h", Some((1_000_000, 86_400))),
            ("1000001/24h", None),
            ("1/25h", None),
            ("1/86401s", None),
            ("0/60s", None),
            ("10/0s", None),
            ("10/s", None),
            ("10/60", None),
            ("10/1d", None),
            ("10/60s ", None),
            ("+10/60s", None),
            ("10/+60s", None),
            ("10", None),
            ("10/", None),
            ("", None),
            ("/60s", None),
            ("10/99999999h", None),
        ] {
            let rate = rate.map(|(requests, seconds)| Rate::new(requests, seconds));
            assert_eq!(Rate::parsed(text), rate, "{text}");
        }
    }
}
