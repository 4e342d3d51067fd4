//! Compares a column that is there with what is declared.

use super::change::{Doubt, Edit, Level, Meant};
use super::compare::Comparison;
use super::convert::{adopted, passage};
use super::dialect::SchemaDialect;
use super::live::{LiveColumn, LiveTable};
use super::meaning::Meaning;
use super::query;
use crate::resource::{ColumnType, TableColumn};
use crate::store::sql;

impl<D: SchemaDialect> Comparison<'_, D> {
    pub(super) fn compare_column(&mut self, index: usize, live: &LiveColumn, found: &LiveTable) {
        let (table, column) = (self.table, &self.table.columns[index]);
        let (wanted, kind) = (sql::definition::<D>(table, index), D::column_type(&column.kind));
        let was = (!D::same_name(&live.name, column.name)).then(|| live.name.clone());
        let what = |differs: String| format!("table `{}`, column `{}`: {differs}", table.name, column.name);
        let is_key = index == table.key;
        let declared = Meaning::of(column);
        if if is_key { live.definition != wanted } else { !live.rest.is_empty() } {
            let differs = what(format!("is {}, declared {wanted}", live.definition));
            self.differ(Level::Person, differs, None);
            self.is_remade();
            self.structural = true;
            self.remade.push((live.name.clone(), declared.text()));
            return;
        }
        let stored = self.kept(&found.name, &live.name, &live.kind);
        if stored.is_none() {
            self.adopted += 1;
        }
        let quoted = sql::quoted(&live.name);
        let moves = live.kind != *kind;
        let from = match &stored {
            Some(stored) => stored.clone(),
            // It is taken for what it is declared as, where its type on disk is that of such a column, and where the
            // table does not hold it to any: then each value is asked when the table is made anew.
            None if !moves || !found.faults.is_empty() => declared.clone(),
            None => D::assumed(&live.kind).unwrap_or_else(|| Meaning::Unknown(live.kind.clone())),
        };
        let mut edit = Edit {
            column: live.name.clone(),
            kind: None,
            value: None,
            fits: None,
            nullable: None,
            default: None,
            default_fits: None,
        };
        let same = from.is_within(&declared) && declared.is_within(&from);
        if moves || !same {
            let (level, cast) = passage::<D>(&quoted, &from, &declared, moves);
            let differs = match moves {
                true => format!("is {}, declared {wanted}", live.definition),
                false => format!("holds {from}, declared {declared}"),
            };
            let does = match same {
                true => format!(
                    "column `{}` of table `{}`: {kind} now, before {}",
                    column.name, table.name, live.kind
                ),
                false => format!(
                    "column `{}` of table `{}`: {declared} now, before {from}",
                    column.name, table.name
                ),
            };
            self.differ(level, what(differs), cast.assumes.map(|assumes| format!("(where {assumes})")));
            let doubt = cast.fits.as_ref().map(|fits| self.misfits(found, index, &live.name, fits));
            if let Some(difference) = self.plan.differences.last_mut() {
                (difference.does, difference.doubt, difference.converted) = (does, doubt, true);
            }
            if moves || cast.value.is_some() {
                edit.kind = Some(kind.clone().into_owned());
            }
            (edit.value, edit.fits) = (cast.value, cast.fits);
            (edit.default, edit.default_fits) = self.default(index, live, &from, moves);
            self.converted.push((live.name.clone(), declared.text()));
            self.edits.push(edit.clone());
        } else if stored.is_none()
            && let Some(holds) = adopted::<D>(&quoted, &live.kind, &declared)
        {
            // Nobody knows yet whether all values are what is declared now.
            self.differ(Level::Apply, what(format!("holds what is not {declared}")), None);
            let doubt = self.misfits(found, index, &live.name, &holds);
            if let Some(difference) = self.plan.differences.last_mut() {
                difference.doubt = Some(doubt);
            }
        }
        if !is_key && column.nullable == live.not_null {
            self.nullability(index, live, found, edit, moves.then_some(&wanted));
        }
        if was.is_some() || self.kept_text(&found.name, &live.name) != Some(declared.text()) {
            self.means(column, was);
        }
    }

    /// A column that may hold NULL from now on, or may not any more.
    fn nullability(
        &mut self,
        index: usize,
        live: &LiveColumn,
        found: &LiveTable,
        mut edit: Edit,
        moved: Option<&String>,
    ) {
        let (table, column) = (self.table, &self.table.columns[index]);
        let (level, now) = match column.nullable {
            true => (Level::Apply, "optional"),
            false => (Level::Convert, "required"),
        };
        let what = match moved {
            Some(_) if column.nullable => "never holds NULL, declared an `Option`".to_owned(),
            Some(_) => "may hold NULL, declared without `Option`".to_owned(),
            None => format!("is {}, declared {}", live.definition, sql::definition::<D>(table, index)),
        };
        self.differ(level, format!("table `{}`, column `{}`: {what}", table.name, column.name), None);
        let doubt =
            (!column.nullable).then(|| query::nulls::<D>(&found.name, &live.name, self.key_of(found)));
        if let Some(difference) = self.plan.differences.last_mut() {
            let does = format!("column `{}` of table `{}`: {now} now", column.name, table.name);
            (difference.does, difference.doubt, difference.converted) = (does, doubt, true);
        }
        edit.nullable = Some(column.nullable);
        self.edits.retain(|known| known.column != edit.column);
        self.edits.push(edit);
    }

    /// The rows whose values do not become what is declared.
    fn misfits(&self, found: &LiveTable, index: usize, column: &str, fits: &str) -> Doubt {
        let (table, misfit) = (&found.name, format!("NOT ({fits})"));
        // What clients never see is for no log either.
        let seen = self.table.shown.contains(&index);
        match self.table.columns[index].kind {
            // A number is one of many: whose it is says more.
            ColumnType::Decimal { .. } | ColumnType::Real => {
                let shown = (seen && D::KNOWS_SCALES).then_some(column);
                query::rows::<D>(table, &misfit, shown, self.key_of(found))
            }
            _ if seen => query::values::<D>(table, &misfit, column),
            _ => query::unseen(table, &misfit),
        }
    }

    /// The name that the key has in the database, and in the declaration.
    fn key_of<'b>(&self, found: &'b LiveTable) -> Option<(&'b str, &'static str)> {
        let key = &self.table.columns[self.table.key];
        let live = |name: &str| found.columns.iter().find(|live| D::same_name(&live.name, name));
        let live = live(key.name).or_else(|| key.was.and_then(live))?;
        Some((live.name.as_str(), key.name))
    }

    /// What is kept of what a column means, where its type on disk is that of such a column.
    fn kept(&self, table: &str, column: &str, kind: &str) -> Option<Meaning> {
        let kept = self
            .live
            .meanings
            .iter()
            .flatten()
            .find(|kept| D::same_name(&kept.table, table) && D::same_name(&kept.column, column))?;
        let fits = kept.meaning.column_type().map(|known| D::column_type(&known) == kind);
        fits.unwrap_or(true).then(|| kept.meaning.clone())
    }

    fn kept_text(&self, table: &str, column: &str) -> Option<String> {
        let mut kept = self.live.meanings.iter().flatten();
        let kept = kept.find(|kept| D::same_name(&kept.table, table) && D::same_name(&kept.column, column));
        kept.map(|kept| kept.meaning.text())
    }

    pub(super) fn means(&mut self, column: &TableColumn, was: Option<String>) {
        self.plan.meant.push(Meant {
            table: self.table.name.to_owned(),
            column: column.name.to_owned(),
            was,
            meaning: Meaning::of(column).text(),
        });
    }
}
