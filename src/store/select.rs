//! Reads, as data.

use super::{Scope, TableId};
use crate::resource::{Comparison, Condition};
use crate::value::Value;

/// The columns of a result row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// The columns that clients may see: [`Table::visible`](crate::resource::Table::visible), in that order.
    Visible,
    /// All columns, in the order of the table.
    All,
    /// Only how many rows there are, as a single row with a single integer.
    Count,
}

/// A column that rows are sorted by. NULL is greater than every value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The position of the column in the table.
    pub column: usize,
    /// Whether the greatest value is first.
    pub descending: bool,
    /// Whether the column is NULL in some of the rows.
    pub may_be_null: bool,
}

/// A read of rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// The table.
    pub table: TableId,
    /// The columns of the result rows.
    pub columns: Columns,
    /// The requested rows.
    pub filter: Condition,
    /// The columns that the rows are sorted by. If there are none, that is the key, in ascending order.
    pub order: Vec<Order>,
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
        Select { table, columns, filter: Condition::Key(key), order: Vec::new(), skip: 0, limit: 1, scope }
    }

    /// Reads a page of rows.
    #[must_use]
    pub fn page(table: TableId, columns: Columns, skip: u64, limit: u64, scope: Scope) -> Self {
        Select { table, columns, filter: Condition::TRUE, order: Vec::new(), skip, limit, scope }
    }

    /// The key, if this reads a row by its key.
    pub(super) fn key(&self) -> Option<&Value> {
        match &self.filter {
            Condition::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Whether an engine reads these rows in the order of the key, without looking at others; `key` is the position of
    /// the key's column.
    pub(super) fn is_page_of_keys(&self, key: usize) -> bool {
        let is_range = match &self.filter {
            Condition::Compare { column, comparison: Comparison::Greater, .. } => *column == key,
            filter => filter.is_true(),
        };
        is_range && self.order.is_empty() && self.scope.is_all() && self.columns != Columns::Count
    }

    /// The approximate size of its values in bytes.
    pub(super) fn bytes(&self) -> u64 {
        (self.filter.bytes() + self.scope.bytes()) as u64
    }
}
