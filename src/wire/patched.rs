//! The fields of a patch, which are absent, null or a value; and merge patches for nested JSON.

use std::marker::PhantomData;

use serde::de::DeserializeSeed;
use serde::{Deserializer, Serializer};
use serde_json::Value as Json;

use super::collection::OrNull;
use super::tree::{Tree, exact};
use super::{Constraints, FieldMeta, Out, Part, Seed, Shape, Wire, constraint_error};
use crate::issue::{IssueCollector, Issues};

/// A field of a patch, in which absent differs from null.
///
/// ```
/// use crewed::Patched;
///
/// let nickname: Patched<String> = Patched::Null;
/// assert!(!nickname.is_absent());
/// assert_eq!(nickname.value(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patched<T> {
    /// The field was not sent.
    #[default]
    Absent,
    /// The field was sent as `null`.
    Null,
    /// The field was sent with a value.
    Value(T),
}

impl<T> Patched<T> {
    /// Whether the field was not sent.
    pub fn is_absent(&self) -> bool {
        matches!(self, Patched::Absent)
    }

    /// The value that was sent, if one was.
    pub fn value(self) -> Option<T> {
        match self {
            Patched::Value(value) => Some(value),
            Patched::Absent | Patched::Null => None,
        }
    }
}

impl<T> From<Option<T>> for Patched<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Patched::Null, Patched::Value)
    }
}

impl<T: Wire> Wire for Patched<T> {
    fn shape() -> Shape {
        Shape::Nullable(T::shape)
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        match input.deserialize_option(OrNull(Seed::new(constraints)))? {
            Some(value) => Ok(Patched::Value(value)),
            None if constraints.not_null => Err(constraint_error()),
            None => Ok(Patched::Null),
        }
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        match input {
            Json::Null if !constraints.not_null => Some(Patched::Null),
            _ => T::coerce(input, constraints, collector).map(Patched::Value),
        }
    }

    fn coerce_part(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        match input.is_null() && !constraints.not_null {
            true => Some(Patched::Null),
            false => T::coerce_part(input, constraints, collector).map(Patched::Value),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Patched::Value(value) => out.serialize_some(&Out(value)),
            Patched::Absent | Patched::Null => out.serialize_none(),
        }
    }

    fn absent() -> Option<Self> {
        Some(Patched::Absent)
    }
}

/// A JSON Merge Patch (RFC 7396) for a nested `T`. Whether the result is a valid `T` is known only after it was merged
/// into the stored value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Merge<T> {
    /// The patch as it was sent.
    pub patch: Json,
    of: PhantomData<fn() -> T>,
}

impl<T> Merge<T> {
    /// Creates a patch.
    pub fn new(patch: Json) -> Self {
        Merge { patch, of: PhantomData }
    }
}

impl<T: Wire> Wire for Merge<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read<'de, D: Deserializer<'de>>(input: D, _: &Constraints) -> Result<Self, D::Error> {
        let patch = Tree(T::shape()).deserialize(input)?;
        if patch.is_object() { Ok(Merge::new(patch)) } else { Err(constraint_error()) }
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        // By RFC 7396 a patch that is no object replaces the whole value, so it must be a valid `T`.
        if !input.is_object() {
            T::coerce(input, constraints, collector)?;
        }
        Some(Merge::new(input.clone()))
    }

    fn coerce_part(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        if !input.is_object() {
            T::coerce_part(input, constraints, collector)?;
        }
        let patch = input.read_owned(collector)?.ok()?;
        // If it has decimals, it is kept with all their digits.
        Some(Merge::new(exact(input.text(), T::shape()).unwrap_or(patch)))
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(&self.patch, out)
    }
}

/// Merges a patch into the stored value, and parses the result as a `T`.
///
/// # Errors
/// Every issue of the result, located at `body`, `field`.
pub(crate) fn merge<T: Wire>(stored: Json, patch: &Json, field: &FieldMeta) -> Result<T, Issues> {
    let mut merged = stored;
    merge_into(&mut merged, patch);
    let mut collector = IssueCollector::at("body");
    let merged = collector.step(field.name, |collector| {
        collector.secretly(field.write_only, |collector| T::coerce(&merged, &field.constraints, collector))
    });
    match merged {
        Some(value) => Ok(value),
        None => Err(collector.into_issues()),
    }
}

fn merge_into(target: &mut Json, patch: &Json) {
    let Json::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Json::Object(serde_json::Map::new());
    }
    if let Json::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.shift_remove(name);
            } else {
                merge_into(target.entry(name.as_str()).or_insert(Json::Null), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The examples of RFC 7396, appendix A: target, patch, outcome.
    #[test]
    fn merges_as_the_rfc_says() {
        let cases = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ];
        for (mut target, patch, outcome) in cases {
            let before = target.clone();
            merge_into(&mut target, &patch);
            assert_eq!(target, outcome, "{patch} into {before}");
        }
    }
}
