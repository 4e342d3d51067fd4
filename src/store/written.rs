//! What a transaction has written, for what is looked at no sooner than when it is committed.

use std::collections::BTreeSet;

use super::{Action, StoreError, Write};

/// The tables that a transaction has written to.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Those that have rows which are new or others now.
    kept: BTreeSet<&'static str>,
    any: bool,
}

impl Written {
    /// Notes a write to this table.
    pub(super) fn note(&mut self, write: &Write, table: &'static str) {
        self.any = true;
        if !matches!(write.action, Action::Delete { .. }) {
            self.kept.insert(table);
        }
    }

    /// What it is to whoever commits that a foreign key is broken, where `refers` tells whether one of a table is:
    /// either a row that was written refers to none, or a row that is gone, or another now, was referred to. Nothing,
    /// where only statements of somebody's own have written.
    pub(super) fn broken(&self, refers: impl Fn(&str) -> bool) -> Option<StoreError> {
        match self.kept.iter().any(|table| refers(table)) {
            true => Some(StoreError::Reference { column: None }),
            false => self.any.then_some(StoreError::Referenced),
        }
    }
}
