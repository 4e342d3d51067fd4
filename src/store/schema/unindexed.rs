//! A remark about filters and sorts that no index serves.
//!
//! Without an index they read the whole table, which is not noticed before it is large.

use super::compare::Comparison;
use super::dialect::SchemaDialect;
use super::introspect::LiveTable;
use crate::resource::{ColumnType, IndexedFilter, Role, TableColumn};
use crate::store::sql;
use crate::wire::Shape;

impl<D: SchemaDialect> Comparison<'_, D> {
    /// Adds the remark, with the words that add the missing indexes. `there` are the existing columns, by declared
    /// position and present name.
    pub(super) fn suggest_indexes(&mut self, found: Option<&LiveTable>, there: &[(usize, &str)]) {
        let table = self.table;
        let declared: Vec<usize> =
            sql::indexes::<D>(table).iter().filter_map(|index| index.columns.first().copied()).collect();
        let others: Vec<&str> = found
            .into_iter()
            .flat_map(|found| &found.indexes)
            .filter(|index| !self.live.is_own(index))
            .filter_map(|index| index.created_on().first().map(String::as_str))
            .collect();
        let is_served = |index: usize| {
            let live = there.iter().find(|(known, _)| *known == index).map(|(_, name)| *name);
            index == table.key
                || declared.contains(&index)
                || live.is_some_and(|live| others.iter().any(|other| D::same_name(other, live)))
        };
        let masked: Vec<&TableColumn> = table.columns.iter().filter(|column| column.masked).collect();
        if let Some(what) = filters_and_sorts(&masked) {
            self.notes.push(format!(
                "table `{}`: {what} read all rows for who does not see the field in every row, whether or not it has an \
                 index",
                table.name
            ));
        }
        let unserved = table.columns.iter().enumerate().filter(|(index, _)| !is_served(*index));
        let unserved: Vec<&TableColumn> = unserved.map(|(_, column)| column).collect();
        let Some(what) = filters_and_sorts(&unserved) else { return };
        let (filters, sorts) = (filters(&unserved), sorts(&unserved));
        let both = filter_and_sort(&filters, &sorts).map_or(String::new(), |(filter, sort)| {
            format!(", or for a filter with a sort #[resource(.., index({filter}, {sort}))]")
        });
        self.notes.push(format!(
            "table `{}`: {what} read all rows, as no index serves them; to add one: #[field(index)]{both}",
            table.name
        ));
    }
}

fn filters<'t>(columns: &[&'t TableColumn]) -> Vec<&'t TableColumn> {
    columns.iter().copied().filter(|column| column.filter != IndexedFilter::None).collect()
}

fn sorts<'t>(columns: &[&'t TableColumn]) -> Vec<&'t TableColumn> {
    columns.iter().copied().filter(|column| column.sort).collect()
}

/// `filters by `a`, `b` and sorts by `c``, if there are any on these columns.
fn filters_and_sorts(columns: &[&TableColumn]) -> Option<String> {
    match (named("filters", &filters(columns)), named("sorts", &sorts(columns))) {
        (Some(filters), Some(sorts)) => Some(format!("{filters} and {sorts}")),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    }
}

/// `filters by `a`, `b``.
fn named(what: &str, columns: &[&TableColumn]) -> Option<String> {
    let names = sql::listed(columns.iter().map(|column| format!("`{}`", column.name)));
    (!columns.is_empty()).then(|| format!("{what} by {names}"))
}

/// The columns of an index that would serve a filter and a sort at once: rows with equal values, the newest first.
fn filter_and_sort(filters: &[&TableColumn], sorts: &[&TableColumn]) -> Option<(&'static str, &'static str)> {
    let newest = sorts.iter().find(|column| matches!(column.role, Role::CreatedAt));
    let sort = newest.or(sorts.first())?;
    let equal = || {
        let filters = filters.iter().filter(|column| column.filter == IndexedFilter::Equal);
        filters.filter(|column| column.name != sort.name)
    };
    // Of an enum there are few values, and many rows have each.
    let is_enum = |column: &&&TableColumn| {
        matches!(column.kind, ColumnType::UnitEnum(_)) || matches!(column.shape, Some(Shape::UnitEnum(_)))
    };
    let filter = equal().find(is_enum).or_else(|| equal().next())?;
    Some((filter.name, sort.name))
}
