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
        let mut served: Vec<usize> =
            sql::indexes::<D>(table).iter().flat_map(|index| begun(&index.columns, table.tenant)).collect();
        let others = found.into_iter().flat_map(|found| &found.indexes);
        for other in others.filter(|index| !self.live.is_own(index)) {
            let position = |name: &String| there.iter().find(|(_, live)| D::same_name(name, live));
            let columns: Vec<usize> =
                other.created_on().iter().map_while(position).map(|all| all.0).collect();
            served.extend(begun(&columns, table.tenant));
        }
        let is_served = |index: usize| index == table.key || served.contains(&index);
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
        let tenant = table.tenant.map(|tenant| table.columns[tenant].name);
        let first = filters.first().or(sorts.first()).map_or("", |column| column.name);
        let (of, one) = match tenant {
            Some(tenant) => (" of a tenant", format!("#[resource(.., index({tenant}, {first}))]")),
            None => ("", "#[field(index)]".to_owned()),
        };
        let both = filter_and_sort(&filters, &sorts).map_or(String::new(), |(filter, sort)| {
            let all = sql::listed(tenant.into_iter().chain([filter, sort]));
            format!(", or for a filter with a sort #[resource(.., index({all}))]")
        });
        self.notes.push(format!(
            "table `{}`: {what} read all rows{of}, as no index serves them; to add one: {one}{both}",
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

/// The columns by which an index finds rows: its first, and what comes after the tenant, since most lists have the rows
/// of one.
fn begun(columns: &[usize], tenant: Option<usize>) -> impl Iterator<Item = usize> {
    let after_tenant = columns.get(1).filter(|_| tenant.is_some() && columns.first().copied() == tenant);
    columns.first().into_iter().chain(after_tenant).copied()
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
