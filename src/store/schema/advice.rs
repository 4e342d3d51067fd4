//! Hints for a difference that looks as if a field had been renamed.
//!
//! A comparison alone cannot tell a renamed column from one that was dropped and another that was added. Guessing wrong
//! would lose data, so a rename has to be declared by `#[field(was = "..")]`, and these hints propose that.

use super::compare::{Comparison, Renamed};
use super::dialect::SchemaDialect;
use super::introspect::{LiveColumn, LiveTable};
use super::meaning::Meaning;
use crate::resource::TableColumn;
use crate::store::sql::quoted;

impl<D: SchemaDialect> Comparison<'_, D> {
    /// The hint for a missing column that may exist under another name.
    pub(super) fn suggest_was(&self, column: &TableColumn, found: &LiveTable) -> Option<String> {
        let mut names =
            found.columns.iter().filter(|live| self.may_become(live, column)).map(|live| &*live.name);
        let first = names.next()?;
        let others: String = names.map(|name| format!(" or `{name}`")).collect();
        let was = if others.is_empty() { first } else { ".." };
        Some(format!(
            "if it is `{first}`{others} under another name, say so first: #[field(was = \"{was}\")]"
        ))
    }

    /// The hint for an undeclared column whose name is the `was` of a field that already has a column of its own.
    pub(super) fn was_too_late(&self, live: &LiveColumn, found: &LiveTable) -> Option<String> {
        let was = |column: &&TableColumn| column.was.is_some_and(|was| D::same_name(was, &live.name));
        let there =
            |column: &&TableColumn| found.columns.iter().any(|live| D::same_name(&live.name, column.name));
        let column = self.table.columns.iter().find(|column| was(column) && there(column))?;
        let end = match self.is_alike(live, column) {
            true => format!("what it holds takes its place by: {}", self.copy(live, column, "")),
            false => "what it holds is copied by a step of the program's own".to_owned(),
        };
        Some(format!(
            "`{}` is there too, so #[field(was = \"{}\")] does nothing; {end}",
            column.name, live.name
        ))
    }

    /// The hint for an undeclared column that may be the former column of a new field.
    pub(super) fn suggest_rename(&self, live: &LiveColumn, found: &LiveTable) -> Option<String> {
        let new = |column: &&TableColumn| {
            !found.columns.iter().any(|known| D::same_name(&known.name, column.name))
                && self.may_become(live, column)
        };
        let column = self.table.columns.iter().find(new)?;
        let empty =
            if column.nullable { format!(" WHERE {} IS NULL", quoted(column.name)) } else { String::new() };
        Some(format!(
            "if it is what `{}` is, which is new: #[field(was = \"{}\")] renames it as long as `{}` is not there, and \
             later what it holds is copied by: {}",
            column.name,
            live.name,
            column.name,
            self.copy(live, column, &empty)
        ))
    }

    /// Whether an undeclared column could be that of a field.
    fn may_become(&self, live: &LiveColumn, column: &TableColumn) -> bool {
        let columns = || self.table.columns.iter();
        let taken = |known: &TableColumn| {
            D::same_name(known.name, &live.name) || known.was.is_some_and(|was| D::same_name(was, &live.name))
        };
        live.rest.is_empty() && !columns().any(taken) && self.is_alike(live, column)
    }

    /// Whether the values of a column could be those of a field.
    fn is_alike(&self, live: &LiveColumn, column: &TableColumn) -> bool {
        let name = self.table.name;
        let mut kept = self.live.meanings.iter().flatten();
        let kept =
            kept.find(|kept| D::same_name(&kept.table, name) && D::same_name(&kept.column, &live.name));
        live.kind == *D::column_type(&column.kind)
            && kept.is_none_or(|kept| kept.meaning.is_within(&Meaning::of(column)))
    }

    fn copy(&self, live: &LiveColumn, column: &TableColumn, end: &str) -> String {
        let table = quoted(self.table.name);
        format!("UPDATE {table} SET {} = {}{end}", quoted(column.name), quoted(&live.name))
    }

    /// The hint for an undeclared column that was the primary key, if another column is the key now.
    pub(super) fn was_the_key(&self, live: &LiveColumn, renamed: &Renamed<'_>) -> Option<String> {
        let key = self.table.columns[self.table.key].name;
        let is_key = |name: &str| {
            let now = renamed.iter().find(|(_, old)| *old == name).map_or(name, |(new, _)| new);
            D::same_name(now, key)
        };
        (live.rest.contains("PRIMARY KEY") && !is_key(&live.name)).then(|| {
            format!(
                "it was the key, which is `{key}` now: made anew, the table has `{key}` in every row, each another one, \
                 and keeps `{}` as a column that no field declares and that new rows do not have",
                live.name
            )
        })
    }
}
