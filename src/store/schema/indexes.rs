//! Compares the indexes of an existing table with the declared ones.

use super::compare::{Comparison, Renamed};
use super::dialect::SchemaDialect;
use super::introspect::{LiveIndex, LiveTable};
use super::query;
use crate::resource::TableColumn;
use crate::store::sql;

impl<D: SchemaDialect> Comparison<'_, D> {
    /// Plans the creation of missing indexes, and drops those that crewed created and that are not declared any more.
    /// `there` are the existing columns, by declared position and present name.
    pub(super) fn indexes(&mut self, found: &LiveTable, there: &[(usize, &str)], renamed: &Renamed<'_>) {
        let table = self.table;
        let live_name = |index: usize| there.iter().find(|(known, _)| *known == index).map(|(_, name)| *name);
        let on = |index: &LiveIndex, column: &str| {
            index.first.as_ref().is_some_and(|first| D::same_name(first, column))
        };
        // The existing indexes that match a declared one, which are not dropped.
        let mut serving: Vec<&str> = Vec::new();
        for index in sql::indexes(table) {
            let column = &table.columns[index.column];
            let Some(live) = live_name(index.column) else {
                if column.nullable || self.is_added(column) {
                    self.new_index(&index, None, found);
                }
                continue;
            };
            let serves = |known: &&LiveIndex| on(known, live) && (known.unique || !index.unique);
            // An index that is exactly as declared is preferred to a unique one, which could stand in for a plain one.
            let exact = found.indexes.iter().filter(serves).find(|known| known.unique == index.unique);
            let other = || found.indexes.iter().filter(serves).find(|known| !self.is_given_up(known));
            match exact.or_else(other) {
                Some(known) => serving.push(&known.name),
                None => self.new_index(&index, Some(live), found),
            }
        }
        for (index, live) in there {
            let column = &table.columns[*index];
            if *index == table.key {
                continue;
            }
            for known in found.indexes.iter().filter(|known| on(known, live)) {
                if !serving.contains(&known.name.as_str()) {
                    self.given_up(column, known);
                }
            }
        }
        // The index of an undeclared column is kept with the column, since another program may rely on it, unless it
        // prevents inserts.
        for live in &found.columns {
            if !self.is_undeclared(live, renamed) {
                continue;
            }
            for known in found.indexes.iter().filter(|known| on(known, &live.name)) {
                if self.live.is_own(known) && self.blocks_inserts(live, known) {
                    self.drop_index(known, &format!("`{}` is not declared any more", live.name));
                }
            }
        }
    }

    fn is_added(&self, column: &TableColumn) -> bool {
        self.plan.meant.iter().any(|meant| meant.column == column.name)
    }

    fn is_given_up(&self, index: &LiveIndex) -> bool {
        self.live.is_own(index)
    }

    /// Drops or reports an index that matches no declared one.
    fn given_up(&mut self, column: &TableColumn, index: &LiveIndex) {
        let table = self.table.name;
        if self.live.is_own(index) && index.single_column {
            let why = if index.unique { "unique" } else { "indexed" };
            self.drop_index(index, &format!("`{}` is not declared {why} any more", column.name));
        } else if index.unique && !column.unique {
            let end = match D::drop_index(table, &index.name, index.constraint) {
                Some(statement) => format!("; to give that up: {statement}"),
                None => "; that is a part of the table, and given up by making it anew".to_owned(),
            };
            self.notes.push(format!(
                "table `{table}`, column `{}`: is kept unique by `{}`, which crewed has not made, and is not declared \
                 unique{end}",
                column.name, index.name
            ));
        }
    }

    fn drop_index(&mut self, index: &LiveIndex, why: &str) {
        let table = self.table.name;
        self.does(format!("index `{}` of table `{table}`: dropped, as {why}", index.name), None);
        self.plan.simple.extend(D::drop_index(table, &index.name, false));
    }

    fn new_index(&mut self, index: &sql::Index, live: Option<&str>, found: &LiveTable) {
        let table = self.table;
        let name = self.free_name(index);
        let visible = table.visible.contains(&index.column);
        // The rows are queried before anything is renamed, so by the present names.
        let key = self.key_of(found);
        let precondition =
            live.filter(|_| index.unique).map(|live| query::shared::<D>(table.name, live, visible, key));
        let doubted = precondition.is_some();
        self.does(format!("new index `{name}` of table `{}`", table.name), precondition);
        let what = "has a value in more than one row, declared unique";
        let what = self.of_column(table.columns[index.column].name, what);
        if let Some(difference) = self.plan.differences.last_mut().filter(|_| doubted) {
            difference.what = what;
        }
        self.plan.simple.push(sql::create_index(table, index, &name));
    }

    /// A free name for an index. The usual one may be taken, since an index keeps its name if its column is renamed.
    pub(super) fn free_name(&self, index: &sql::Index) -> String {
        let taken = |name: &String| self.live.own_names.iter().any(|own| D::same_name(own, name));
        let mut names = (1..).map(|count| sql::index_name(self.table, index, count));
        names.find(|name| !taken(name)).unwrap_or_default()
    }
}
