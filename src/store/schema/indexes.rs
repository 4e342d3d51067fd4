//! Compares the indexes of an existing table with the declared ones.

use super::change::Precondition;
use super::compare::{Comparison, Renamed};
use super::dialect::SchemaDialect;
use super::introspect::{LiveColumn, LiveIndex, LiveTable};
use super::plan::Later;
use super::query;
use crate::store::sql::{self, Index};

/// The existing columns, by declared position and present name.
type There<'a> = [(usize, &'a str)];

impl<D: SchemaDialect> Comparison<'_, D> {
    /// Plans the creation of missing indexes, and drops those that crewed created and that are not declared any more.
    pub(super) fn indexes(&mut self, found: &LiveTable, there: &There<'_>, renamed: &Renamed<'_>) {
        let table = self.table;
        for known in found.indexes.iter().filter(|known| known.unfinished && self.live.is_own(known)) {
            self.drop_index(known, "its making was broken off");
        }
        // The existing indexes that match a declared one, which are not dropped.
        let mut serving: Vec<&str> = Vec::new();
        for index in sql::indexes::<D>(table) {
            let live: Option<Vec<&str>> =
                index.columns.iter().map(|column| live_name(there, *column)).collect();
            let known = match &live {
                Some(live) => self.serving(&index, live, found),
                None if index.columns.iter().all(|column| self.will_be_there(*column, there)) => None,
                None => continue,
            };
            match known {
                Some(known) => serving.push(&known.name),
                None => self.new_index(&index, there, found),
            }
        }
        for (index, live) in there {
            for known in found.indexes.iter().filter(|known| begins_with::<D>(known, live)) {
                if *index != table.key && !serving.contains(&known.name.as_str()) {
                    self.given_up(known, there, found, renamed);
                }
            }
        }
        // The index of an undeclared column is kept with the column, since another program may rely on it, unless it
        // prevents inserts.
        for live in &found.columns {
            if !self.is_undeclared(live, renamed) {
                continue;
            }
            for known in found.indexes.iter().filter(|known| begins_with::<D>(known, &live.name)) {
                if self.live.is_own(known) && self.blocks_inserts(known, found, renamed) {
                    self.drop_index(known, &format!("`{}` is not declared any more", live.name));
                }
            }
        }
    }

    /// The existing index that matches a declared one, if there is one; `live` are the present names of its columns.
    fn serving<'f>(&self, index: &Index, live: &[&str], found: &'f LiveTable) -> Option<&'f LiveIndex> {
        let named = &live[..index.named_columns::<D>(self.table).len()];
        let key = self.key_of(found).map(|(name, _)| name);
        let has = |names: &[String], name: &str| names.iter().any(|known| D::same_name(known, name));
        let serves = |known: &&LiveIndex| match index.unique {
            // The order does not matter for what is unique.
            true => {
                known.unique
                    && known.width == named.len()
                    && named.iter().all(|name| has(known.created_on(), name))
            }
            false => {
                known.columns.len() >= live.len()
                    && known.columns.iter().zip(live).all(|(known, name)| D::same_name(known, name))
            }
        };
        // What crewed has created follows the declaration; what others have created may do more.
        let is_declared = |known: &&LiveIndex| {
            // A sort may have needed the key before.
            let ends_with_key = || {
                let last = known.created_on().last();
                known.width == named.len() + 1
                    && key.zip(last).is_some_and(|(key, last)| D::same_name(key, last))
            };
            !self.live.is_own(known)
                || (known.unique == index.unique && (known.width == named.len() || ends_with_key()))
        };
        let all = found.indexes.iter().filter(serves).filter(is_declared);
        // An index that is exactly as declared is preferred to a unique one, which could stand in for a plain one.
        all.min_by_key(|known| (known.unique != index.unique, known.width != named.len()))
    }

    /// Whether a declared column exists or is about to be added.
    fn will_be_there(&self, index: usize, there: &There<'_>) -> bool {
        let column = &self.table.columns[index];
        let added = || self.plan.meant.iter().any(|meant| meant.column == column.name);
        live_name(there, index).is_some() || column.nullable || added()
    }

    /// Drops or reports an index that matches no declared one.
    fn given_up(&mut self, index: &LiveIndex, there: &There<'_>, found: &LiveTable, renamed: &Renamed<'_>) {
        let table = self.table;
        let position =
            |name: &String| there.iter().find(|(_, live)| D::same_name(live, name)).map(|all| all.0);
        let columns: Option<Vec<usize>> = index.created_on().iter().map(position).collect();
        let Some(columns) = columns.filter(|columns| columns.len() == index.width) else {
            if self.live.is_own(index) && self.blocks_inserts(index, found, renamed) {
                let mut undeclared = found.columns.iter().filter(|live| self.is_undeclared(live, renamed));
                let of_index = |live: &&LiveColumn| index.created_on().contains(&live.name);
                let name = undeclared.find(of_index).map_or("", |live| &live.name);
                self.drop_index(index, &format!("`{name}` is not declared any more"));
            }
            return;
        };
        let names: Vec<String> =
            columns.iter().map(|column| format!("`{}`", table.columns[*column].name)).collect();
        let (names, is, column_is) = match &*names {
            [name] => (name.clone(), "is", "column"),
            names => (sql::listed(names.iter()), "are", "columns"),
        };
        let declared = sql::indexes::<D>(table);
        let is_unique = |declared: &Index| {
            declared.unique
                && declared.columns.len() == columns.len()
                && columns.iter().all(|column| declared.columns.contains(column))
        };
        let is_longer =
            |declared: &Index| !declared.unique && !index.unique && declared.columns.starts_with(&columns);
        if self.live.is_own(index) {
            let why = match index.unique {
                _ if declared.iter().any(is_longer) => format!("a longer one serves {names}"),
                true => format!("{names} {is} not declared unique any more"),
                false => format!("{names} {is} not declared indexed any more"),
            };
            self.drop_index(index, &why);
        } else if index.unique && !columns.contains(&table.key) && !declared.iter().any(is_unique) {
            let end = match D::drop_index(table.name, &index.name, index.constraint) {
                Some(statement) => format!("; to give that up: {statement}"),
                None => "; that is a part of the table, and given up by making it anew".to_owned(),
            };
            self.notes.push(format!(
                "table `{}`, {column_is} {names}: {is} kept unique by `{}`, which crewed has not made, and {is} not \
                 declared unique{end}",
                table.name, index.name
            ));
        }
    }

    /// Whether a unique index on undeclared columns prevents inserts: all new rows would have the defaults of these.
    pub(super) fn blocks_inserts(&self, index: &LiveIndex, found: &LiveTable, renamed: &Renamed<'_>) -> bool {
        let of_index =
            |live: &&LiveColumn| index.created_on().iter().any(|name| D::same_name(name, &live.name));
        let undeclared = found.columns.iter().filter(|live| self.is_undeclared(live, renamed));
        let mut undeclared = undeclared.filter(of_index).peekable();
        index.unique
            && undeclared.peek().is_some()
            && undeclared.all(|live| live.not_null && live.filled && !live.computed)
    }

    fn drop_index(&mut self, index: &LiveIndex, why: &str) {
        let table = self.table.name;
        self.does(format!("index `{}` of table `{table}`: dropped, as {why}", index.name), None);
        let statement = D::drop_index(table, &index.name, false);
        // Until the new index is made, this one serves.
        if self.plan.later.is_empty() || index.unique {
            self.plan.simple.extend(statement);
        } else {
            self.plan.later.extend(statement.map(|statement| Later { statement, undo: None }));
        }
    }

    fn new_index(&mut self, index: &Index, there: &There<'_>, found: &LiveTable) {
        let table = self.table;
        let name = self.free_name(index);
        if found.is_large && !index.unique {
            self.does(format!("new index `{name}` of table `{}`, made beside writes", table.name), None);
            let statement = sql::create_index_beside_writes::<D>(table, index, &name);
            self.plan.later.push(Later { statement, undo: D::drop_index(table.name, &name, false) });
            return;
        }
        let precondition = index.unique.then(|| self.shared(index, there, found)).flatten();
        let doubted = precondition.is_some();
        self.does(format!("new index `{name}` of table `{}`", table.name), precondition);
        let what = match &*index.columns {
            [column] => {
                let what = "has a value in more than one row, declared unique";
                self.of_column(table.columns[*column].name, what)
            }
            several => {
                let names = several.iter().map(|column| format!("`{}`", table.columns[*column].name));
                let (table, names) = (table.name, sql::listed(names));
                format!(
                    "table `{table}`, columns {names}: have the same values in more than one row, declared unique"
                )
            }
        };
        if let Some(difference) = self.plan.differences.last_mut().filter(|_| doubted) {
            difference.what = what;
        }
        self.plan.simple.push(sql::create_index::<D>(table, index, &name));
    }

    /// The precondition that no two rows have the same values in the columns of a new unique index.
    fn shared(&self, index: &Index, there: &There<'_>, found: &LiveTable) -> Option<Precondition> {
        let table = self.table;
        // The rows are queried before anything is renamed, so by the present names.
        let mut live: Vec<&str> = Vec::new();
        for column in &index.columns {
            match live_name(there, *column) {
                Some(name) => live.push(name),
                // A new column has the same value in every row, and a NULL is never the same.
                None => self.filling(&table.columns[*column]).map(drop)?,
            }
        }
        let visible = index.columns.iter().all(|column| table.visible.contains(column));
        match (&*live, &*index.columns) {
            // The new column itself has that precondition.
            ([], [_]) => None,
            ([], _) => Some(query::several(&found.name)),
            _ => Some(query::shared::<D>(table.name, &live, visible, self.key_of(found))),
        }
    }

    /// A free name for an index. The usual one may be taken, since an index keeps its name if its column is renamed.
    pub(super) fn free_name(&self, index: &Index) -> String {
        let indexes = self.live.tables.iter().flatten().flat_map(|table| &table.indexes);
        let dropped: Vec<&str> =
            indexes.filter(|known| known.unfinished).map(|known| known.name.as_str()).collect();
        let own = || self.live.own_names.iter().filter(|own| !dropped.contains(&own.as_str()));
        let taken = |name: &String| own().any(|own| D::same_name(own, name));
        let mut names = (1..).map(|count| sql::index_name::<D>(self.table, index, count));
        names.find(|name| !taken(name)).unwrap_or_default()
    }
}

fn live_name<'a>(there: &There<'a>, index: usize) -> Option<&'a str> {
    there.iter().find(|(known, _)| *known == index).map(|(_, name)| *name)
}

fn begins_with<D: SchemaDialect>(index: &LiveIndex, column: &str) -> bool {
    index.created_on().first().is_some_and(|first| D::same_name(first, column))
}
