//! Records which tables a transaction has written, to explain a deferred foreign key that fails at the commit.

use std::collections::BTreeSet;

use super::{Action, StoreError, Write};

/// The tables that a transaction has written to.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The tables in which rows were inserted or changed.
    changed: BTreeSet<&'static str>,
    /// Whether anything was written.
    any: bool,
}

impl Written {
    /// Records a write to this table.
    pub(super) fn note(&mut self, write: &Write, table: &'static str) {
        self.any = true;
        if !matches!(write.action, Action::Delete { .. }) {
            self.changed.insert(table);
        }
    }

    /// The error of a commit that violates a foreign key; `is_violated` says whether one of a table is. Either a
    /// written row refers to a row that does not exist, or other rows refer to one that was deleted or changed. It is
    /// `None` if only statements of the user's own have written.
    pub(super) fn violation(&self, is_violated: impl Fn(&str) -> bool) -> Option<StoreError> {
        match self.changed.iter().any(|table| is_violated(table)) {
            true => Some(StoreError::Reference { column: None }),
            false => self.any.then_some(StoreError::Referenced),
        }
    }
}
