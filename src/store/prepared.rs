//! A statement that is ready to be run, and what becomes of the rows that it returns.

use std::borrow::Cow;

use super::draft::{Draft, Parameter};
use super::write::{is_true_at, refused_columns};
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
    /// What the truth values in the last result columns say of the written row.
    pub(super) checks: Checks,
}

/// What is asked of a row that was written. The truth values stand in this order, after all other columns.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// Whether the row is permitted.
    pub(super) row: bool,
    /// Columns of which it is asked whether they may be set.
    pub(super) columns: Vec<usize>,
}

impl<'a> Statement<'a> {
    pub(super) fn new(
        text: impl Into<Cow<'a, str>>,
        parameters: Vec<Parameter<'a>>,
        types: &'a [ColumnType],
    ) -> Self {
        Statement { text: text.into(), parameters, types: types.into(), checks: Checks::default() }
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
        let count = self.checks.count();
        if count == 0 {
            return sink.row(row).map_err(RowError::Undecodable);
        }
        let checks = self.types.len() - count;
        sink.row(&WithoutChecks { row, checks }).map_err(RowError::Undecodable)?;
        match self.checks.refusal(row, checks).map_err(RowError::Undecodable)? {
            None => Ok(()),
            Some(refused) => Err(RowError::Refused(refused)),
        }
    }
}

impl Checks {
    /// How many truth values there are.
    fn count(&self) -> usize {
        usize::from(self.row) + self.columns.len()
    }

    /// What the truth values say is refused, which begin at this position of a row.
    pub(super) fn refusal(&self, row: &dyn Row, start: usize) -> Result<Option<StoreError>, DecodeError> {
        let fields = start + usize::from(self.row);
        let columns = refused_columns(self.columns.iter().copied(), row, fields)?;
        if !columns.is_empty() {
            return Ok(Some(StoreError::FieldsNotPermitted { columns }));
        }
        let is_permitted = !self.row || is_true_at(row, start)?;
        Ok((!is_permitted).then_some(StoreError::NotPermitted))
    }
}

/// A row without its last columns, which say whether the row is permitted.
struct WithoutChecks<'a> {
    row: &'a dyn Row,
    checks: usize,
}

impl Row for WithoutChecks<'_> {
    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        self.row.get(index)
    }

    fn width(&self) -> usize {
        self.checks
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
    Refused(StoreError),
    Undecodable(DecodeError),
}

impl RowError {
    /// The error for the caller; `undecodable` adds the table's name.
    pub(super) fn into_store_error(self, undecodable: impl FnOnce(DecodeError) -> StoreError) -> StoreError {
        match self {
            RowError::Refused(error) => error,
            RowError::Undecodable(found) => undecodable(found),
        }
    }
}
