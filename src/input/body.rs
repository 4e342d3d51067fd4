//! The body of a request, whole or member by member.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::Take;
use crate::issue::{Issue, IssueKind, Issues, Trail};
use crate::wire::{Body, Rules, malformed, unmarked};

/// The bytes of a body, and whether they are said to be JSON.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) json: bool,
}

/// The members of a body that stands for several inputs: where each lies in its bytes.
#[derive(Debug)]
pub(super) enum Members {
    /// It is none, or no object: nothing was sent.
    None,
    /// It is no JSON.
    Malformed(Issue),
    /// By name; of two of one name the last.
    Some(BTreeMap<String, Range<usize>>),
}

impl Bytes {
    pub(super) fn whole(&self) -> Body<'_> {
        Body { bytes: &self.bytes, json: self.json }
    }

    pub(super) fn members(&self) -> Members {
        if self.bytes.is_empty() || !self.json {
            return Members::None;
        }
        let start = self.bytes.as_ptr() as usize;
        // The values are not looked into yet; each is read straight into its own type.
        match serde_json::from_slice::<BTreeMap<Cow<'_, str>, &RawValue>>(unmarked(&self.bytes)) {
            Ok(members) => Members::Some(
                members
                    .into_iter()
                    .map(|(name, raw)| {
                        let at = raw.get().as_ptr() as usize - start;
                        (name.into_owned(), at..at + raw.get().len())
                    })
                    .collect(),
            ),
            Err(_) => match serde_json::from_slice::<Json>(unmarked(&self.bytes)) {
                Ok(_) => Members::None,
                Err(error) => Members::Malformed(malformed(unmarked(&self.bytes), &error)),
            },
        }
    }

    /// A member as a `T`: straight into the type, and only where that fails a second time.
    pub(super) fn member<T>(
        &self,
        name: &'static str,
        at: Range<usize>,
        rules: &Rules,
        how: &Take<T>,
    ) -> Result<T, Issues> {
        let bytes = &self.bytes[at];
        if let Some(value) = (how.read)(bytes, rules) {
            return Ok(value);
        }
        match serde_json::from_slice::<Json>(bytes) {
            Ok(input) => {
                let mut trail = Trail::at("body");
                let value = trail.step(name, |trail| (how.explain)(&input, rules, trail));
                match value {
                    Some(value) if trail.count() == 0 => Ok(value),
                    _ => Err(trail.into_issues()),
                }
            }
            // A number that no tree holds.
            Err(error) => match serde_json::from_slice::<Json>(unmarked(&self.bytes)) {
                Err(error) => Err(vec![malformed(unmarked(&self.bytes), &error)]),
                Ok(_) => Err(vec![malformed(bytes, &error)]),
            },
        }
    }
}

/// Whether these say that a body is no JSON at all.
pub(super) fn are_malformed(issues: &[Issue]) -> bool {
    issues.iter().any(|issue| matches!(issue.kind, IssueKind::JsonInvalid { .. }))
}
