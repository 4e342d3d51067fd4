//! Reads, as data.

use super::{Predicate, Scope, TableId};
use crate::value::Value;

/// The columns of a result row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// The columns that clients may see: [`Table::visible`](crate::resource::Table::visible), in that order.
    Visible,
    /// All columns, in the order of the table.
    All,
}

/// A read of rows of a table, in ascending order of the key.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// The table.
    pub table: TableId,
    /// The columns of the result rows.
    pub columns: Columns,
    /// The requested rows.
    pub filter: Predicate,
    /// The number of rows to skip.
    pub skip: u64,
    /// The maximal number of rows.
    pub limit: u64,
    /// The rows that the caller may see.
    pub scope: Scope,
}

impl Select {
    /// Reads the row with a key, if there is one.
    #[must_use]
    pub fn by_key(table: TableId, columns: Columns, key: Value, scope: Scope) -> Self {
        Select { table, columns, filter: Predicate::Key(key), skip: 0, limit: 1, scope }
    }

    /// Reads a page of rows.
    #[must_use]
    pub fn page(table: TableId, columns: Columns, skip: u64, limit: u64, scope: Scope) -> Self {
        Select { table, columns, filter: Predicate::TRUE, skip, limit, scope }
    }

    /// The key, if this reads a row by its key.
    pub(super) fn key(&self) -> Option<&Value> {
        match &self.filter {
            Predicate::Key(key) => Some(key),
            _ => None,
        }
    }

    /// The approximate size of its values in bytes.
    pub(super) fn bytes(&self) -> u64 {
        (self.filter.bytes() + self.scope.bytes()) as u64
    }
}
