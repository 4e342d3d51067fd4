//! Reads, as data.

use super::{Scope, TableId};
use crate::resource::{Comparison, Condition};
use crate::value::Value;

/// The greatest `limit` and `skip` of a page that takes a fraction of a millisecond, so that what stands behind it hardly
/// waits.
const SHORT_LIMIT: u64 = 200;
const SHORT_SKIP: u64 = 1000;

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

    /// Whether this takes no longer than a short page, however many rows the table has. A filter without an index may look
    /// at all of them.
    pub(super) fn is_short(&self, key: usize, indexes: &[Vec<usize>]) -> bool {
        self.key().is_some()
            || (self.limit <= SHORT_LIMIT
                && self.skip <= SHORT_SKIP
                && (self.is_plain() || self.is_page_of_index(key, indexes)))
    }

    /// Whether this is a page of all rows by their keys.
    fn is_plain(&self) -> bool {
        self.columns != Columns::Count
            && self.order.is_empty()
            && self.filter.is_true()
            && self.scope.is_all()
    }

    /// Whether an engine reads these rows in the order of an index, without looking at others. `key` is the position of
    /// the key's column, and `indexes` are the columns of the indexes.
    pub(super) fn is_page_of_index(&self, key: usize, indexes: &[Vec<usize>]) -> bool {
        if self.columns == Columns::Count {
            return false;
        }
        let masks = self.scope.masks();
        let is_masked = |column: usize| masks.iter().any(|mask| mask.column == column);
        let by_key = [key];
        let order: Vec<usize> = match &*self.order {
            [] => by_key.to_vec(),
            order => order.iter().map(|order| order.column).collect(),
        };
        let is_even = self.order.iter().all(|order| order.descending == self.order[0].descending);
        if order.iter().any(|column| is_masked(*column)) {
            return false;
        }
        let mut asked = Asked::default();
        if !is_even || !asked.add(&self.filter) {
            return false;
        }
        // What a masked column is compared with, no index has.
        if asked.equal.iter().chain(asked.range.iter().flatten()).any(|column| is_masked(*column)) {
            return false;
        }
        if !asked.add(self.scope.condition()) {
            return false;
        }
        indexes.iter().map(Vec::as_slice).chain([by_key.as_slice()]).any(|index| {
            // The rows with these values lie side by side, in the order of the columns after these.
            let (equal, sorted) = index.split_at_checked(asked.equal.len()).unwrap_or((index, &[]));
            equal.iter().all(|column| asked.equal.contains(column))
                && sorted.starts_with(&order)
                && asked.range.iter().all(|range| order.starts_with(range))
        })
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

/// What a filter asks of columns, if each of its conditions is one that an index can serve.
#[derive(Default)]
struct Asked {
    /// The columns that have a certain value.
    equal: Vec<usize>,
    /// The columns that begin or end at a value, several where these are compared as a row.
    range: Vec<Vec<usize>>,
}

impl Asked {
    /// Adds what a condition asks. Returns whether an index can serve all of it.
    fn add(&mut self, filter: &Condition) -> bool {
        match filter {
            Condition::All(all) => return all.iter().all(|condition| self.add(condition)),
            Condition::Compare { column, comparison: Comparison::Equal, .. } => {
                if !self.equal.contains(column) {
                    self.equal.push(*column);
                }
            }
            Condition::Compare { comparison: Comparison::NotEqual, .. } => return false,
            Condition::Compare { column, .. } => self.range.push(vec![*column]),
            Condition::CompareRow { columns, .. } => {
                self.range.push(columns.iter().map(|(column, _)| *column).collect());
            }
            _ => return false,
        }
        true
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

#[cfg(test)]
mod tests {
    use super::super::Mask;
    use super::*;

    const KEY: usize = 0;

    fn page(filter: Condition, order: &[(usize, bool)]) -> bool {
        is_page(filter, order, Scope::all())
    }

    fn is_page(filter: Condition, order: &[(usize, bool)], scope: Scope) -> bool {
        let order = order.iter();
        let order = order.map(|(column, descending)| Order {
            column: *column,
            descending: *descending,
            may_be_null: false,
        });
        let select =
            Select { filter, order: order.collect(), ..Select::page(0, Columns::Visible, 0, 20, scope) };
        select.is_page_of_index(KEY, &[vec![1, 2, KEY], vec![3]])
    }

    #[test]
    fn pages_that_an_index_has_in_their_order() {
        let compare =
            |column, comparison| Condition::Compare { column, comparison, value: Value::Integer(5) };
        let (equal, greater) =
            (|column| compare(column, Comparison::Equal), |column| compare(column, Comparison::Greater));
        let row = |columns: &[usize]| Condition::CompareRow {
            columns: columns.iter().map(|column| (*column, Value::Integer(5))).collect(),
            comparison: Comparison::Less,
        };
        for (filter, order, is_page) in [
            (Condition::TRUE, &[][..], true),
            (greater(KEY), &[], true),
            (Condition::TRUE, &[(KEY, true)], true),
            (equal(1).and(greater(2)), &[(2, true), (KEY, true)], true),
            (equal(1), &[(2, false), (KEY, false)], true),
            (equal(1).and(row(&[2, KEY])), &[(2, true), (KEY, true)], true),
            (equal(2).and(equal(1)), &[], true),
            (Condition::TRUE, &[(1, false), (2, false), (KEY, false)], true),
            (greater(3), &[(3, true)], true),
            // Rows are sorted, or looked at in vain.
            (equal(1), &[], false),
            (equal(1), &[(2, true), (KEY, false)], false),
            (equal(2), &[(1, false)], false),
            (equal(1).and(equal(3)), &[(2, false), (KEY, false)], false),
            (equal(1).and(greater(3)), &[(2, false), (KEY, false)], false),
            (equal(1).and(greater(KEY)), &[(2, false), (KEY, false)], false),
            (Condition::Null { column: 1 }, &[], false),
            (equal(1).or(equal(2)), &[], false),
            (compare(3, Comparison::NotEqual), &[(3, false)], false),
        ] {
            assert_eq!(page(filter.clone(), order), is_page, "{filter:?} {order:?}");
        }
    }

    /// The rows of an owner are those of an index too; but no index has what a masked column shows.
    #[test]
    fn pages_of_a_scope() {
        let equal =
            |column| Condition::Compare { column, comparison: Comparison::Equal, value: Value::Integer(5) };
        let owner = || Scope::of(equal(1));
        assert!(is_page(Condition::TRUE, &[(2, false), (KEY, false)], owner()));
        assert!(is_page(equal(2), &[], owner()));
        assert!(!is_page(Condition::TRUE, &[], Scope::of(equal(1).or(equal(2)))));
        assert!(!is_page(equal(3), &[], owner()));
        let masked = |column| Scope::all().masked(vec![Mask { column, shown: equal(1) }]);
        assert!(!is_page(Condition::TRUE, &[(3, false)], masked(3)));
        assert!(is_page(Condition::TRUE, &[(3, false)], masked(4)));
        assert!(!is_page(equal(1).and(equal(2)), &[], masked(1)));
    }
}
