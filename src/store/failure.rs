//! The errors of a store.

use std::fmt;

use super::{Action, Write};
use crate::error::MAYBE_WRITTEN;
use crate::issue::Issues;

/// The error of a read, a write or a transaction. Nothing was written, unless the message says otherwise.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Another row has the same values in these columns, which are unique together. If several constraints are
    /// violated, it is the first of them: those of single columns come first, in the order of the table, alone or within
    /// each tenant, and then those of several, in the order of their declaration.
    UniqueViolation {
        /// The positions of the columns in the table.
        columns: Vec<usize>,
    },
    /// A foreign key refers to a row that does not exist.
    Reference {
        /// The position of the foreign key's column in the table, if it is known.
        column: Option<usize>,
    },
    /// Other rows refer to this row, so it cannot be deleted, or its key cannot be changed.
    Referenced,
    /// The row has changed since the caller read it.
    Stale,
    /// The caller lacks the permission to change the row, or to change it in this way.
    NotPermitted,
    /// The caller lacks the permission to set these columns of the row.
    FieldsNotPermitted {
        /// The positions of the columns in the table.
        columns: Vec<usize>,
    },
    /// A value that was computed from a stored one is invalid.
    Invalid(Issues),
    /// The transaction conflicts with another one. It may succeed if all of it is retried.
    Contention(String),
    /// The store is busy, full or unreachable, which may be temporary.
    Unavailable(String),
    /// The store is damaged, or has values that cannot be decoded.
    Internal(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::UniqueViolation { columns } => match &**columns {
                [column] => write!(f, "the value of column {column} is taken"),
                columns => write!(f, "the values of columns {columns:?} are taken"),
            },
            StoreError::Reference { column: Some(column) } => {
                write!(f, "column {column} refers to a row that is not there")
            }
            StoreError::Reference { column: None } => f.write_str("it refers to a row that is not there"),
            StoreError::Referenced => f.write_str("other rows refer to it"),
            StoreError::Stale => f.write_str("the row has changed"),
            StoreError::NotPermitted => f.write_str("the row may not be written so"),
            StoreError::FieldsNotPermitted { columns } => write!(f, "columns {columns:?} may not be set"),
            StoreError::Invalid(issues) => write!(f, "{} issue(s) after merging", issues.len()),
            StoreError::Contention(why) | StoreError::Unavailable(why) | StoreError::Internal(why) => {
                f.write_str(why)
            }
        }
    }
}

impl std::error::Error for StoreError {}

impl StoreError {
    /// The same error, whose message adds that the commit may have succeeded nevertheless.
    pub(super) fn maybe_committed(self) -> Self {
        match self {
            StoreError::Unavailable(why) => StoreError::Unavailable(format!("{why}; {MAYBE_WRITTEN}")),
            error => error,
        }
    }

    /// The same error, for this write: a delete violates a foreign key of other rows only.
    pub(super) fn of(self, write: &Write) -> Self {
        match (self, &write.action) {
            (StoreError::Reference { .. }, Action::Delete { .. }) => StoreError::Referenced,
            (error, _) => error,
        }
    }
}

/// The error of opening a store, as a message for the person who starts the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenError(pub String);

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}
