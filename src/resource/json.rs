//! Columns that hold any type of the wire as JSON.

use serde_json::Value as Json;

use super::column::{ColumnCodec, put, read};
use super::{ColumnType, DecodeError};
use crate::issue::{IssueCollector, REDACTED};
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, Out, Wire, tree, whole};

/// As JSON.
#[must_use]
pub const fn json_codec<T: Wire>() -> ColumnCodec<T> {
    ColumnCodec {
        kind: |_| ColumnType::Json,
        read: read::<T>,
        shape: T::shape,
        to_value,
        from_json: from_json::<T>,
        write_json: write_json::<T>,
    }
}

/// `null` is SQL's NULL, so that it can be asked for.
pub(super) fn to_value<T: Wire>(value: &T, _: &Constraints) -> Result<Value, DecodeError> {
    match whole(|| serde_json::to_string(&Out(value))) {
        Ok(json) if json == "null" => Ok(Value::Null),
        Ok(json) => Ok(Value::Text(json)),
        // A foreign type whose own implementation refuses.
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
        _ => Err(DecodeError::found("JSON", value)),
    }
}

/// How many bytes it takes in memory, about.
pub(super) fn bytes(json: &Json) -> usize {
    let beside: usize = match json {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(bytes).sum(),
        Json::Object(members) => members.iter().map(|(name, member)| name.len() + bytes(member)).sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
    };
    size_of::<Json>() + beside
}

/// What is stored goes through the type, which may have gained a field since. What no longer fits it
/// (a rule was made stricter) is shown as it is, as other columns show what they hold.
fn write_json<T: Wire>(
    value: ValueRef<'_>,
    constraints: &Constraints,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    if let ValueRef::Text(json) = value {
        let mut input = serde_json::Deserializer::from_str(json);
        if let Ok(value) = T::read(&mut input, constraints) {
            return put(&Out(&value), out);
        }
    }
    let stored = from_value(value)?;
    match T::coerce(&stored, constraints, &mut IssueCollector::default()) {
        Some(value) => put(&Out(&value), out),
        // What is `write_only` may be anywhere in it.
        None if T::shape().has_secrets() => put(REDACTED, out),
        None => put(&stored, out),
    }
}
