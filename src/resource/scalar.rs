//! The types that have a column type of their own: how each is stored, and written as JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use super::column::{write_text, write_value};
use super::{Column, ColumnType, Comparand, DecodeError, GeneratedKey, Key, Role};
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, push_date, push_micros, push_time, scaled, text};

/// The first microsecond of the year 1 and the last one of the year 9999, counted from 1970.
pub(crate) const FIRST_MOMENT: i64 = -62_135_596_800_000_000;
pub(crate) const LAST_MOMENT: i64 = 253_402_300_799_999_999;

macro_rules! integers {
    ($($int:ty)*) => {$(
        impl Column for $int {
            fn column_type(_: &Constraints) -> ColumnType {
                ColumnType::Integer
            }

            fn to_value(&self, _: &Constraints) -> Value {
                // Wider integers were limited to the range of i64 when they were parsed.
                Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }

            fn comparand(&self, _: &Constraints) -> Comparand {
                match i64::try_from(*self) {
                    Ok(i) => Comparand::At(Value::Integer(i)),
                    Err(_) => Comparand::Above(Value::Integer(i64::MAX)),
                }
            }

            fn write_json(value: ValueRef<'_>, _: &Constraints, out: &mut Vec<u8>) -> Result<(), DecodeError> {
                match value {
                    ValueRef::Integer(i) if <$int>::try_from(i).is_ok() => write_value(&i, out),
                    _ => Err(DecodeError::unexpected(concat!("an integer that fits ", stringify!($int)), value)),
                }
            }
        }

        impl Key for $int {}
    )*};
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

macro_rules! columns {
    ($($column:ty: $kind:expr, $what:literal, $write:ident;
        $this:ident => $to:expr, $comparand:expr;
        $($value:pat => $json:expr),+;)*) => {$(
        impl Column for $column {
            fn column_type(_: &Constraints) -> ColumnType {
                $kind
            }

            fn to_value(&self, _: &Constraints) -> Value {
                let $this = self;
                $to
            }

            fn comparand(&self, constraints: &Constraints) -> Comparand {
                let comparand: fn(&$column, Value) -> Comparand = $comparand;
                comparand(self, self.to_value(constraints))
            }

            fn write_json(value: ValueRef<'_>, _: &Constraints, out: &mut Vec<u8>) -> Result<(), DecodeError> {
                match value {
                    $($value => match $json {
                        Some(json) => $write(&json, out),
                        None => Err(DecodeError::unexpected($what, value)),
                    },)+
                    _ => Err(DecodeError::unexpected($what, value)),
                }
            }
        }
    )*};
}

columns! {
    bool: ColumnType::Boolean, "0 or 1", write_value;
        b => Value::Integer((*b).into()), at;
        ValueRef::Integer(0) => Some(false), ValueRef::Integer(1) => Some(true);
    f64: ColumnType::Real, "a number", write_value;
        f => Value::Real(*f), |f, value| if f.is_nan() { Comparand::Nowhere } else { Comparand::At(value) };
        ValueRef::Real(f) => Some(f).filter(|f| f.is_finite());
    f32: ColumnType::Real, "a number", write_value;
        f => Value::Real((*f).into()), |f, value| if f.is_nan() { Comparand::Nowhere } else { Comparand::At(value) };
        ValueRef::Real(f) => Some(f as f32).filter(|f| f.is_finite());
    String: ColumnType::Text, "text", write_text;
        s => Value::Text(s.clone()), |text, value| before_nul(text, value);
        ValueRef::Text(s) => Some(s);
    Uuid: ColumnType::Uuid, "the 16 bytes of a UUID", write_text;
        u => Value::Blob(u.as_bytes().to_vec()), at;
        ValueRef::Blob(b) => Uuid::from_slice(b).ok().map(|u| u.hyphenated().to_string());
    Vec<u8>: ColumnType::Bytes, "bytes", write_text;
        b => Value::Blob(b.clone()), at;
        ValueRef::Blob(b) => Some(STANDARD.encode(b));
    NaiveDate: ColumnType::Date, "a day as YYYY-MM-DD", write_text;
        d => Value::Text(text(push_date, d)), within_years;
        ValueRef::Text(t) => t.parse::<NaiveDate>().ok().map(|_| t);
}

/// A value that the column can have.
fn at<T>(_: &T, value: Value) -> Comparand {
    Comparand::At(value)
}

/// No stored text has the NUL character, so that one with it lies between the text before it and whatever comes next.
fn before_nul(text: &str, value: Value) -> Comparand {
    match text.split_once('\0') {
        Some((before, _)) => Comparand::Above(before.into()),
        None => Comparand::At(value),
    }
}

fn within_years(day: &NaiveDate, value: Value) -> Comparand {
    match day.year() {
        ..1 => Comparand::BelowAll,
        1..=9999 => Comparand::At(value),
        10_000.. => Comparand::Above("9999-12-31".into()),
    }
}

impl Key for String {}
impl Key for Uuid {}

macro_rules! moments {
    ($($column:ty: $kind:expr, $what:literal, $to:expr, $push:expr, $bounds:expr;)*) => {$(
        impl Column for $column {
            fn column_type(_: &Constraints) -> ColumnType {
                $kind
            }

            fn to_value(&self, _: &Constraints) -> Value {
                let to: fn(&$column) -> i64 = $to;
                Value::Integer(to(self))
            }

            fn comparand(&self, _: &Constraints) -> Comparand {
                let to: fn(&$column) -> i64 = $to;
                let (first, last): (i64, i64) = $bounds;
                match to(self) {
                    micros if micros < first => Comparand::BelowAll,
                    micros if micros > last => Comparand::Above(Value::Integer(last)),
                    micros if self.nanosecond().is_multiple_of(1000) => Comparand::At(Value::Integer(micros)),
                    micros => Comparand::Above(Value::Integer(micros)),
                }
            }

            fn write_json(value: ValueRef<'_>, _: &Constraints, out: &mut Vec<u8>) -> Result<(), DecodeError> {
                let push: fn(i64, &mut Vec<u8>) -> Option<()> = $push;
                // A moment has no character that needs an escape.
                out.push(b'"');
                let pushed = match value {
                    ValueRef::Integer(micros) => push(micros, out),
                    _ => None,
                };
                out.push(b'"');
                pushed.ok_or_else(|| DecodeError::unexpected($what, value))
            }
        }
    )*};
}

moments! {
    DateTime<Utc>: ColumnType::Timestamp, "microseconds since 1970",
        DateTime::timestamp_micros, push_micros, (FIRST_MOMENT, LAST_MOMENT);
    NaiveTime: ColumnType::Time, "microseconds since midnight",
        micros_of_day, push_time_of_day, (0, 86_400_000_000 - 1);
}

fn micros_of_day(time: &NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1000)
}

fn push_time_of_day(micros: i64, out: &mut Vec<u8>) -> Option<()> {
    let seconds = u32::try_from(micros.div_euclid(1_000_000)).ok()?;
    let nanos = u32::try_from(micros.rem_euclid(1_000_000)).ok()? * 1000;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos).map(|time| push_time(&time, out))
}

/// The number of decimal places comes from the declaration: `scale = n`.
impl Column for Decimal {
    fn column_type(constraints: &Constraints) -> ColumnType {
        ColumnType::Decimal { scale: constraints.scale.unwrap_or_default() }
    }

    fn to_value(&self, constraints: &Constraints) -> Value {
        // The range was checked when the value was parsed.
        Value::Integer(scaled(*self, constraints.scale.unwrap_or_default()).unwrap_or(i64::MAX))
    }

    fn comparand(&self, constraints: &Constraints) -> Comparand {
        let scale = constraints.scale.unwrap_or_default();
        let floor = self.round_dp_with_strategy(scale, RoundingStrategy::ToNegativeInfinity);
        match scaled(floor, scale) {
            Some(i) if floor == *self => Comparand::At(Value::Integer(i)),
            Some(i) => Comparand::Above(Value::Integer(i)),
            None if self.is_sign_negative() => Comparand::BelowAll,
            None => Comparand::Above(Value::Integer(i64::MAX)),
        }
    }

    fn write_json(
        value: ValueRef<'_>,
        constraints: &Constraints,
        out: &mut Vec<u8>,
    ) -> Result<(), DecodeError> {
        match value {
            ValueRef::Integer(i) => {
                write_text(Decimal::new(i, constraints.scale.unwrap_or_default()).to_string(), out)
            }
            _ => Err(DecodeError::unexpected("an integer of a decimal's last place", value)),
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn column_type(constraints: &Constraints) -> ColumnType {
        T::column_type(constraints)
    }

    fn to_value(&self, constraints: &Constraints) -> Value {
        self.as_ref().map_or(Value::Null, |value| value.to_value(constraints))
    }

    fn comparand(&self, constraints: &Constraints) -> Comparand {
        self.as_ref().map_or(Comparand::Null, |value| value.comparand(constraints))
    }

    fn write_json(
        value: ValueRef<'_>,
        constraints: &Constraints,
        out: &mut Vec<u8>,
    ) -> Result<(), DecodeError> {
        match value {
            ValueRef::Null => write_value(&(), out),
            _ => T::write_json(value, constraints, out),
        }
    }
}

impl GeneratedKey for i64 {
    const ROLE: Role = Role::AutoIncrementKey;
}

impl GeneratedKey for Uuid {
    const ROLE: Role = Role::ServerGeneratedKey(|| Uuid::now_v7().to_value(&Constraints::NONE));
}
