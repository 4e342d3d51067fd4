//! What is written.

use super::{Columns, Predicate, Scope, StoreError, TableId};
use crate::resource::{Change, DecodeError, Row};
use crate::value::{Value, ValueRef};

/// What is to be written. It happens whole or not at all, and is on disk when it is answered.
#[derive(Debug)]
pub struct Write {
    /// The table.
    pub table: TableId,
    /// Which columns the row has that is shown.
    pub columns: Columns,
    /// What happens to the row.
    pub action: Action,
    /// When it may happen.
    pub conditions: Conditions,
}

/// What happens to a row.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// It is added; every column has a value but a key that the store counts up.
    Insert {
        /// The values, by column.
        values: Vec<(usize, Value)>,
    },
    /// It is added, or overwrites the one that has its key but for the columns that are preserved.
    Upsert {
        /// The values, by column: of every column.
        values: Vec<(usize, Value)>,
    },
    /// The row of this key is changed, if there is one.
    Update {
        /// The key.
        key: Value,
        /// What happens, by column; at least to one.
        changes: Vec<(usize, Change)>,
    },
    /// The row of this key is removed, if there is one.
    Delete {
        /// The key.
        key: Value,
    },
}

/// When a write may happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// Which rows there are, for whoever writes.
    pub scope: Scope,
    /// What must be so of the row as it is, and what it is to the writer where it is not: looked at in the statement
    /// that writes. A row that is inserted is not there before, so that an insert has none.
    pub before: Vec<(Predicate, Refusal)>,
    /// What must be so of the row as it then is; else nothing is written, and it is [`StoreError::NotPermitted`].
    pub after: Predicate,
}

/// Why a row that is there is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else has changed it.
    Stale,
    /// The caller may not.
    NotPermitted,
}

/// A caller writes rows of their scope alone, and makes no others of them.
impl From<Scope> for Conditions {
    fn from(scope: Scope) -> Self {
        Conditions { after: scope.predicate().clone(), scope, before: Vec::new() }
    }
}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Stale => StoreError::Stale,
            Refusal::NotPermitted => StoreError::NotPermitted,
        }
    }
}

impl Conditions {
    /// Whether there are none.
    pub(super) fn are_none(&self) -> bool {
        self.scope.is_all() && self.before.is_empty() && self.after.is_true()
    }

    /// How many bytes they hold, about.
    fn bytes(&self) -> usize {
        let before = self.before.iter().map(|(predicate, _)| predicate.bytes());
        self.scope.bytes() + self.after.bytes() + before.sum::<usize>()
    }

    /// The first of those on the row as it is that this row of their truth values says is not so.
    pub(super) fn refusal(&self, row: &dyn Row) -> Result<Option<Refusal>, DecodeError> {
        for (index, (_, refusal)) in self.before.iter().enumerate() {
            if !is_so(row, index)? {
                return Ok(Some(*refusal));
            }
        }
        Ok(None)
    }
}

/// Whether a column of truth values says that something is so.
pub(super) fn is_so(row: &dyn Row, index: usize) -> Result<bool, DecodeError> {
    Ok(!matches!(row.get(index)?, ValueRef::Null | ValueRef::Integer(0)))
}

impl Write {
    /// Whether a value is made of the stored one.
    pub(super) fn is_computed(&self) -> bool {
        match &self.action {
            Action::Update { changes, .. } => changes.iter().any(|(_, change)| change.compute().is_some()),
            _ => false,
        }
    }

    /// The key of the row that is written, where it is known beforehand; `key` is the position of its column.
    pub(super) fn key(&self, key: usize) -> Option<&Value> {
        match &self.action {
            Action::Update { key, .. } | Action::Delete { key } => Some(key),
            Action::Insert { values } | Action::Upsert { values } => {
                values.iter().find(|(column, _)| *column == key).map(|(_, key)| key)
            }
        }
    }

    /// The values that it was given for columns.
    pub(super) fn given(&self) -> impl Iterator<Item = (usize, &Value)> {
        let (values, changes) = match &self.action {
            Action::Insert { values } | Action::Upsert { values } => (&**values, &[][..]),
            Action::Update { changes, .. } => (&[][..], &**changes),
            Action::Delete { .. } => (&[][..], &[][..]),
        };
        let set = changes.iter().filter_map(|(column, change)| match change {
            Change::Set(value) => Some((*column, value)),
            Change::Compute(_) | Change::Merge { .. } => None,
        });
        values.iter().map(|(column, value)| (*column, value)).chain(set)
    }

    /// What it is that no row was written though no condition was refused: there is none, or, for a row that would
    /// have been added, the one that has its key is out of reach.
    pub(super) fn not_written(&self) -> Result<(), StoreError> {
        match self.action {
            Action::Upsert { .. } => Err(StoreError::NotPermitted),
            _ => Ok(()),
        }
    }

    /// The values that it was given for columns, and those that were computed of stored ones.
    pub(super) fn given_and<'a>(
        &'a self,
        computed: &'a [(usize, Value)],
    ) -> impl Iterator<Item = (usize, &'a Value)> {
        self.given().chain(computed.iter().map(|(column, value)| (*column, value)))
    }

    /// How many bytes it holds, about.
    pub(super) fn bytes(&self) -> u64 {
        let bytes = match &self.action {
            Action::Insert { values } | Action::Upsert { values } => {
                values.iter().map(|(_, value)| value.bytes()).sum()
            }
            Action::Update { key, changes } => {
                key.bytes() + changes.iter().map(|(_, change)| change.bytes()).sum::<usize>()
            }
            Action::Delete { key } => key.bytes(),
        };
        (bytes + self.conditions.bytes()) as u64
    }
}
