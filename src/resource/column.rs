//! The types that columns hold, and how each crosses into its column and back to the wire.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::Role;
use crate::issue::Trail;
use crate::value::{Value, ValueRef};
use crate::wire::{Choice, ChoiceMeta, Rules, Shape, Wire, push_date, push_time, push_utc, scaled, text};

/// What a column holds. Each engine has a type of its own for each.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ColumnType {
    /// An integer of up to 64 bits.
    Integer,
    /// 0 or 1.
    Boolean,
    /// A finite floating-point number.
    Real,
    /// A decimal, as an integer of its last place.
    Decimal {
        /// The places after the point.
        scale: u32,
    },
    /// A text.
    Text,
    /// The name of a variant.
    Choice(&'static ChoiceMeta),
    /// Bytes.
    Bytes,
    /// A UUID, as its 16 bytes.
    Uuid,
    /// A moment, as microseconds since 1970 in UTC.
    Timestamp,
    /// A day, as `YYYY-MM-DD`.
    Date,
    /// A time of day, as microseconds since midnight.
    Time,
    /// JSON text.
    Json,
}

/// A stored value that its column's type cannot mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrupt(pub String);

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Corrupt {
    fn found(expected: &str, value: ValueRef<'_>) -> Self {
        Corrupt(format!("{} stands where {expected} should", value.kind()))
    }
}

/// A type that a column can hold by itself; everything else goes into a `json` column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column by itself",
    label = "no column type for this",
    note = "mark the field `#[field(json)]` to store it as JSON"
)]
pub trait Column: Wire {
    /// What the column holds.
    fn column_type(rules: &Rules) -> ColumnType;

    /// The value as the column holds it.
    fn to_value(&self, rules: &Rules) -> Value;

    /// Writes what the column holds as it reads on the wire, straight into the answer.
    ///
    /// # Errors
    /// Where the column holds what the type cannot mean.
    fn write_json(value: ValueRef<'_>, rules: &Rules, out: &mut Vec<u8>) -> Result<(), Corrupt>;
}

/// A type that rows are addressed by.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    label = "not a type that addresses can name",
    note = "a key is an integer, a `String` or a `Uuid`"
)]
pub trait Key: Column {}

/// A key that clients do not choose.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be generated",
    label = "not a type of generated keys",
    note = "a generated key is an `i64`, counted by the store, or a `Uuid` of version 7"
)]
pub trait GeneratedKey: Key {
    /// How it comes about.
    const ROLE: Role;
}

impl GeneratedKey for i64 {
    const ROLE: Role = Role::CountedKey;
}

impl GeneratedKey for Uuid {
    const ROLE: Role = Role::MadeKey(|| Uuid::now_v7().to_value(&Rules::NONE));
}

macro_rules! integers {
    ($($int:ty)*) => {$(
        impl Column for $int {
            fn column_type(_: &Rules) -> ColumnType {
                ColumnType::Integer
            }

            fn to_value(&self, _: &Rules) -> Value {
                // Wider integers were bounded to i64 when they were read.
                Value::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }

            fn write_json(value: ValueRef<'_>, _: &Rules, out: &mut Vec<u8>) -> Result<(), Corrupt> {
                match value {
                    ValueRef::Integer(i) if <$int>::try_from(i).is_ok() => put(&i, out),
                    _ => Err(Corrupt::found(concat!("an integer that fits ", stringify!($int)), value)),
                }
            }
        }

        impl Key for $int {}
    )*};
}

integers!(i8 i16 i32 i64 u8 u16 u32 u64);

macro_rules! columns {
    ($($column:ty: $kind:expr, $what:literal;
        $this:ident => $to:expr;
        $($value:pat => $json:expr),+;)*) => {$(
        impl Column for $column {
            fn column_type(_: &Rules) -> ColumnType {
                $kind
            }

            fn to_value(&self, _: &Rules) -> Value {
                let $this = self;
                $to
            }

            fn write_json(value: ValueRef<'_>, _: &Rules, out: &mut Vec<u8>) -> Result<(), Corrupt> {
                match value {
                    $($value => match $json {
                        Some(json) => put(&json, out),
                        None => Err(Corrupt::found($what, value)),
                    },)+
                    _ => Err(Corrupt::found($what, value)),
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
        ValueRef::Real(f) => Some(f);
    f32: ColumnType::Real, "a number";
        f => Value::Real((*f).into());
        ValueRef::Real(f) => Some(f as f32);
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
            fn column_type(_: &Rules) -> ColumnType {
                $kind
            }

            fn to_value(&self, _: &Rules) -> Value {
                let to: fn(&$column) -> i64 = $to;
                Value::Integer(to(self))
            }

            fn write_json(value: ValueRef<'_>, _: &Rules, out: &mut Vec<u8>) -> Result<(), Corrupt> {
                let from: fn(i64) -> Option<$column> = $from;
                let moment = match value {
                    ValueRef::Integer(micros) => from(micros),
                    _ => None,
                };
                let moment = moment.ok_or_else(|| Corrupt::found($what, value))?;
                // Nothing in it needs an escape.
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

/// The places come from the declaration: `scale = n`.
impl Column for Decimal {
    fn column_type(rules: &Rules) -> ColumnType {
        ColumnType::Decimal { scale: rules.scale.unwrap_or_default() }
    }

    fn to_value(&self, rules: &Rules) -> Value {
        // That it fits was checked when it was read.
        Value::Integer(scaled(*self, rules.scale.unwrap_or_default()).unwrap_or(i64::MAX))
    }

    fn write_json(value: ValueRef<'_>, rules: &Rules, out: &mut Vec<u8>) -> Result<(), Corrupt> {
        match value {
            ValueRef::Integer(i) => put(&Decimal::new(i, rules.scale.unwrap_or_default()).to_string(), out),
            _ => Err(Corrupt::found("an integer of a decimal's last place", value)),
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn column_type(rules: &Rules) -> ColumnType {
        T::column_type(rules)
    }

    fn to_value(&self, rules: &Rules) -> Value {
        self.as_ref().map_or(Value::Null, |value| value.to_value(rules))
    }

    fn write_json(value: ValueRef<'_>, rules: &Rules, out: &mut Vec<u8>) -> Result<(), Corrupt> {
        match value {
            ValueRef::Null => put(&(), out),
            _ => T::write_json(value, rules, out),
        }
    }
}

/// How a column holds a `T`: by itself, or as JSON.
///
/// Whatever a macro writes of a field's column goes through this and asks nothing more of the type, so
/// that the compiler tells of a type that no column can hold once, at the field.
#[derive(Clone, Copy, Debug)]
pub struct Held<T> {
    pub(super) kind: fn(&Rules) -> ColumnType,
    pub(super) shape: fn() -> Shape,
    pub(super) to_value: fn(&T, &Rules) -> Value,
    pub(super) from_json: fn(&Json, &Rules) -> Option<Value>,
    pub(super) write_json: fn(ValueRef<'_>, &Rules, &mut Vec<u8>) -> Result<(), Corrupt>,
}

/// By itself.
#[must_use]
pub const fn held<T: Column>() -> Held<T> {
    Held {
        kind: T::column_type,
        shape: T::shape,
        to_value: T::to_value,
        from_json: from_json::<T>,
        write_json: T::write_json,
    }
}

/// By itself, as the key.
#[must_use]
pub const fn held_as_key<T: Key>() -> Held<T> {
    held::<T>()
}

/// As JSON.
#[must_use]
pub const fn held_as_json<T: Wire>() -> Held<T> {
    Held {
        kind: json_column::column_type,
        shape: T::shape,
        to_value: json_column::to_value_of,
        from_json: json_column::from_json::<T>,
        write_json: json_column::write_json::<T>,
    }
}

/// The column's value of a JSON value, such as a default.
fn from_json<T: Column>(json: &Json, rules: &Rules) -> Option<Value> {
    T::explain(json, rules, &mut Trail::default()).map(|value| value.to_value(rules))
}

/// An enum's column, for the impl that `#[model]` writes.
#[doc(hidden)]
pub mod choice_column {
    use super::{Choice, ColumnType, Corrupt, Value, ValueRef, put};
    use crate::issue::one_of;

    pub fn column_type<T: Choice>() -> ColumnType {
        ColumnType::Choice(T::META)
    }

    pub fn to_value<T: Choice>(value: &T) -> Value {
        Value::Text(value.name().to_owned())
    }

    pub fn write_json<T: Choice>(value: ValueRef<'_>, out: &mut Vec<u8>) -> Result<(), Corrupt> {
        match value {
            ValueRef::Text(name) if T::META.names.contains(&name) => put(name, out),
            ValueRef::Text(name) => {
                Err(Corrupt(format!("`{name}` stands where {} should", one_of(T::META.names))))
            }
            _ => Err(Corrupt::found(&one_of(T::META.names), value)),
        }
    }
}

/// A column that holds any type of the wire as JSON.
pub(crate) mod json_column {
    use super::{ColumnType, Corrupt, Json, Rules, Trail, Value, ValueRef, Wire, put};
    use crate::wire::Out;

    pub(crate) fn column_type(_: &Rules) -> ColumnType {
        ColumnType::Json
    }

    /// `null` is SQL's NULL, so that it can be asked for.
    pub(crate) fn to_value<T: Wire>(value: &T) -> Value {
        match serde_json::to_string(&Out(value)) {
            Ok(json) if json == "null" => Value::Null,
            Ok(json) => Value::Text(json),
            Err(_) => Value::Null,
        }
    }

    pub(crate) fn to_value_of<T: Wire>(value: &T, _: &Rules) -> Value {
        to_value(value)
    }

    pub(crate) fn from_json<T: Wire>(json: &Json, rules: &Rules) -> Option<Value> {
        T::explain(json, rules, &mut Trail::default()).map(|value| to_value(&value))
    }

    pub(crate) fn from_value(value: ValueRef<'_>) -> Result<Json, Corrupt> {
        match value {
            ValueRef::Null => Ok(Json::Null),
            ValueRef::Text(json) => {
                serde_json::from_str(json).map_err(|e| Corrupt(format!("stored JSON is malformed: {e}")))
            }
            _ => Err(Corrupt::found("JSON", value)),
        }
    }

    /// What is stored goes through the type, which may have gained a field since.
    pub(crate) fn write_json<T: Wire>(
        value: ValueRef<'_>,
        rules: &Rules,
        out: &mut Vec<u8>,
    ) -> Result<(), Corrupt> {
        if let ValueRef::Text(json) = value {
            let mut input = serde_json::Deserializer::from_str(json);
            if let Ok(value) = T::read(&mut input, rules) {
                return put(&Out(&value), out);
            }
        }
        let stored = from_value(value)?;
        let mut trail = Trail::at("stored");
        match T::explain(&stored, rules, &mut trail) {
            Some(value) => put(&Out(&value), out),
            None => Err(Corrupt(format!(
                "stored JSON does not fit the declaration in {} place(s)",
                trail.count()
            ))),
        }
    }
}

/// Writes one JSON value.
fn put<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), Corrupt> {
    serde_json::to_writer(out, value).map_err(|e| Corrupt(e.to_string()))
}
