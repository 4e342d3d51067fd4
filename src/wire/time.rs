//! Dates, times and timestamps, parsed by `speedate`, which Pydantic uses as well.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;
use speedate::{
    Date as ParsedDate, DateTime as ParsedDateTime, DateTimeConfig, MicrosecondsPrecisionOverflowBehavior,
    ParseError, Time as ParsedTime, TimeConfig, TimestampUnit,
};
use strum::EnumMessage;

use super::{Constraints, Shape, Wire, constraint_error};
use crate::issue::{IssueCollector, IssueKind};

/// The format of a timestamp without an offset. In the document it is `date-time`, like any other.
pub(crate) const NAIVE: &str = "date-time-local";

/// A date and a time, with or without an offset, like Python's `datetime`.
///
/// It is serialized as it was parsed: with its own offset, or without one.
///
/// ```
/// use crewed::{AnyDateTime, NaiveDate, NaiveTime};
///
/// let moment = AnyDateTime::Naive(NaiveDate::default().and_time(NaiveTime::MIN));
/// assert_eq!(moment.offset(), None);
/// assert_eq!(moment.to_string(), "1970-01-01T00:00:00");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnyDateTime {
    /// Without an offset, so that the time zone is unknown.
    Naive(NaiveDateTime),
    /// With an offset from UTC.
    Offset(DateTime<FixedOffset>),
}

impl AnyDateTime {
    /// The local date and time.
    #[must_use]
    pub fn naive(&self) -> NaiveDateTime {
        match self {
            AnyDateTime::Naive(naive) => *naive,
            AnyDateTime::Offset(moment) => moment.naive_local(),
        }
    }

    /// The offset from UTC, if one was sent.
    #[must_use]
    pub fn offset(&self) -> Option<FixedOffset> {
        match self {
            AnyDateTime::Naive(_) => None,
            AnyDateTime::Offset(moment) => Some(*moment.offset()),
        }
    }
}

impl fmt::Display for AnyDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(push_any, self))
    }
}

impl Serialize for AnyDateTime {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

macro_rules! moments {
    ($($moment:ty: $format:expr, $type_kind:ident, $parse:ident, $number:expr, $push:ident;)*) => {$(
        impl Wire for $moment {
            fn shape() -> Shape {
                Shape::Text { format: $format }
            }

            fn read<'de, D: Deserializer<'de>>(input: D, _: &Constraints) -> Result<Self, D::Error> {
                let text = <Cow<'de, str>>::deserialize(input)?;
                $parse(&text).map_err(|_| constraint_error())
            }

            fn coerce(input: &Json, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
                let of_number: fn(Result<NaiveDateTime, IssueKind>) -> Result<Self, IssueKind> = $number;
                let parsed = match input {
                    Json::String(said) => $parse(said),
                    Json::Number(number) => of_number(timestamp(number)),
                    _ => return collector.fault(IssueKind::$type_kind, input),
                };
                match parsed {
                    Ok(value) => Some(value),
                    Err(kind) => collector.fault(kind, input),
                }
            }

            fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(&text($push, self))
            }
        }
    )*};
}

moments! {
    DateTime<Utc>: "date-time", DatetimeType, parse_utc, |moment| moment.map(|m| m.and_utc()), push_utc;
    DateTime<FixedOffset>: "date-time", DatetimeType, parse_offset,
        |moment| moment.map(|m| m.and_utc().fixed_offset()), push_offset;
    NaiveDateTime: NAIVE, DatetimeType, parse_naive, |_| Err(IssueKind::TimezoneNaive), push_naive;
    AnyDateTime: "date-time", DatetimeType, parse_any,
        |moment| moment.map(|m| AnyDateTime::Offset(m.and_utc().fixed_offset())), push_any;
    NaiveDate: "date", DateType, parse_date, |moment| moment.map_err(of_date).and_then(date_of), push_date;
    NaiveTime: "time", TimeType, parse_time, |_| Err(IssueKind::TimeType), push_time;
}

/// Parses a timestamp that was sent as a number: seconds since 1970, or milliseconds if the number is too large for
/// that.
fn timestamp(number: &serde_json::Number) -> Result<NaiveDateTime, IssueKind> {
    let parsed = match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => ParsedDateTime::from_timestamp_with_config(whole, 0, &datetime_config()),
        (None, fractional) => {
            let (seconds, micros) = seconds_of(fractional.unwrap_or(f64::MAX));
            let config = DateTimeConfig { timestamp_unit: TimestampUnit::Second, ..datetime_config() };
            ParsedDateTime::from_timestamp_with_config(seconds, micros, &config)
        }
    };
    let parsed = parsed.map_err(|e| IssueKind::DatetimeNumber { error: said(&e) })?;
    from_parsed(&parsed).map(|(naive, _)| naive).ok_or_else(out_of_range)
}

/// A number whose absolute value is larger than this counts milliseconds.
const MAX_SECONDS: f64 = 2e10;

/// The whole seconds of a timestamp, rounded down, and the microseconds after them: -0.25 is three quarters of a second
/// after -1.
fn seconds_of(timestamp: f64) -> (i64, u32) {
    let whole = timestamp.floor();
    let fraction = timestamp - whole;
    // A number outside the range of `i64` becomes the least or greatest `i64`, which is no valid timestamp.
    match timestamp.abs() > MAX_SECONDS {
        true => {
            let millis = whole as i64;
            let micros = millis.rem_euclid(1000) as u32 * 1000 + (fraction * 1e3).round() as u32;
            (millis.div_euclid(1000), micros)
        }
        false => (whole as i64, (fraction * 1e6).round() as u32),
    }
}

/// The issue of a date whose timestamp has this issue.
fn of_date(kind: IssueKind) -> IssueKind {
    match kind {
        IssueKind::DatetimeNumber { error } | IssueKind::DatetimeParsing { error } => {
            IssueKind::DateParsing { error }
        }
        other => other,
    }
}

fn date_of(moment: NaiveDateTime) -> Result<NaiveDate, IssueKind> {
    if moment.time() == NaiveTime::MIN { Ok(moment.date()) } else { Err(IssueKind::DateInexact) }
}

fn parse_utc(text: &str) -> Result<DateTime<Utc>, IssueKind> {
    let moment = parse_offset(text)?.with_timezone(&Utc);
    // In UTC, the timestamp may be outside the years that can be serialized.
    if (1..=9999).contains(&moment.year()) { Ok(moment) } else { Err(out_of_range()) }
}

fn parse_offset(text: &str) -> Result<DateTime<FixedOffset>, IssueKind> {
    let (naive, offset) = parse_datetime(text)?;
    let offset = offset.ok_or(IssueKind::TimezoneAware)?;
    naive.and_local_timezone(offset).single().ok_or_else(out_of_range)
}

fn parse_naive(text: &str) -> Result<NaiveDateTime, IssueKind> {
    match parse_datetime(text)? {
        (naive, None) => Ok(naive),
        (_, Some(_)) => Err(IssueKind::TimezoneNaive),
    }
}

fn parse_any(text: &str) -> Result<AnyDateTime, IssueKind> {
    match parse_datetime(text)? {
        (naive, None) => Ok(AnyDateTime::Naive(naive)),
        (naive, Some(offset)) => {
            let moment = naive.and_local_timezone(offset).single();
            moment.map(AnyDateTime::Offset).ok_or_else(out_of_range)
        }
    }
}

fn parse_datetime(text: &str) -> Result<(NaiveDateTime, Option<FixedOffset>), IssueKind> {
    match ParsedDateTime::parse_bytes_with_config(text.as_bytes(), &datetime_config()) {
        Ok(parsed) => from_parsed(&parsed).ok_or_else(out_of_range),
        // Pydantic then tries to parse the text as a date, and reports the error of that attempt.
        Err(_) => match ParsedDate::parse_str(text) {
            Ok(date) => from_parsed_date(&date)
                .map(|date| (date.and_time(NaiveTime::MIN), None))
                .ok_or_else(out_of_range),
            Err(e) => Err(IssueKind::DatetimeParsing { error: said(&e) }),
        },
    }
}

fn parse_date(text: &str) -> Result<NaiveDate, IssueKind> {
    let out_of_range = || IssueKind::DateParsing { error: "date is out of range".to_owned() };
    if let Ok(date) = ParsedDate::parse_str_rfc3339(text) {
        return from_parsed_date(&date).ok_or_else(out_of_range);
    }
    match ParsedDateTime::parse_bytes_with_config(text.as_bytes(), &datetime_config()) {
        Ok(parsed) => match from_parsed(&parsed) {
            Some((moment, _)) => date_of(moment),
            None => Err(out_of_range()),
        },
        Err(e) => Err(IssueKind::DateParsing { error: said(&e) }),
    }
}

fn parse_time(text: &str) -> Result<NaiveTime, IssueKind> {
    let parsed = ParsedTime::parse_bytes_with_config(text.as_bytes(), &time_config())
        .map_err(|e| IssueKind::TimeParsing { error: said(&e) })?;
    if parsed.tz_offset.is_some() {
        return Err(IssueKind::TimezoneNaive);
    }
    from_parsed_time(&parsed)
        .ok_or_else(|| IssueKind::TimeParsing { error: "time is out of range".to_owned() })
}

fn out_of_range() -> IssueKind {
    IssueKind::DatetimeParsing { error: "date is out of range".to_owned() }
}

/// Fractions of a microsecond are cut off, since a column stores microseconds.
fn time_config() -> TimeConfig {
    TimeConfig {
        microseconds_precision_overflow_behavior: MicrosecondsPrecisionOverflowBehavior::Truncate,
        unix_timestamp_offset: Some(0),
    }
}

fn datetime_config() -> DateTimeConfig {
    DateTimeConfig { time_config: time_config(), ..DateTimeConfig::default() }
}

fn said(error: &ParseError) -> String {
    error.get_documentation().unwrap_or("invalid").to_owned()
}

fn from_parsed(parsed: &ParsedDateTime) -> Option<(NaiveDateTime, Option<FixedOffset>)> {
    let naive = from_parsed_date(&parsed.date)?.and_time(from_parsed_time(&parsed.time)?);
    match parsed.time.tz_offset {
        Some(seconds) => Some((naive, Some(FixedOffset::east_opt(seconds)?))),
        None => Some((naive, None)),
    }
}

/// The date, unless it has the year 0: Python's first year is 1.
fn from_parsed_date(parsed: &ParsedDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(parsed.year.into(), parsed.month.into(), parsed.day.into())
        .filter(|date| date.year() > 0)
}

fn from_parsed_time(parsed: &ParsedTime) -> Option<NaiveTime> {
    NaiveTime::from_hms_micro_opt(
        parsed.hour.into(),
        parsed.minute.into(),
        parsed.second.into(),
        parsed.microsecond,
    )
}

/// Writes `2024-05-01T10:00:00Z`, with six digits of a fraction if there is one.
fn push_utc(moment: &DateTime<Utc>, out: &mut Vec<u8>) {
    push_naive(&moment.naive_utc(), out);
    out.push(b'Z');
}

/// Writes the moment that is so many microseconds after the beginning of 1970, or returns `None` if chrono has no such
/// moment.
pub(crate) fn push_micros(micros: i64, out: &mut Vec<u8>) -> Option<()> {
    const DAY: i64 = 86_400_000_000;
    let days = i32::try_from(micros.div_euclid(DAY)).ok()?;
    let micros = micros.rem_euclid(DAY);
    let (seconds, micros) = ((micros / 1_000_000) as u32, (micros % 1_000_000) as u32);
    match day_digits(days) {
        Some(date) => push_digits(date, time_digits(seconds, micros), out),
        None => push_moment(&NaiveDate::from_epoch_days(days)?, seconds, micros, out),
    }
    out.push(b'Z');
    Some(())
}

/// The digits of the day that is so many days after the beginning of 1970. Each thread remembers its last one, since the
/// rows of a list often are of the same day.
fn day_digits(days: i32) -> Option<[u8; 10]> {
    thread_local!(static LAST: Cell<(i32, [u8; 10])> = const { Cell::new((0, *b"1970-01-01")) });

    let (last, digits) = LAST.get();
    if last == days {
        return Some(digits);
    }
    let digits = date_digits(&NaiveDate::from_epoch_days(days)?)?;
    LAST.set((days, digits));
    Some(digits)
}

fn push_offset(moment: &DateTime<FixedOffset>, out: &mut Vec<u8>) {
    match moment.offset().local_minus_utc() {
        0 => push_utc(&moment.to_utc(), out),
        _ => {
            push_naive(&moment.naive_local(), out);
            out.extend_from_slice(moment.offset().to_string().as_bytes());
        }
    }
}

fn push_any(moment: &AnyDateTime, out: &mut Vec<u8>) {
    match moment {
        AnyDateTime::Naive(naive) => push_naive(naive, out),
        AnyDateTime::Offset(moment) => push_offset(moment, out),
    }
}

fn push_naive(moment: &NaiveDateTime, out: &mut Vec<u8>) {
    let (seconds, micros) = parts(&moment.time());
    push_moment(&moment.date(), seconds, micros, out);
}

/// Writes a moment of a day: the seconds after midnight, and the microseconds after these.
fn push_moment(date: &NaiveDate, seconds: u32, micros: u32, out: &mut Vec<u8>) {
    let time = time_digits(seconds, micros);
    match date_digits(date) {
        Some(date) => push_digits(date, time, out),
        None => {
            push_date(date, out);
            out.push(b'T');
            out.extend_from_slice(&time.0[..time.1]);
        }
    }
}

/// Writes the digits of a moment at once: a list writes many of them.
fn push_digits(date: [u8; 10], (time, length): ([u8; 15], usize), out: &mut Vec<u8>) {
    let mut text = [b'T'; 26];
    text[..10].copy_from_slice(&date);
    text[11..].copy_from_slice(&time);
    out.extend_from_slice(&text[..11 + length]);
}

// The digits are written by hand, since chrono's formatting takes longer than reading a row from the database.

pub(crate) fn push_date(date: &NaiveDate, out: &mut Vec<u8>) {
    match date_digits(date) {
        Some(digits) => out.extend_from_slice(&digits),
        // The form of ISO 8601, with a sign and at least four digits of the year.
        None => {
            let (year, month, day) = (date.year(), date.month(), date.day());
            out.extend_from_slice(format!("{year:+05}-{month:02}-{day:02}").as_bytes());
        }
    }
}

/// `2024-05-01`, or `None` if the year has not four digits. Parsed dates have years from 1 to 9999. Other years can only
/// come from the program itself or from another writer to the database.
fn date_digits(date: &NaiveDate) -> Option<[u8; 10]> {
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    let ([c, d], [y, z]) = (two(year / 100), two(year % 100));
    let ([m, n], [a, b]) = (two(date.month()), two(date.day()));
    Some([c, d, y, z, b'-', m, n, b'-', a, b])
}

pub(crate) fn push_time(time: &NaiveTime, out: &mut Vec<u8>) {
    let (seconds, micros) = parts(time);
    let (digits, length) = time_digits(seconds, micros);
    out.extend_from_slice(&digits[..length]);
}

/// The seconds after midnight, and the microseconds after these.
fn parts(time: &NaiveTime) -> (u32, u32) {
    (time.num_seconds_from_midnight(), time.nanosecond() % 1_000_000_000 / 1000)
}

/// `12:34:56.000007`, and how many of these bytes count: without a fraction they end before it.
fn time_digits(seconds: u32, micros: u32) -> ([u8; 15], usize) {
    let ([h, i], [m, n], [s, t]) = (two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
    let ([a, b], [c, d], [e, f]) = (two(micros / 10_000), two(micros / 100 % 100), two(micros % 100));
    let text = [h, i, b':', m, n, b':', s, t, b'.', a, b, c, d, e, f];
    (text, if micros > 0 { 15 } else { 8 })
}

/// The two digits of a number below 100.
fn two(value: u32) -> [u8; 2] {
    const DIGITS: [[u8; 2]; 100] = {
        let mut digits = [[b'0'; 2]; 100];
        let mut value = 0;
        while value < 100 {
            digits[value] = [b'0' + value as u8 / 10, b'0' + value as u8 % 10];
            value += 1;
        }
        digits
    };
    DIGITS[value as usize % 100]
}

/// The output of a `push` function as a text.
pub(crate) fn text<T>(push: fn(&T, &mut Vec<u8>), value: &T) -> String {
    let mut out = Vec::with_capacity(32);
    push(value, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_chrono_would() {
        let moments = [
            "1970-01-01T00:00:01Z",
            "0001-02-03T00:00:00Z",
            "1969-12-31T23:59:59.999999Z",
            "2024-02-29T12:34:56.000007Z",
            "0000-01-01T00:00:00Z",
            "-0043-03-15T00:00:00Z",
            "-12043-03-15T00:00:00Z",
            "+10000-01-01T00:00:00Z",
        ];
        for text in moments {
            let moment: DateTime<Utc> = text.parse().expect("a moment");
            assert_eq!(super::text(push_utc, &moment), text);
            assert_eq!(super::text(push_date, &moment.date_naive()), moment.date_naive().to_string());
            // The second time its day is remembered, if it is one of four digits.
            for _ in 0..2 {
                let mut stored = Vec::new();
                super::push_micros(moment.timestamp_micros(), &mut stored).expect("chrono has the moment");
                assert_eq!(String::from_utf8(stored).expect("ASCII"), text);
            }
        }
    }
}
