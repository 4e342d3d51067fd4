//! Foreign types, which implement serde's traits but not [`Wire`].

use serde::de::DeserializeOwned;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use super::{Constraints, Part, Shape, Wire};
use crate::issue::{IssueCollector, IssueKind};

/// A foreign type under `#[field(opaque)]`. Its own serde implementation parses and serializes it, and the document
/// describes it as any JSON.
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
        match input.read_owned(collector)? {
            Ok(value) => Some(Opaque(value)),
            Err(e) => {
                let reason = e.to_string();
                // The position is removed, since it is one within this value, and not within the body.
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
