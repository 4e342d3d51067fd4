//! The time of a line: `2026-10-03T17:04:05.678901Z`.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

/// The length of a time.
const LENGTH: usize = "2026-10-03T17:04:05.678901Z".len();

/// Where the microseconds begin.
const FRACTION: usize = "2026-10-03T17:04:05.".len();

/// Writes the present time in UTC, with microseconds.
pub(super) fn write_now(line: &mut Vec<u8>) {
    // What changes once a second is worked out once a second.
    thread_local!(static LAST: Cell<(u64, [u8; LENGTH])> = const { Cell::new((u64::MAX, [b'0'; LENGTH])) });

    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (mut second, mut text) = LAST.get();
    if second != now.as_secs() {
        second = now.as_secs();
        text = of_second(second);
        LAST.set((second, text));
    }
    let mut micros = now.subsec_micros();
    for digit in text[FRACTION..LENGTH - 1].iter_mut().rev() {
        *digit = b'0' + (micros % 10) as u8;
        micros /= 10;
    }
    line.extend_from_slice(&text);
}

/// The time of a second, with zeros for its microseconds.
fn of_second(second: u64) -> [u8; LENGTH] {
    let time =
        DateTime::<Utc>::from_timestamp(i64::try_from(second).unwrap_or_default(), 0).unwrap_or_default();
    let text = time.format("%Y-%m-%dT%H:%M:%S.000000Z").to_string();
    text.as_bytes().first_chunk().copied().unwrap_or([b'0'; LENGTH])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_clock() {
        assert_eq!(&of_second(1_760_000_000), b"2025-10-09T08:53:20.000000Z");
        let (before, mut line) = (Utc::now(), Vec::new());
        write_now(&mut line);
        let text = String::from_utf8(line).expect("it is ASCII");
        let written = DateTime::parse_from_rfc3339(&text).expect("it is a time").with_timezone(&Utc);
        let microsecond = chrono::Duration::microseconds(1);
        assert!(before - microsecond <= written && written <= Utc::now(), "{before} {text}");
    }
}
