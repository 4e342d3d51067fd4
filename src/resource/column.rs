//! What columns hold, and what a type has to know to be held by one.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::{ResourceMeta, Role, Row};
use crate::issue::IssueCollector;
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, Shape, UnitEnumMeta, Wire, whole};

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
    UnitEnum(&'static UnitEnumMeta),
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
pub struct DecodeError(pub String);

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl DecodeError {
    pub(super) fn found(expected: &str, value: ValueRef<'_>) -> Self {
        DecodeError(format!("{} stands where {expected} should", value.kind()))
    }
}

/// A type that a column can hold by itself; everything else goes into a `json` column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column by itself",
    label = "no column type for this",
    note = "a struct of your own is declared with `#[model]`, and stored as JSON: `#[field(json)]`",
    note = "a type of another crate that has serde's `Serialize` and `Deserialize` is stored as JSON too: \
            `#[field(opaque, json)]`",
    note = "columns by themselves are integers, floats, `bool`, `String`, `Uuid`, `DateTime<Utc>`, `NaiveDate`, \
            `NaiveTime`, `Decimal`, `Vec<u8>`, enums under `#[model]`, and an `Option` of these"
)]
pub trait Column: Wire {
    /// What the column holds.
    fn column_type(constraints: &Constraints) -> ColumnType;

    /// The value as the column holds it.
    fn to_value(&self, constraints: &Constraints) -> Value;

    /// Writes what the column holds as it reads on the wire, straight into the answer.
    ///
    /// # Errors
    /// Where the column holds what the type cannot mean.
    fn write_json(
        value: ValueRef<'_>,
        constraints: &Constraints,
        out: &mut Vec<u8>,
    ) -> Result<(), DecodeError>;
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

/// How a column holds a `T`: by itself, or as JSON.
///
/// Whatever a macro writes of a field's column goes through this and asks nothing more of the type, so
/// that the compiler tells of a type that no column can hold once, at the field.
#[derive(Clone, Copy, Debug)]
pub struct ColumnCodec<T> {
    pub(super) kind: fn(&Constraints) -> ColumnType,
    pub(super) read: fn(&[u8]) -> Result<T, String>,
    pub(super) shape: fn() -> Shape,
    pub(super) to_value: fn(&T, &Constraints) -> Result<Value, DecodeError>,
    pub(super) from_json: fn(&Json, &Constraints) -> Option<Value>,
    pub(super) write_json: fn(ValueRef<'_>, &Constraints, &mut Vec<u8>) -> Result<(), DecodeError>,
}

impl<T> ColumnCodec<T> {
    /// What stands for a type that no column can hold, of which the compiler tells.
    pub(super) const NOTHING: Self = ColumnCodec {
        kind: |_| ColumnType::Json,
        read: |_| Err(String::new()),
        shape: || Shape::Any,
        to_value: |_, _| Ok(Value::Null),
        from_json: |_, _| None,
        write_json: |_, _, _| Ok(()),
    };

    /// Reads what a column holds: what the wire shows of it is what the type reads.
    ///
    /// # Errors
    /// Where the column holds what the type cannot mean.
    pub fn take(self, meta: &ResourceMeta, row: &dyn Row, index: usize) -> Result<T, DecodeError> {
        let take = || {
            let mut json = Vec::new();
            (self.write_json)(row.get(index)?, &meta.object.fields[index].constraints, &mut json)?;
            (self.read)(&json).map_err(DecodeError)
        };
        whole(take)
            .map_err(|DecodeError(why)| DecodeError(format!("column `{}`: {why}", meta.columns[index].name)))
    }
}

/// By itself.
#[must_use]
pub const fn codec<T: Column>() -> ColumnCodec<T> {
    ColumnCodec {
        kind: T::column_type,
        read: read::<T>,
        shape: T::shape,
        to_value: |value, constraints| Ok(T::to_value(value, constraints)),
        from_json: from_json::<T>,
        write_json: T::write_json,
    }
}

/// Reads what the wire shows of a column.
pub(super) fn read<T: Wire>(json: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(json);
    T::read(&mut json, &Constraints::NONE).map_err(|error| error.to_string())
}

/// The column's value of a JSON value, such as a default.
fn from_json<T: Column>(json: &Json, constraints: &Constraints) -> Option<Value> {
    T::coerce(json, constraints, &mut IssueCollector::default()).map(|value| value.to_value(constraints))
}

/// Writes one JSON value.
pub(super) fn put<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    serde_json::to_writer(out, value).map_err(|e| DecodeError(e.to_string()))
}
