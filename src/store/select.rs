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

    /// If this reads the rows that come after another one in several columns, these rows in two reads: at first those
    /// that differ from it only in the last of these columns, and then the others.
    pub(super) fn divided(&self) -> Option<(Select, Select)> {
        if self.skip > 0 || self.columns == Columns::Count {
            return None;
        }
        let (near, far) = divided(&self.filter)?;
        let with = |filter| Select { filter, order: self.order.clone(), scope: self.scope.clone(), ..*self };
        Some((with(near), with(far)))
    }

    /// The approximate size of its values in bytes.
    pub(super) fn bytes(&self) -> u64 {
        (self.filter.bytes() + self.scope.bytes()) as u64
    }
}

fn divided(filter: &Condition) -> Option<(Condition, Condition)> {
    match filter {
        Condition::CompareRow { columns, comparison } => {
            let ((column, value), others) = columns.split_last()?;
            let equal = |(column, value): &(usize, Value)| Condition::Compare {
                column: *column,
                comparison: Comparison::Equal,
                value: value.clone(),
            };
            let last = Condition::Compare { column: *column, comparison: *comparison, value: value.clone() };
            let near = others.iter().map(equal).chain([last]).collect();
            let far = match others {
                [(column, value)] => {
                    Condition::Compare { column: *column, comparison: *comparison, value: value.clone() }
                }
                others => Condition::CompareRow { columns: others.to_vec(), comparison: *comparison },
            };
            Some((Condition::All(near), far))
        }
        Condition::All(all) => {
            let (position, (near, far)) =
                all.iter().enumerate().find_map(|(at, part)| Some((at, divided(part)?)))?;
            let with = |part| {
                let mut all = all.clone();
                all[position] = part;
                Condition::All(all)
            };
            Some((with(near), with(far)))
        }
        _ => None,
    }
}
