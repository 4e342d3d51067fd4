//! JSON as a tree that is kept: a merge patch, on its way to what it is merged into.
//!
//! A tree holds a number as a float where it is no integer of 64 bits. That is what Python does, too, but a
//! decimal would lose digits by it: where a decimal is expected, the number is kept as it was written.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::Shape;
use super::decimal::{is_decimal, too_exact};

/// A text as a tree, where it has decimals in it; `None` where it has none, so that any tree of it will do.
pub(super) fn exact(text: &[u8], shape: Shape) -> Option<Json> {
    match shape.has(is_decimal, |_| false) {
        true => Tree(shape).deserialize(&mut serde_json::Deserializer::from_slice(text)).ok(),
        false => None,
    }
}

/// Any JSON, as it was sent. serde_json's own reading of its trees takes an object whose first member has a certain
/// name for something else.
#[derive(Debug, Default)]
pub(super) struct Plain(pub(super) Json);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Tree(Shape::Any).deserialize(input).map(Plain)
    }
}

/// A text of JSON as a tree.
///
/// # Errors
/// The text is no JSON.
pub(crate) fn tree(text: &[u8]) -> serde_json::Result<Json> {
    serde_json::from_slice::<Plain>(text).map(|Plain(tree)| tree)
}

/// Reads a tree where a value of this shape is expected.
pub(super) struct Tree(pub(super) Shape);

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Json, D::Error> {
        match self.0 {
            Shape::Nullable(inner) => Tree(inner()).deserialize(input),
            shape if is_decimal(shape) => {
                let raw = Box::<RawValue>::deserialize(input)?;
                match too_exact(raw.get()) {
                    Some(number) => Ok(number.into()),
                    None => tree(raw.get().as_bytes()).map_err(serde::de::Error::custom),
                }
            }
            _ => input.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Tree {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let item = match self.0 {
            Shape::List(item) => item(),
            _ => Shape::Any,
        };
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Tree(item))? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let shape = match self.0 {
                Shape::Map(member) => member(),
                Shape::Object(meta) => match meta.fields.iter().find(|field| field.name == name) {
                    Some(field) => field.shape(),
                    None => Shape::Any,
                },
                _ => Shape::Any,
            };
            let member = object.next_value_seed(Tree(shape))?;
            members.insert(name, member);
        }
        Ok(members.into())
    }
}
