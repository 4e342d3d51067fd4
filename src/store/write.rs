//! Writes, as data.

use super::{Columns, Scope, StoreError, TableId};
use crate::resource::{Change, Condition, DecodeError, Row};
use crate::value::{Value, ValueRef};

/// A write of one row. It is atomic, and durable before its outcome is reported.
#[derive(Debug)]
pub struct Write {
    /// The table.
    pub table: TableId,
    /// The columns of the result row.
    pub columns: Columns,
    /// What is done to the row.
    pub action: Action,
    /// The conditions under which it is done.
    pub conditions: Conditions,
}

/// What is done to a row.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// Inserts it. All columns have values, except an auto-increment key.
    Insert {
        /// The values, by column.
        values: Vec<(usize, Value)>,
    },
    /// Inserts it, or overwrites the row with the same key, except for its preserved columns.
    Upsert {
        /// The values of all columns, by column.
        values: Vec<(usize, Value)>,
    },
    /// Changes the row with this key, if there is one.
    Update {
        /// The key.
        key: Value,
        /// The changes by column, at least one.
        changes: Vec<(usize, Change)>,
    },
    /// Deletes the row with this key, if there is one.
    Delete {
        /// The key.
        key: Value,
    },
}

/// The conditions of a write.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// The rows that the caller may see.
    pub scope: Scope,
    /// Conditions on the row before the write, each with the error if it is false. They are part of the statement that
    /// writes, so that no other write can come between. An insert has none, as its row does not exist before.
    pub before: Vec<(Condition, Refusal)>,
    /// A condition on the row after the write. If it is false, nothing is written, and the error is
    /// [`StoreError::NotPermitted`].
    pub after: Condition,
}

/// The reason why an existing row is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The row has changed since the caller read it.
    Stale,
    /// The caller lacks the permission.
    NotPermitted,
}

/// A caller writes rows of their scope alone, and makes no others of them.
impl From<Scope> for Conditions {
    fn from(scope: Scope) -> Self {
        Conditions { after: scope.condition().clone(), scope, before: Vec::new() }
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
    /// Whether the write is unconditional.
    pub(super) fn are_none(&self) -> bool {
        self.scope.is_all() && self.before.is_empty() && self.after.is_true()
    }

    /// The approximate size of their values in bytes.
    fn bytes(&self) -> usize {
        let before = self.before.iter().map(|(condition, _)| condition.bytes());
        self.scope.bytes() + self.after.bytes() + before.sum::<usize>()
    }

    /// The refusal of the first condition in `before` that is false, according to a row of their truth values.
    pub(super) fn refusal(&self, row: &dyn Row) -> Result<Option<Refusal>, DecodeError> {
        for (index, (_, refusal)) in self.before.iter().enumerate() {
            if !is_true_at(row, index)? {
                return Ok(Some(*refusal));
            }
        }
        Ok(None)
    }
}

/// Whether a column of truth values is true. NULL counts as false.
pub(super) fn is_true_at(row: &dyn Row, index: usize) -> Result<bool, DecodeError> {
    Ok(!matches!(row.get(index)?, ValueRef::Null | ValueRef::Integer(0)))
}

impl Write {
    /// Whether a new value is computed from a stored one.
    pub(super) fn is_computed(&self) -> bool {
        match &self.action {
            Action::Update { changes, .. } => changes.iter().any(|(_, change)| change.compute().is_some()),
            _ => false,
        }
    }

    /// The key of the written row, if it is known before the write; `key` is the position of the key's column.
    pub(super) fn key(&self, key: usize) -> Option<&Value> {
        match &self.action {
            Action::Update { key, .. } | Action::Delete { key } => Some(key),
            Action::Insert { values } | Action::Upsert { values } => {
                values.iter().find(|(column, _)| *column == key).map(|(_, key)| key)
            }
        }
    }

    /// The new values by column, without those that are computed.
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

    /// The outcome if no row was written although no condition was false. Usually the row does not exist, which is no
    /// error. An upsert, however, always writes, unless the row with its key is outside the caller's scope.
    pub(super) fn not_written(&self) -> Result<(), StoreError> {
        match self.action {
            Action::Upsert { .. } => Err(StoreError::NotPermitted),
            _ => Ok(()),
        }
    }

    /// The new values by column, with those that were computed from stored ones.
    pub(super) fn given_and<'a>(
        &'a self,
        computed: &'a [(usize, Value)],
    ) -> impl Iterator<Item = (usize, &'a Value)> {
        self.given().chain(computed.iter().map(|(column, value)| (*column, value)))
    }

    /// The approximate size of its values in bytes.
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
