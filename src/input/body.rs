//! The body of a request, parsed as a whole or member by member.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

use super::{Extractor, InputMeta};
use crate::issue::{Issue, IssueCollector, IssueKind, Issues};
use crate::wire::{Body, FieldMeta, Outline, Secrets, check, malformed, run_blocking, without_bom};

/// The bytes of a body, and whether its media type is JSON.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) json: bool,
}

/// The members of a body with several inputs, as ranges of its bytes.
#[derive(Debug)]
pub(super) enum Members {
    /// No body was sent, or none of JSON.
    None,
    /// The body is no object. As in FastAPI, every member is then missing, even one with a default.
    NoObject,
    /// The body is not valid JSON.
    Malformed(Issue),
    /// The range of each member, by its name. The last one counts if a name is repeated.
    Some(BTreeMap<String, Range<usize>>),
}

impl Bytes {
    pub(super) fn whole(&self) -> Body<'_> {
        Body { bytes: &self.bytes, json: self.json }
    }

    /// The issue of a body that should be JSON, and is not valid.
    pub(super) fn malformed(&self) -> Option<Issue> {
        if self.bytes.is_empty() || !self.json {
            return None;
        }
        let bytes = without_bom(&self.bytes);
        run_blocking(bytes.len(), || check(bytes).err().map(|error| malformed(bytes, &error)))
    }

    /// Finds the members; `is_input` says whether a name is that of an input.
    pub(super) fn members(&self, is_input: &dyn Fn(&str) -> bool) -> Members {
        if self.bytes.is_empty() || !self.json {
            return Members::None;
        }
        run_blocking(self.bytes.len(), || self.find_members(is_input))
    }

    fn find_members(&self, is_input: &dyn Fn(&str) -> bool) -> Members {
        let start = self.bytes.as_ptr() as usize;
        // The values are not parsed here: later, each is parsed straight into its own type.
        match serde_json::from_slice::<BTreeMap<String, &RawValue>>(without_bom(&self.bytes)) {
            Ok(members) => {
                let mut places = BTreeMap::new();
                for (name, raw) in members {
                    if is_input(&name) {
                        let at = raw.get().as_ptr() as usize - start;
                        places.insert(name, at..at + raw.get().len());
                    } else if let Err(error) = check(raw.get().as_bytes()) {
                        // A member that is no input is ignored, but must be valid JSON all the same.
                        return Members::Malformed(self.broken(raw.get().as_bytes(), &error));
                    }
                }
                Members::Some(places)
            }
            Err(_) => match check(without_bom(&self.bytes)) {
                Ok(()) => Members::NoObject,
                Err(error) => Members::Malformed(malformed(without_bom(&self.bytes), &error)),
            },
        }
    }

    /// Parses a member as a `T`: straight into the type, and only if that fails once more, with coercion and issues.
    pub(super) fn member<T>(
        &self,
        inputs: &[InputMeta],
        field: &FieldMeta,
        at: Range<usize>,
        how: &Extractor<T>,
    ) -> Result<T, Issues> {
        let bytes = &self.bytes[at];
        run_blocking(bytes.len(), || self.parse_member(inputs, field, bytes, how))
    }

    fn parse_member<T>(
        &self,
        inputs: &[InputMeta],
        field: &FieldMeta,
        bytes: &[u8],
        how: &Extractor<T>,
    ) -> Result<T, Issues> {
        if let Some(value) = (how.read)(bytes, &field.constraints) {
            return Ok(value);
        }
        match Outline::of(bytes) {
            Ok(outline) => {
                let mut collector = IssueCollector::in_body(bytes.len());
                let part = outline.whole(bytes);
                let secret = secrets(inputs).may_be_in(field, part);
                let value = collector.step(field.name, |collector| {
                    collector
                        .secretly(secret, |collector| (how.coerce_part)(part, &field.constraints, collector))
                });
                match value {
                    Some(value) if collector.count() == 0 => Ok(value),
                    _ => Err(collector.into_issues()),
                }
            }
            // The member has a number that is out of range for any JSON value.
            Err(error) => Err(vec![self.broken(bytes, &error)]),
        }
    }

    /// The issue of a malformed member. If the body as a whole is malformed, it is reported for the body, with its
    /// position there.
    fn broken(&self, part: &[u8], error: &serde_json::Error) -> Issue {
        let whole = without_bom(&self.bytes);
        match check(whole) {
            Err(error) => malformed(whole, &error),
            Ok(()) => malformed(part, error),
        }
    }
}

/// The secrets among the inputs that are taken from the body.
pub(crate) fn secrets(inputs: &[InputMeta]) -> Secrets {
    Secrets::of(inputs.iter().filter(|input| input.place.is_body()).map(|input| &input.field))
}

/// Whether one of these issues is that the body is not valid JSON.
pub(super) fn are_malformed(issues: &[Issue]) -> bool {
    issues.iter().any(|issue| matches!(issue.kind, IssueKind::JsonInvalid { .. }))
}
