//! An enum's column, for the impl that `#[model]` writes.

use super::column::put;
use super::{ColumnType, Corrupt};
use crate::issue::one_of;
use crate::value::{Value, ValueRef};
use crate::wire::Choice;

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
