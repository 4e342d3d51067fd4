//! Foreign types, which speak serde and nothing else.

use serde::de::DeserializeOwned;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use super::{Constraints, Part, Shape, Wire};
use crate::issue::{IssueCollector, IssueKind};

/// A foreign type under `#[field(opaque)]`: read and written by its own serde implementation, any
/// JSON value to the document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Opaque<T>(pub T);

impl<T: Serialize + DeserializeOwned + Send + 'static> Wire for Opaque<T> {
    fn shape() -> Shape {
        Shape::Any
    }

    fn read<'de, D: Deserializer<'de>>(input: D, _: &Constraints) -> Result<Self, D::Error> {
        T::deserialize(input).map(Opaque)
    }

    fn coerce(input: &Json, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        match T::deserialize(input) {
            Ok(value) => Some(Opaque(value)),
            Err(e) => collector.fault(IssueKind::Format { what: "", reason: e.to_string() }, input),
        }
    }

    fn coerce_part(input: Part<'_>, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        match input.kept(collector)? {
            Ok(value) => Some(Opaque(value)),
            Err(e) => {
                let reason = e.to_string();
                // It stands in a text of its own, whose lines say nothing.
                let reason =
                    reason.rsplit_once(" at line ").map_or(reason.as_str(), |(said, _)| said).to_owned();
                collector.fault(IssueKind::Format { what: "", reason }, &input)
            }
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}
