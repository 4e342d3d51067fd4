//! A statement that is ready to be run, and what becomes of the rows that it returns.

use std::borrow::Cow;

use super::draft::{Draft, Parameter};
use super::write::is_true_at;
use super::{Sink, StoreError};
use crate::resource::{ColumnType, DecodeError, Row};
use crate::value::ValueRef;

/// The greatest length in bytes of a statement that is kept prepared.
const LONGEST_KEPT: usize = 4096;

/// A statement with its parameters.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) parameters: Vec<Parameter<'a>>,
    /// The types of the result columns.
    pub(super) types: Cow<'a, [ColumnType]>,
    /// Whether the last result column is a truth value that says whether the written row is permitted.
    pub(super) checks_permission: bool,
}

impl<'a> Statement<'a> {
    pub(super) fn new(
        text: impl Into<Cow<'a, str>>,
        parameters: Vec<Parameter<'a>>,
        types: &'a [ColumnType],
    ) -> Self {
        Statement { text: text.into(), parameters, types: types.into(), checks_permission: false }
    }

    /// Whether a connection keeps it prepared. A long one is hardly asked for twice, and takes the memory of many.
    pub(super) fn is_kept(&self) -> bool {
        self.text.len() <= LONGEST_KEPT
    }

    pub(super) fn without_columns(draft: Draft<'a>) -> Self {
        Statement::new(draft.text, draft.parameters, &[])
    }

    /// Passes a row to a sink.
    ///
    /// # Errors
    /// The row is not permitted, or cannot be decoded.
    pub(super) fn send_row(&self, row: &dyn Row, sink: &mut dyn Sink) -> Result<(), RowError> {
        if !self.checks_permission {
            return sink.row(row).map_err(RowError::Undecodable);
        }
        let check = self.types.len() - 1;
        sink.row(&WithoutCheck { row, check }).map_err(RowError::Undecodable)?;
        match is_true_at(row, check).map_err(RowError::Undecodable)? {
            true => Ok(()),
            false => Err(RowError::NotPermitted),
        }
    }
}

/// A row without its last column, which says whether the row is permitted.
struct WithoutCheck<'a> {
    row: &'a dyn Row,
    check: usize,
}

impl Row for WithoutCheck<'_> {
    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        self.row.get(index)
    }

    fn width(&self) -> usize {
        self.check
    }
}

/// An `INSERT` without `RETURNING`. It is also the [`Row`] that was inserted, as all of its values are known.
pub(super) struct Insert<'a> {
    pub(super) statement: Statement<'a>,
    /// The columns of the result row, as positions in the table.
    pub(super) columns: &'a [usize],
    /// For each column of the table, the number of its parameter in the insert. An auto-increment key has none.
    pub(super) inserted: &'a [Option<usize>],
    /// The key of the row, if the engine counts it.
    pub(super) auto_increment: i64,
}

impl Row for Insert<'_> {
    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        match self.columns.get(index).map(|column| self.inserted[*column]) {
            Some(Some(position)) => Ok(match self.statement.parameters[position - 1].value {
                // An engine may store negative zero without its sign.
                ValueRef::Real(real) => ValueRef::Real(real + 0.0),
                value => value,
            }),
            Some(None) => Ok(ValueRef::Integer(self.auto_increment)),
            None => Err(DecodeError(format!("there is no column {index}"))),
        }
    }

    fn width(&self) -> usize {
        self.columns.len()
    }
}

/// The reason why a result row was refused.
pub(super) enum RowError {
    NotPermitted,
    Undecodable(DecodeError),
}

impl RowError {
    /// The error for the caller; `undecodable` adds the table's name.
    pub(super) fn into_store_error(self, undecodable: impl FnOnce(DecodeError) -> StoreError) -> StoreError {
        match self {
            RowError::NotPermitted => StoreError::NotPermitted,
            RowError::Undecodable(found) => undecodable(found),
        }
    }
}
