//! The body of a request, whole or member by member.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

use super::Extractor;
use crate::issue::{Issue, IssueCollector, IssueKind, Issues};
use crate::wire::{Body, FieldMeta, Outline, apart, check, malformed, unmarked};

/// The bytes of a body, and whether they are said to be JSON.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) json: bool,
}

/// The members of a body that stands for several inputs: where each lies in its bytes.
#[derive(Debug)]
pub(super) enum Members {
    /// Nothing was sent.
    None,
    /// It is no object. FastAPI misses every member of it, those with a default too.
    NoObject,
    /// It is no JSON.
    Malformed(Issue),
    /// By name; of two of one name the last.
    Some(BTreeMap<String, Range<usize>>),
}

impl Bytes {
    pub(super) fn whole(&self) -> Body<'_> {
        Body { bytes: &self.bytes, json: self.json }
    }

    pub(super) fn members(&self, asked: &dyn Fn(&str) -> bool) -> Members {
        if self.bytes.is_empty() || !self.json {
            return Members::None;
        }
        apart(self.bytes.len(), || self.find_members(asked))
    }

    fn find_members(&self, asked: &dyn Fn(&str) -> bool) -> Members {
        let start = self.bytes.as_ptr() as usize;
        // The values are not looked into yet; each is read straight into its own type.
        match serde_json::from_slice::<BTreeMap<Cow<'_, str>, &RawValue>>(unmarked(&self.bytes)) {
            Ok(members) => {
                let mut places = BTreeMap::new();
                for (name, raw) in members {
                    // What nobody reads is passed over, and must be JSON all the same.
                    if !asked(&name)
                        && let Err(error) = check(raw.get().as_bytes())
                    {
                        return Members::Malformed(self.broken(raw.get().as_bytes(), &error));
                    }
                    let at = raw.get().as_ptr() as usize - start;
                    places.insert(name.into_owned(), at..at + raw.get().len());
                }
                Members::Some(places)
            }
            Err(_) => match check(unmarked(&self.bytes)) {
                Ok(()) => Members::NoObject,
                Err(error) => Members::Malformed(malformed(unmarked(&self.bytes), &error)),
            },
        }
    }

    /// A member as a `T`: straight into the type, and only where that fails a second time.
    pub(super) fn member<T>(
        &self,
        field: &FieldMeta,
        at: Range<usize>,
        how: &Extractor<T>,
    ) -> Result<T, Issues> {
        let bytes = &self.bytes[at];
        apart(bytes.len(), || self.look_at(field, bytes, how))
    }

    fn look_at<T>(&self, field: &FieldMeta, bytes: &[u8], how: &Extractor<T>) -> Result<T, Issues> {
        if let Some(value) = (how.read)(bytes, &field.constraints) {
            return Ok(value);
        }
        match Outline::of(bytes) {
            Ok(outline) => {
                let mut collector = IssueCollector::in_body(bytes.len());
                let value = collector.step(field.name, |collector| {
                    collector.secretly(field.write_only, |collector| {
                        (how.coerce_part)(outline.whole(bytes), &field.constraints, collector)
                    })
                });
                match value {
                    Some(value) if collector.count() == 0 => Ok(value),
                    _ => Err(collector.into_issues()),
                }
            }
            // A number that no tree holds.
            Err(error) => Err(vec![self.broken(bytes, &error)]),
        }
    }

    /// What is wrong with a part, told of the whole where that says the same.
    fn broken(&self, part: &[u8], error: &serde_json::Error) -> Issue {
        let whole = unmarked(&self.bytes);
        match check(whole) {
            Err(error) => malformed(whole, &error),
            Ok(()) => malformed(part, error),
        }
    }
}

/// Whether these say that a body is no JSON at all.
pub(super) fn are_malformed(issues: &[Issue]) -> bool {
    issues.iter().any(|issue| matches!(issue.kind, IssueKind::JsonInvalid { .. }))
}
