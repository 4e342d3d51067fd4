//! Unit enums, which are one of several names or numbers.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;

use super::{Constraints, Wire, constraint_error};
use crate::issue::{Choices, IssueCollector, IssueKind};

/// The declaration of a unit enum.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UnitEnumMeta {
    /// Its name in the document.
    pub name: &'static str,
    /// The path of its Rust type, for messages: `shop::items::Mood`. It is empty if the declaration was written by
    /// hand.
    pub type_name: fn() -> &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Its variants in JSON, in the order of their declaration.
    pub choices: Choices,
    /// Whether an invalid value is reported like that of Python's `Literal`, and not of its `Enum`.
    pub literal: bool,
}

impl UnitEnumMeta {
    /// Declares an enum with these names.
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str, names: &'static [&'static str]) -> Self {
        UnitEnumMeta { name, type_name: || "", doc, choices: Choices::Names(names), literal: false }
    }

    /// Declares the enum `T` with these names.
    #[must_use]
    pub const fn of<T>(name: &'static str, doc: &'static str, names: &'static [&'static str]) -> Self {
        UnitEnumMeta { type_name: std::any::type_name::<T>, ..UnitEnumMeta::new(name, doc, names) }
    }

    /// Declares an enum with these numbers.
    #[must_use]
    pub const fn numbers(name: &'static str, doc: &'static str, numbers: &'static [i64]) -> Self {
        UnitEnumMeta { choices: Choices::Numbers(numbers), ..UnitEnumMeta::new(name, doc, &[]) }
    }

    /// Declares the enum `T` with these numbers.
    #[must_use]
    pub const fn of_numbers<T>(name: &'static str, doc: &'static str, numbers: &'static [i64]) -> Self {
        UnitEnumMeta { type_name: std::any::type_name::<T>, ..UnitEnumMeta::numbers(name, doc, numbers) }
    }

    /// Reports an invalid value as Python's `Literal` does.
    #[must_use]
    pub const fn literal(self) -> Self {
        UnitEnumMeta { literal: true, ..self }
    }
}

/// An enum without data.
pub trait UnitEnum: Sized + Send + 'static {
    /// The declaration of the enum.
    const META: &'static UnitEnumMeta;

    /// The position of this variant in [`UnitEnumMeta::choices`].
    fn index(&self) -> usize;

    /// The variant at this position.
    fn from_index(index: usize) -> Option<Self>;

    /// The variant with this name.
    fn from_name(name: &str) -> Option<Self> {
        match Self::META.choices {
            Choices::Names(names) => names.iter().position(|n| *n == name).and_then(Self::from_index),
            Choices::Numbers(_) => None,
        }
    }

    /// The variant with this number.
    fn from_number(number: i64) -> Option<Self> {
        match Self::META.choices {
            Choices::Numbers(numbers) => numbers.iter().position(|n| *n == number).and_then(Self::from_index),
            Choices::Names(_) => None,
        }
    }
}

/// Parses a variant.
pub fn choice_read<'de, T: UnitEnum, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    match T::META.choices {
        Choices::Names(_) => {
            let name = <Cow<'de, str>>::deserialize(input)?;
            T::from_name(&name).ok_or_else(constraint_error)
        }
        Choices::Numbers(_) => {
            T::from_number(i64::read(input, &Constraints::NONE)?).ok_or_else(constraint_error)
        }
    }
}

/// Coerces a variant, or reports the permitted values. A number may be sent as a text.
pub fn choice_coerce<T: UnitEnum>(input: &Json, collector: &mut IssueCollector) -> Option<T> {
    let choices = T::META.choices;
    let found = match choices {
        Choices::Names(_) => input.as_str().and_then(T::from_name),
        Choices::Numbers(_) => {
            i64::coerce(input, &Constraints::NONE, &mut IssueCollector::default()).and_then(T::from_number)
        }
    };
    match found {
        Some(value) => Some(value),
        None if T::META.literal => collector.fault(IssueKind::Literal(choices), input),
        None => collector.fault(IssueKind::Enum(choices), input),
    }
}

/// Serializes a variant.
pub fn choice_write<T: UnitEnum, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
    match T::META.choices {
        Choices::Names(names) => out.serialize_str(names[value.index()]),
        Choices::Numbers(numbers) => out.serialize_i64(numbers[value.index()]),
    }
}
