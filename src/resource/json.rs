//! Columns that store a value of any [`Wire`] type as JSON.

use serde_json::Value as Json;

use super::column::{ColumnCodec, read, write_value};
use super::{ColumnType, DecodeError};
use crate::issue::{IssueCollector, REDACTED};
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, Out, Wire, tree, with_secrets};

/// The codec that stores a type as JSON.
#[must_use]
pub const fn json_codec<T: Wire>() -> ColumnCodec<T> {
    ColumnCodec {
        kind: |_| ColumnType::Json,
        read: read::<T>,
        shape: T::shape,
        to_value,
        from_json: from_json::<T>,
        comparand: |_, _, _| None,
        write_json: write_json::<T>,
    }
}

/// A `null` is stored as SQL's NULL, so that it can be queried.
pub(super) fn to_value<T: Wire>(value: &T, _: &Constraints) -> Result<Value, DecodeError> {
    match with_secrets(|| serde_json::to_string(&Out(value))) {
        Ok(json) if json == "null" => Ok(Value::Null),
        Ok(json) => Ok(Value::Text(json)),
        // A foreign type's own implementation may fail.
        Err(e) => Err(DecodeError(format!("it cannot be written as JSON: {e}"))),
    }
}

fn from_json<T: Wire>(json: &Json, constraints: &Constraints) -> Option<Value> {
    T::coerce(json, constraints, &mut IssueCollector::default())
        .and_then(|value| to_value(&value, constraints).ok())
}

pub(super) fn from_value(value: ValueRef<'_>) -> Result<Json, DecodeError> {
    match value {
        ValueRef::Null => Ok(Json::Null),
        ValueRef::Text(json) => {
            tree(json.as_bytes()).map_err(|e| DecodeError(format!("stored JSON is malformed: {e}")))
        }
        _ => Err(DecodeError::unexpected("JSON", value)),
    }
}

/// The approximate memory of a tree in bytes.
pub(super) fn bytes(json: &Json) -> usize {
    let beside: usize = match json {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(bytes).sum(),
        Json::Object(members) => members.iter().map(|(name, member)| name.len() + bytes(member)).sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
    };
    size_of::<Json>() + beside
}

/// Stored JSON is parsed by the type and written again, since the type may have gained a field with a default. JSON
/// that is not valid any more, for example because a constraint was made stricter, is written as it is, like the values
/// of other columns.
fn write_json<T: Wire>(
    value: ValueRef<'_>,
    constraints: &Constraints,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    if let ValueRef::Text(json) = value {
        let mut input = serde_json::Deserializer::from_str(json);
        if let Ok(value) = T::read(&mut input, constraints) {
            return write_value(&Out(&value), out);
        }
    }
    let stored = from_value(value)?;
    match T::coerce(&stored, constraints, &mut IssueCollector::default()) {
        Some(value) => write_value(&Out(&value), out),
        // It may have a `write_only` value anywhere.
        None if T::shape().has_secrets() => write_value(REDACTED, out),
        None => write_value(&stored, out),
    }
}
