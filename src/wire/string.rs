//! Texts and UUIDs.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Rules, Shape, Wire, broken};
use crate::issue::{IssueKind, Trail};

impl Wire for String {
    fn shape() -> Shape {
        Shape::Text { format: "" }
    }

    fn read<'de, D: Deserializer<'de>>(input: D, rules: &Rules) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let kept = match rules.check_text(&text).map_err(|_| broken())? {
            Cow::Borrowed(kept) if kept.len() == text.len() => None,
            kept => Some(kept.into_owned()),
        };
        Ok(kept.unwrap_or(text))
    }

    fn explain(input: &Json, rules: &Rules, trail: &mut Trail) -> Option<Self> {
        let Json::String(text) = input else {
            return trail.fault(IssueKind::StringType, input);
        };
        match rules.check_text(text) {
            Ok(kept) => Some(kept.into_owned()),
            Err(kind) => trail.fault(kind, input),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self)
    }
}

impl Wire for Uuid {
    fn shape() -> Shape {
        Shape::Text { format: "uuid" }
    }

    fn read<'de, D: Deserializer<'de>>(input: D, _: &Rules) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(input)?;
        Uuid::parse_str(&text).map_err(|_| broken())
    }

    fn explain(input: &Json, _: &Rules, trail: &mut Trail) -> Option<Self> {
        let Json::String(text) = input else {
            return trail.fault(IssueKind::UuidType, input);
        };
        match Uuid::parse_str(text) {
            Ok(uuid) => Some(uuid),
            Err(e) => trail.fault(IssueKind::UuidParsing { error: e.to_string() }, input),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}
