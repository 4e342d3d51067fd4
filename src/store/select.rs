//! What is read.

use super::{Predicate, Scope, TableId};
use crate::value::Value;

/// Which columns a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Those that clients may see: [`Table::visible`](crate::resource::Table::visible), in that order.
    Visible,
    /// All of them, in the order of the table.
    All,
}

/// What is to be read: rows of a table, by ascending key.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// The table.
    pub table: TableId,
    /// Which columns the rows have.
    pub columns: Columns,
    /// Which rows are asked for.
    pub filter: Predicate,
    /// How many of them to pass over.
    pub skip: u64,
    /// How many to read at most.
    pub limit: u64,
    /// Which rows there are, for whoever asks.
    pub scope: Scope,
}

impl Select {
    /// The row of a key, if there is one.
    #[must_use]
    pub fn by_key(table: TableId, columns: Columns, key: Value, scope: Scope) -> Self {
        Select { table, columns, filter: Predicate::Key(key), skip: 0, limit: 1, scope }
    }

    /// A page of rows.
    #[must_use]
    pub fn page(table: TableId, columns: Columns, skip: u64, limit: u64, scope: Scope) -> Self {
        Select { table, columns, filter: Predicate::TRUE, skip, limit, scope }
    }

    /// The key, where at most one row is asked for by it.
    pub(super) fn key(&self) -> Option<&Value> {
        match &self.filter {
            Predicate::Key(key) => Some(key),
            _ => None,
        }
    }

    /// How many bytes it holds, about.
    pub(super) fn bytes(&self) -> u64 {
        (self.filter.bytes() + self.scope.bytes()) as u64
    }
}
