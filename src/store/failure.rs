//! Why a store did not do what it was told, or could not be opened.

use std::fmt;

use super::{Action, Write};
use crate::issue::Issues;

/// Why a store did not do what it was told. Nothing was written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Another row has the value of this column; where several values are taken, the first of them in the order
    /// of the table's columns.
    UniqueViolation {
        /// Its position in the table.
        column: usize,
    },
    /// A foreign key wants a row that is not there.
    Reference {
        /// The position of its column in the table, if that is known.
        column: Option<usize>,
    },
    /// A foreign key of other rows wants this row as it is.
    Referenced,
    /// The row is not any more as it was expected to be.
    Stale,
    /// The caller may not change the row, or not so.
    NotPermitted,
    /// What was to be made of a stored value has issues.
    Invalid(Issues),
    /// Others were in the way of a transaction; it may succeed when all of it is tried again.
    Contention(String),
    /// The store is busy, full, or gone; later it may not be.
    Unavailable(String),
    /// The store is damaged, or holds what it should not.
    Internal(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::UniqueViolation { column } => write!(f, "the value of column {column} is taken"),
            StoreError::Reference { column: Some(column) } => {
                write!(f, "column {column} refers to a row that is not there")
            }
            StoreError::Reference { column: None } => f.write_str("it refers to a row that is not there"),
            StoreError::Referenced => f.write_str("other rows refer to it"),
            StoreError::Stale => f.write_str("the row has changed"),
            StoreError::NotPermitted => f.write_str("the row may not be written so"),
            StoreError::Invalid(issues) => write!(f, "{} issue(s) after merging", issues.len()),
            StoreError::Contention(why) | StoreError::Unavailable(why) | StoreError::Internal(why) => {
                f.write_str(why)
            }
        }
    }
}

impl std::error::Error for StoreError {}

impl StoreError {
    /// The same, where it may have been written nevertheless.
    pub(super) fn perhaps(self) -> Self {
        match self {
            StoreError::Unavailable(why) => {
                StoreError::Unavailable(format!("{why}; what was being committed may have been written"))
            }
            error => error,
        }
    }

    /// What it is to this write: whoever removes a row refers to none.
    pub(super) fn of(self, write: &Write) -> Self {
        match (self, &write.action) {
            (StoreError::Reference { .. }, Action::Delete { .. }) => StoreError::Referenced,
            (error, _) => error,
        }
    }
}

/// Why a store could not be opened; the text is for whoever launches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenError(pub String);

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}
