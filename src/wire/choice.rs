//! Unit enums: one of a list of names.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;

use super::broken;
use crate::issue::{IssueKind, Trail};

/// What is said of an enum.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ChoiceMeta {
    /// Its name in the document.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// The names of its variants on the wire, in the order of their declaration.
    pub names: &'static [&'static str],
    /// Whether a wrong name is told as Python's `Literal` tells it, not as its `Enum`.
    pub literal: bool,
}

impl ChoiceMeta {
    /// An enum of these names.
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str, names: &'static [&'static str]) -> Self {
        ChoiceMeta { name, doc, names, literal: false }
    }

    /// Tells a wrong name as Python's `Literal` does.
    #[must_use]
    pub const fn literal(self) -> Self {
        ChoiceMeta { literal: true, ..self }
    }
}

/// An enum without data.
pub trait Choice: Sized + Send + 'static {
    /// What is said of it.
    const META: &'static ChoiceMeta;

    /// The position of this variant in [`ChoiceMeta::names`].
    fn index(&self) -> usize;

    /// The variant at this position.
    fn from_index(index: usize) -> Option<Self>;

    /// The variant of this name.
    fn from_name(name: &str) -> Option<Self> {
        Self::META.names.iter().position(|n| *n == name).and_then(Self::from_index)
    }

    /// The name of this variant.
    fn name(&self) -> &'static str {
        Self::META.names[self.index()]
    }
}

/// Reads the name of a variant.
pub fn choice_read<'de, T: Choice, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    let name = <Cow<'de, str>>::deserialize(input)?;
    T::from_name(&name).ok_or_else(broken)
}

/// Finds the variant, or tells the names there are.
pub fn choice_explain<T: Choice>(input: &Json, trail: &mut Trail) -> Option<T> {
    match input.as_str().and_then(T::from_name) {
        Some(value) => Some(value),
        None => {
            let names = T::META.names;
            let kind = match T::META.literal {
                true => IssueKind::Literal { names },
                false => IssueKind::Enum { names },
            };
            trail.fault(kind, input)
        }
    }
}

/// Writes the name of the variant.
pub fn choice_write<T: Choice, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(value.name())
}
