//! The types that have a column type of their own: how each is stored, and written as JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::column::write_value;
use super::{Column, ColumnType, DecodeError, GeneratedKey, Key, Role};
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, push_date, push_time, push_utc, scaled, text};

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
    ($($column:ty: $kind:expr, $what:literal;
        $this:ident => $to:expr;
        $($value:pat => $json:expr),+;)*) => {$(
        impl Column for $column {
            fn column_type(_: &Constraints) -> ColumnType {
                $kind
            }

            fn to_value(&self, _: &Constraints) -> Value {
                let $this = self;
                $to
            }

            fn write_json(value: ValueRef<'_>, _: &Constraints, out: &mut Vec<u8>) -> Result<(), DecodeError> {
                match value {
                    $($value => match $json {
                        Some(json) => write_value(&json, out),
                        None => Err(DecodeError::unexpected($what, value)),
                    },)+
                    _ => Err(DecodeError::unexpected($what, value)),
                }
            }
        }
    )*};
}

columns! {
    bool: ColumnType::Boolean, "0 or 1";
        b => Value::Integer((*b).into());
        ValueRef::Integer(0) => Some(false), ValueRef::Integer(1) => Some(true);
    f64: ColumnType::Real, "a number";
        f => Value::Real(*f);
        ValueRef::Real(f) => Some(f).filter(|f| f.is_finite());
    f32: ColumnType::Real, "a number";
        f => Value::Real((*f).into());
        ValueRef::Real(f) => Some(f as f32).filter(|f| f.is_finite());
    String: ColumnType::Text, "text";
        s => Value::Text(s.clone());
        ValueRef::Text(s) => Some(s);
    Uuid: ColumnType::Uuid, "the 16 bytes of a UUID";
        u => Value::Blob(u.as_bytes().to_vec());
        ValueRef::Blob(b) => Uuid::from_slice(b).ok().map(|u| u.hyphenated().to_string());
    Vec<u8>: ColumnType::Bytes, "bytes";
        b => Value::Blob(b.clone());
        ValueRef::Blob(b) => Some(STANDARD.encode(b));
    NaiveDate: ColumnType::Date, "a day as YYYY-MM-DD";
        d => Value::Text(text(push_date, d));
        ValueRef::Text(t) => t.parse::<NaiveDate>().ok().map(|_| t);
}

impl Key for String {}
impl Key for Uuid {}

macro_rules! moments {
    ($($column:ty: $kind:expr, $what:literal, $to:expr, $from:expr, $push:ident;)*) => {$(
        impl Column for $column {
            fn column_type(_: &Constraints) -> ColumnType {
                $kind
            }

            fn to_value(&self, _: &Constraints) -> Value {
                let to: fn(&$column) -> i64 = $to;
                Value::Integer(to(self))
            }

            fn write_json(value: ValueRef<'_>, _: &Constraints, out: &mut Vec<u8>) -> Result<(), DecodeError> {
                let from: fn(i64) -> Option<$column> = $from;
                let moment = match value {
                    ValueRef::Integer(micros) => from(micros),
                    _ => None,
                };
                let moment = moment.ok_or_else(|| DecodeError::unexpected($what, value))?;
                // A timestamp has no character that needs an escape.
                out.push(b'"');
                $push(&moment, out);
                out.push(b'"');
                Ok(())
            }
        }
    )*};
}

moments! {
    DateTime<Utc>: ColumnType::Timestamp, "microseconds since 1970",
        DateTime::timestamp_micros, DateTime::from_timestamp_micros, push_utc;
    NaiveTime: ColumnType::Time, "microseconds since midnight",
        micros_of_day, time_of_day, push_time;
}

fn micros_of_day(time: &NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1000)
}

fn time_of_day(micros: i64) -> Option<NaiveTime> {
    let seconds = u32::try_from(micros.div_euclid(1_000_000)).ok()?;
    let nanos = u32::try_from(micros.rem_euclid(1_000_000)).ok()? * 1000;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos)
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

    fn write_json(
        value: ValueRef<'_>,
        constraints: &Constraints,
        out: &mut Vec<u8>,
    ) -> Result<(), DecodeError> {
        match value {
            ValueRef::Integer(i) => {
                write_value(&Decimal::new(i, constraints.scale.unwrap_or_default()).to_string(), out)
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
