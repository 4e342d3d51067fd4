//! Dates, times and moments, parsed by the crate that Pydantic parses them with.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;
use strum::EnumMessage;
use speedate::{
    Date as ParsedDate, DateTime as ParsedDateTime, DateTimeConfig, MicrosecondsPrecisionOverflowBehavior,
    ParseError, Time as ParsedTime, TimeConfig,
};

use super::{Rules, Shape, Wire, broken};
use crate::issue::{IssueKind, Trail};

macro_rules! moments {
    ($($moment:ty: $format:literal, $type_kind:ident, $parse:ident, $text:ident;)*) => {$(
        impl Wire for $moment {
            fn shape() -> Shape {
                Shape::Text { format: $format }
            }

            fn read<'de, D: Deserializer<'de>>(input: D, _: &Rules) -> Result<Self, D::Error> {
                let text = <Cow<'de, str>>::deserialize(input)?;
                $parse(&text).map_err(|_| broken())
            }

            fn explain(input: &Json, _: &Rules, trail: &mut Trail) -> Option<Self> {
                // A number is what the same digits are as text: seconds, or milliseconds.
                let text: Cow<'_, str> = match input {
                    Json::String(text) => text.into(),
                    Json::Number(number) => number.to_string().into(),
                    _ => return trail.fault(IssueKind::$type_kind, input),
                };
                match $parse(&text) {
                    Ok(value) => Some(value),
                    Err(kind) => trail.fault(kind, input),
                }
            }

            fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(&$text(self))
            }
        }
    )*};
}

moments! {
    DateTime<Utc>: "date-time", DatetimeType, parse_utc, utc_text;
    DateTime<FixedOffset>: "date-time", DatetimeType, parse_offset, offset_text;
    NaiveDateTime: "date-time", DatetimeType, parse_naive, naive_text;
    NaiveDate: "date", DateType, parse_date, date_text;
    NaiveTime: "time", TimeType, parse_time, time_text;
}

fn parse_utc(text: &str) -> Result<DateTime<Utc>, IssueKind> {
    parse_offset(text).map(|moment| moment.with_timezone(&Utc))
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

fn parse_datetime(text: &str) -> Result<(NaiveDateTime, Option<FixedOffset>), IssueKind> {
    match ParsedDateTime::parse_bytes_with_config(text.as_bytes(), &datetime_config()) {
        Ok(parsed) => from_parsed(&parsed).ok_or_else(out_of_range),
        // Pydantic then takes the text for a date, and it is that attempt's error that it tells.
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
            Some((moment, _)) if moment.time() == NaiveTime::MIN => Ok(moment.date()),
            Some(_) => Err(IssueKind::DateInexact),
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

/// Fractions finer than a microsecond are cut off: that is what a column keeps.
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

fn from_parsed_date(parsed: &ParsedDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(parsed.year.into(), parsed.month.into(), parsed.day.into())
}

fn from_parsed_time(parsed: &ParsedTime) -> Option<NaiveTime> {
    NaiveTime::from_hms_micro_opt(
        parsed.hour.into(),
        parsed.minute.into(),
        parsed.second.into(),
        parsed.microsecond,
    )
}

/// `2024-05-01T10:00:00Z`, with six digits of a fraction where there is one.
pub(crate) fn utc_text(moment: &DateTime<Utc>) -> String {
    format!("{}Z", naive_text(&moment.naive_utc()))
}

fn offset_text(moment: &DateTime<FixedOffset>) -> String {
    match moment.offset().local_minus_utc() {
        0 => utc_text(&moment.to_utc()),
        _ => format!("{}{}", naive_text(&moment.naive_local()), moment.offset()),
    }
}

fn naive_text(moment: &NaiveDateTime) -> String {
    format!("{}T{}", date_text(&moment.date()), time_text(&moment.time()))
}

pub(crate) fn date_text(date: &NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

pub(crate) fn time_text(time: &NaiveTime) -> String {
    let time = time.trunc_subsecs(6);
    let format = if time.nanosecond() == 0 { "%H:%M:%S" } else { "%H:%M:%S%.6f" };
    time.format(format).to_string()
}
