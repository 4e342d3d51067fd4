//! The types of columns, and the traits of Rust types that can be stored in them.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::{Comparand, ResourceMeta, Role, Row};
use crate::issue::IssueCollector;
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, Shape, UnitEnumMeta, Wire, with_secrets};

/// The type of a column, for which each engine has an SQL type of its own.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ColumnType {
    /// An integer of up to 64 bits.
    Integer,
    /// 0 or 1.
    Boolean,
    /// A finite floating-point number.
    Real,
    /// A decimal, as an integer in units of its last place.
    Decimal {
        /// The places after the point.
        scale: u32,
    },
    /// A text.
    Text,
    /// The name of an enum's variant.
    UnitEnum(&'static UnitEnumMeta),
    /// Bytes.
    Bytes,
    /// A UUID, as its 16 bytes.
    Uuid,
    /// A timestamp, as microseconds since 1970 in UTC.
    Timestamp,
    /// A day, as `YYYY-MM-DD`.
    Date,
    /// A time of day, as microseconds since midnight.
    Time,
    /// JSON text.
    Json,
}

/// The error for a stored value that is not valid for its column's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(pub String);

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl DecodeError {
    pub(super) fn unexpected(expected: &str, value: ValueRef<'_>) -> Self {
        DecodeError(format!("{} stands where {expected} should", value.kind()))
    }
}

/// A type that has a column type of its own. Any other type is stored in a `json` column.
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
    /// The type of the column.
    fn column_type(constraints: &Constraints) -> ColumnType;

    /// The value to store.
    fn to_value(&self, constraints: &Constraints) -> Value;

    /// Where the value lies among those that the column can have.
    #[doc(hidden)]
    fn comparand(&self, constraints: &Constraints) -> Comparand {
        Comparand::At(self.to_value(constraints))
    }

    /// Writes a stored value as JSON, straight into the answer.
    ///
    /// # Errors
    /// The stored value is not valid for the type.
    fn write_json(
        value: ValueRef<'_>,
        constraints: &Constraints,
        out: &mut Vec<u8>,
    ) -> Result<(), DecodeError>;
}

/// A type of keys.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    label = "not a type that addresses can name",
    note = "a key is an integer, a `String` or a `Uuid`"
)]
pub trait Key: Column {}

/// A type of keys that clients do not choose.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be generated",
    label = "not a type of generated keys",
    note = "a generated key is an `i64`, counted by the store, or a `Uuid` of version 7"
)]
pub trait GeneratedKey: Key {
    /// The role of its column, which says how it is generated.
    const ROLE: Role;
}

/// The functions that store and load a `T`, by its own column type or as JSON.
///
/// The code of a macro uses a field's type only through this. So if a type cannot be stored, the compiler reports that
/// once, at the field, and not for each line that uses the column.
#[derive(Clone, Copy, Debug)]
pub struct ColumnCodec<T> {
    pub(super) kind: fn(&Constraints) -> ColumnType,
    pub(super) read: fn(&[u8]) -> Result<T, String>,
    pub(super) shape: fn() -> Shape,
    pub(super) to_value: fn(&T, &Constraints) -> Result<Value, DecodeError>,
    pub(super) from_json: fn(&Json, &Constraints) -> Option<Value>,
    pub(super) comparand: fn(&Json, &Constraints, &mut IssueCollector) -> Option<Comparand>,
    pub(super) write_json: fn(ValueRef<'_>, &Constraints, &mut Vec<u8>) -> Result<(), DecodeError>,
}

impl<T> ColumnCodec<T> {
    /// The codec of a type that cannot be stored, which the compiler reports elsewhere.
    pub(super) const NOTHING: Self = ColumnCodec {
        kind: |_| ColumnType::Json,
        read: |_| Err(String::new()),
        shape: || Shape::Any,
        to_value: |_, _| Ok(Value::Null),
        from_json: |_, _| None,
        comparand: |_, _, _| None,
        write_json: |_, _, _| Ok(()),
    };

    /// Loads a value of a column: it is written as JSON, which the type parses.
    ///
    /// # Errors
    /// The stored value is not valid for the type.
    pub fn take(self, meta: &ResourceMeta, row: &dyn Row, index: usize) -> Result<T, DecodeError> {
        let take = || {
            let mut json = Vec::new();
            (self.write_json)(row.get(index)?, &meta.object.fields[index].constraints, &mut json)?;
            (self.read)(&json).map_err(DecodeError)
        };
        with_secrets(take)
            .map_err(|DecodeError(why)| DecodeError(format!("column `{}`: {why}", meta.columns[index].name)))
    }
}

/// The codec of a type that has a column type of its own.
#[must_use]
pub const fn codec<T: Column>() -> ColumnCodec<T> {
    ColumnCodec {
        kind: T::column_type,
        read: read::<T>,
        shape: T::shape,
        to_value: |value, constraints| Ok(T::to_value(value, constraints)),
        from_json: from_json::<T>,
        comparand: comparand::<T>,
        write_json: T::write_json,
    }
}

/// Parses the JSON of a stored value.
pub(super) fn read<T: Wire>(json: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(json);
    T::read(&mut json, &Constraints::NONE).map_err(|error| error.to_string())
}

/// The value to store for a JSON value, such as a default.
fn from_json<T: Column>(json: &Json, constraints: &Constraints) -> Option<Value> {
    T::coerce(json, constraints, &mut IssueCollector::default()).map(|value| value.to_value(constraints))
}

/// Parses a value that a column is compared with. What the field's constraints forbid may be compared with nevertheless.
fn comparand<T: Column>(
    json: &Json,
    constraints: &Constraints,
    collector: &mut IssueCollector,
) -> Option<Comparand> {
    const OF_TYPE: Constraints = Constraints::NONE.stored();
    T::coerce(json, &OF_TYPE, collector).map(|value| value.comparand(constraints))
}

/// The bytes that stand escaped in JSON.
const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        escaped[byte] = byte < 0x20 || byte == b'"' as usize || byte == b'\\' as usize;
        byte += 1;
    }
    escaped
};

/// Writes a text in JSON.
pub(super) fn write_text(text: impl AsRef<str>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let text = text.as_ref();
    // Most texts need no escape.
    if text.bytes().any(|byte| ESCAPED[usize::from(byte)]) {
        return write_value(text, out);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// Writes one JSON value.
pub(super) fn write_value<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    serde_json::to_writer(out, value).map_err(|e| DecodeError(e.to_string()))
}
