//! The implementation of [`Column`](super::Column) for a unit enum under `#[model]`.

use super::column::{write_text, write_value};
use super::{ColumnType, DecodeError};
use crate::issue::Choices;
use crate::value::{Value, ValueRef};
use crate::wire::UnitEnum;

/// The type of the column: a text or an integer.
pub fn column_type<T: UnitEnum>() -> ColumnType {
    match T::META.choices {
        Choices::Names(_) => ColumnType::UnitEnum(T::META),
        Choices::Numbers(_) => ColumnType::Integer,
    }
}

/// The stored value of a variant.
pub fn to_value<T: UnitEnum>(value: &T) -> Value {
    match T::META.choices {
        Choices::Names(names) => Value::Text(names[value.index()].to_owned()),
        Choices::Numbers(numbers) => Value::Integer(numbers[value.index()]),
    }
}

/// Writes a stored variant as JSON.
///
/// # Errors
/// The value belongs to no variant.
pub fn write_json<T: UnitEnum>(value: ValueRef<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let choices = T::META.choices;
    match (choices, value) {
        (Choices::Names(names), ValueRef::Text(name)) if names.contains(&name) => write_text(name, out),
        (Choices::Numbers(numbers), ValueRef::Integer(number)) if numbers.contains(&number) => {
            write_value(&number, out)
        }
        (Choices::Names(_), ValueRef::Text(name)) => {
            Err(DecodeError(format!("`{name}` stands where {} should", choices.one_of())))
        }
        (Choices::Numbers(_), ValueRef::Integer(number)) => {
            Err(DecodeError(format!("{number} stands where {} should", choices.one_of())))
        }
        _ => Err(DecodeError::unexpected(&choices.one_of(), value)),
    }
}
