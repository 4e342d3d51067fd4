//! Writes, as data.

use std::ops::Deref;

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
    pub conditions: BoxedConditions,
}

/// The conditions of a write, in a box unless there are none: most writes have none, and are not to carry them along.
#[derive(Clone, Debug)]
pub struct BoxedConditions(Option<Box<Conditions>>);

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
    /// The columns that the caller may not set in every row.
    pub fields: Vec<FieldCondition>,
    /// The rows that the caller may see after the write. Unless these are all, a result row of visible columns ends with
    /// a truth value that says whether it is one of them.
    pub shown: Condition,
}

/// A condition on a column that is set.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldCondition {
    /// Nothing is written, and the error is [`StoreError::FieldsNotPermitted`], unless the caller may set the column, or may
    /// see it and the new value is the one that stands. Of an insert, whose row has no value that stands, only the first
    /// is asked, on the new row.
    Required {
        /// The position of the column.
        column: usize,
        /// The rows in which the caller may set it.
        settable: Condition,
        /// The rows in which the caller may see it.
        seen: Condition,
    },
    /// An update sets the column only in rows for which this is true. In all others it keeps its value.
    KeptUnless(usize, Condition),
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
        let after = scope.condition().clone();
        Conditions { scope, before: Vec::new(), after, fields: Vec::new(), shown: Condition::TRUE }
    }
}

impl BoxedConditions {
    /// Whether the write is unconditional.
    pub(super) fn are_none(&self) -> bool {
        self.0.is_none()
    }
}

impl From<Scope> for BoxedConditions {
    fn from(scope: Scope) -> Self {
        match scope.is_all() {
            true => BoxedConditions(None),
            false => Conditions::from(scope).into(),
        }
    }
}

impl From<Conditions> for BoxedConditions {
    fn from(conditions: Conditions) -> Self {
        BoxedConditions(Some(Box::new(conditions)))
    }
}

impl Deref for BoxedConditions {
    type Target = Conditions;

    fn deref(&self) -> &Conditions {
        static NONE: Conditions = Conditions {
            scope: Scope::all(),
            before: Vec::new(),
            after: Condition::TRUE,
            fields: Vec::new(),
            shown: Condition::TRUE,
        };
        self.0.as_deref().unwrap_or(&NONE)
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
    /// Whether an insert returns its row as it was sent, whatever that row is.
    pub(super) fn are_none_after(&self) -> bool {
        self.scope.masks().is_empty()
            && self.after.is_true()
            && self.fields.is_empty()
            && self.shown.is_true()
    }

    /// The conditions under which columns may be set: the column, where it may be set, and where it may be seen.
    pub(super) fn required(&self) -> impl Iterator<Item = (usize, &Condition, &Condition)> {
        self.fields.iter().filter_map(|field| match field {
            FieldCondition::Required { column, settable, seen } => Some((*column, settable, seen)),
            FieldCondition::KeptUnless(..) => None,
        })
    }

    /// The rows in which an update sets a column, if it keeps its value in others.
    pub(super) fn set_in(&self, column: usize) -> Option<&Condition> {
        self.fields.iter().find_map(|field| match field {
            FieldCondition::KeptUnless(kept, set_in) if *kept == column => Some(set_in),
            _ => None,
        })
    }

    /// The approximate size of their values in bytes.
    fn bytes(&self) -> usize {
        let before = self.before.iter().map(|(condition, _)| condition.bytes());
        let fields = self.fields.iter().map(|field| match field {
            FieldCondition::Required { settable, seen, .. } => settable.bytes() + seen.bytes(),
            FieldCondition::KeptUnless(_, set_in) => set_in.bytes(),
        });
        self.scope.bytes() + self.after.bytes() + self.shown.bytes() + before.chain(fields).sum::<usize>()
    }

    /// What a row of truth values says is refused: the first condition in `before` that is false, or else all columns that
    /// may not be set.
    pub(super) fn refusal(&self, row: &dyn Row) -> Result<Option<StoreError>, DecodeError> {
        for (index, (_, refusal)) in self.before.iter().enumerate() {
            if !is_true_at(row, index)? {
                return Ok(Some((*refusal).into()));
            }
        }
        let columns = refused_columns(self.required().map(|(column, ..)| column), row, self.before.len())?;
        Ok((!columns.is_empty()).then_some(StoreError::FieldsNotPermitted { columns }))
    }
}

/// Those of the columns whose truth values, which begin at a position of a row, are false.
pub(super) fn refused_columns(
    columns: impl Iterator<Item = usize>,
    row: &dyn Row,
    start: usize,
) -> Result<Vec<usize>, DecodeError> {
    let mut refused = Vec::new();
    for (index, column) in columns.enumerate() {
        if !is_true_at(row, start + index)? {
            refused.push(column);
        }
    }
    Ok(refused)
}

/// Whether a column of truth values is true. NULL counts as false.
pub(crate) fn is_true_at(row: &dyn Row, index: usize) -> Result<bool, DecodeError> {
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

    /// Whether its conditions may refuse it. A row out of scope is not there, which is no refusal, but for an upsert.
    pub(super) fn may_be_refused(&self) -> bool {
        let Conditions { scope, before, after, fields, shown: _ } = &*self.conditions;
        let is_upsert = matches!(self.action, Action::Upsert { .. });
        let is_required = |field: &FieldCondition| matches!(field, FieldCondition::Required { .. });
        !before.is_empty()
            || !after.is_true()
            || fields.iter().any(is_required)
            || (is_upsert && !scope.is_all())
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
