//! JSON trees that are kept, such as a merge patch until it is merged.
//!
//! `serde_json::Value` stores a number that is no 64-bit integer as a float. Python does so, too, but a decimal would
//! lose digits. So in the place of a decimal, the number is kept as a text.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::Shape;
use super::decimal::{is_decimal, too_exact};

/// Parses a text into a tree with exact decimals, or returns `None` if the shape has no decimals, so that an ordinary
/// tree suffices.
pub(super) fn exact(text: &[u8], shape: Shape) -> Option<Json> {
    match shape.has(is_decimal, |_| false) {
        true => Tree(shape).deserialize(&mut serde_json::Deserializer::from_slice(text)).ok(),
        false => None,
    }
}

/// Any JSON, as it was sent. The implementation of `serde_json::Value` is not used, since it gives an object whose
/// first member has a certain internal name a special meaning.
#[derive(Debug, Default)]
pub(super) struct Plain(pub(super) Json);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Tree(Shape::Any).deserialize(input).map(Plain)
    }
}

/// Parses JSON into a tree.
///
/// # Errors
/// The text is not valid JSON.
pub(crate) fn tree(text: &[u8]) -> serde_json::Result<Json> {
    serde_json::from_slice::<Plain>(text).map(|Plain(tree)| tree)
}

/// A seed that parses a tree in the place of a value with this shape.
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
