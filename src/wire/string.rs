//! Texts and UUIDs.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Constraints, Shape, Wire, constraint_error};
use crate::issue::{IssueCollector, IssueKind};

impl Wire for String {
    fn shape() -> Shape {
        Shape::Text { format: "" }
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let kept = match constraints.check_text(&text).map_err(|_| constraint_error())? {
            Cow::Borrowed(kept) if kept.len() == text.len() => None,
            kept => Some(kept.into_owned()),
        };
        Ok(kept.unwrap_or(text))
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        let Json::String(text) = input else {
            return collector.fault(IssueKind::StringType, input);
        };
        match constraints.check_text(text) {
            Ok(kept) => Some(kept.into_owned()),
            Err(kind) => collector.fault(kind, input),
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

    fn read<'de, D: Deserializer<'de>>(input: D, _: &Constraints) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(input)?;
        Uuid::parse_str(&text).map_err(|_| constraint_error())
    }

    fn coerce(input: &Json, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        let Json::String(text) = input else {
            return collector.fault(IssueKind::UuidType, input);
        };
        match Uuid::parse_str(text) {
            Ok(uuid) => Some(uuid),
            Err(e) => collector.fault(IssueKind::UuidParsing { error: e.to_string() }, input),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}
