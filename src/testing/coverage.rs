//! What the proofs have seen so far.

use std::collections::BTreeMap;

use crate::resource::{Operation, ResourceMeta};

/// The part of a resource's rules that a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    Tenant,
    Read,
    Create,
    Update,
    Delete,
    Check,
    /// Of the field at this position.
    FieldRead(usize),
    FieldWrite(usize),
}

impl Part {
    /// The rule of an operation.
    pub(super) fn of(operation: Operation) -> Self {
        match operation {
            Operation::List | Operation::Read => Part::Read,
            Operation::Create => Part::Create,
            Operation::Replace | Operation::Patch => Part::Update,
            Operation::Delete => Part::Delete,
        }
    }

    pub(super) fn name(self, meta: &ResourceMeta) -> String {
        let field = |column: usize| meta.object.fields[column].name;
        match self {
            Part::Tenant => "tenant".to_owned(),
            Part::Read => "read".to_owned(),
            Part::Create => "create".to_owned(),
            Part::Update => "update".to_owned(),
            Part::Delete => "delete".to_owned(),
            Part::Check => "with_check".to_owned(),
            Part::FieldRead(column) => format!("read of the field `{}`", field(column)),
            Part::FieldWrite(column) => format!("write of the field `{}`", field(column)),
        }
    }
}

/// How often each rule was true and not.
#[derive(Default)]
pub(super) struct Coverage {
    seen: BTreeMap<(&'static str, Part), [u64; 2]>,
    /// How many requests were sent.
    pub(super) requests: u64,
    /// How many answers differed by a value that is taken.
    pub(super) conflicts: u64,
}

impl Coverage {
    pub(super) fn saw(&mut self, resource: &'static str, part: Part, holds: bool) {
        self.seen.entry((resource, part)).or_default()[usize::from(holds)] += 1;
    }

    /// How often a rule was not true, and how often it was.
    pub(super) fn of(&self, resource: &'static str, part: Part) -> [u64; 2] {
        self.seen.get(&(resource, part)).copied().unwrap_or_default()
    }
}
