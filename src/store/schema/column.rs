//! Compares a column that is there with what is declared.

use super::change::{Doubt, Edit, Level, Meant};
use super::compare::Comparison;
use super::convert::{adopted, passage};
use super::dialect::SchemaDialect;
use super::live::{LiveColumn, LiveMeaning, LiveTable};
use super::meaning::Meaning;
use super::query;
use crate::resource::{ColumnType, TableColumn};
use crate::store::sql;

impl<'a, D: SchemaDialect> Comparison<'a, D> {
    pub(super) fn compare_column(&mut self, index: usize, live: &LiveColumn, found: &LiveTable) {
        let (table, column) = (self.table, &self.table.columns[index]);
        let (wanted, kind) = (sql::definition::<D>(table, index), D::column_type(&column.kind));
        let what = |differs: String| format!("table `{}`, column `{}`: {differs}", table.name, column.name);
        let is_key = index == table.key;
        let declared = Meaning::of(column);
        // What is kept of it is kept by the declared spelling, or by the name that it has until it is renamed.
        let renamed = !D::same_name(&live.name, column.name);
        let name = if renamed { live.name.as_str() } else { column.name };
        let otherwise = if is_key { live.definition != wanted } else { !live.rest.is_empty() };
        if otherwise {
            let differs = what(format!("is {}, declared {wanted}", live.definition));
            self.differ(Level::Person, differs, None);
            self.is_remade();
            self.structural = true;
            if !D::IN_SOURCE {
                self.remade.push((name.to_owned(), declared.text()));
                return;
            }
        }
        let kept = self.kept(column, name, found);
        let stored = kept.filter(|kept| {
            let known = kept.meaning.column_type().map(|known| D::column_type(&known) == live.kind);
            known.unwrap_or(true)
        });
        if stored.is_none() {
            self.adopted += 1;
        }
        let mut quoted = sql::quoted(&live.name);
        if live.rest.contains(" COLLATE ") {
            // Values are told apart as they will be.
            quoted.push_str(" COLLATE BINARY");
        }
        let moves = live.kind != *kind;
        let mut edit = Edit {
            column: live.name.clone(),
            kind: None,
            value: None,
            fits: None,
            nullable: None,
            default: None,
            default_fits: None,
        };
        // A rowid is an integer, whatever the table.
        let is_rowid = is_key && live.kind == "INTEGER";
        let loose = !found.faults.is_empty() && !is_rowid;
        let assumed = D::assumed(&live.kind);
        let each = match stored {
            None if loose || (moves && assumed.is_none()) => D::each(&quoted, &live.kind, &declared),
            _ => None,
        };
        let from = match stored {
            Some(stored) => stored.meaning.clone(),
            // It is taken for what it is declared as, where its type on disk is that of such a column.
            None if !moves => declared.clone(),
            None => assumed.unwrap_or_else(|| Meaning::Unknown(live.kind.clone())),
        };
        let by_value = each.is_some();
        let same = !by_value && from.is_within(&declared) && declared.is_within(&from);
        let passage = match each {
            Some(cast) => Some((Level::of(&cast), cast)),
            None if moves || !same => Some(passage::<D>(&quoted, &from, &declared, moves)),
            None => None,
        };
        if let Some((level, cast)) = passage {
            let assumes = cast.assumes.map(|assumes| format!("(where {assumes})"));
            let doubt = cast.fits.as_ref().map(|fits| self.misfits(found, index, &live.name, fits));
            let changes = moves || cast.assumes.is_some() || stored.is_some_and(|_| !same);
            let differs = match stored {
                _ if moves => format!("is {}, declared {wanted}", live.definition),
                Some(_) => format!("holds {from}, declared {declared}"),
                None if changes => format!("is {}, declared {declared}", live.definition),
                // Told where a row says so.
                None => format!("holds what is not {declared}"),
            };
            let does = match same || by_value {
                true => format!(
                    "column `{}` of table `{}`: {kind} now, before {}",
                    column.name, table.name, live.kind
                ),
                false => format!(
                    "column `{}` of table `{}`: {declared} now, before {from}",
                    column.name, table.name
                ),
            };
            match otherwise && moves {
                // That it is otherwise was told.
                true => self.hint(assumes),
                false => self.differ(if changes { level } else { Level::Apply }, what(differs), assumes),
            }
            if let Some(difference) = self.plan.differences.last_mut() {
                (difference.doubt, difference.converted) = (doubt, changes);
                if changes {
                    difference.does = does;
                }
            }
            if moves || cast.value.is_some() {
                edit.kind = Some(kind.clone().into_owned());
            }
            (edit.value, edit.fits) = (cast.value, cast.fits);
            (edit.default, edit.default_fits) = self.default(index, live, &from, moves);
            self.converted.push((name.to_owned(), declared.text()));
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
            if otherwise {
                edit.fits = Some(holds);
                self.edits.push(edit.clone());
            }
        }
        if otherwise {
            if !self.converted.iter().any(|(converted, _)| converted == name) {
                self.remade.push((name.to_owned(), declared.text()));
            }
            return;
        }
        if !is_key && column.nullable == live.not_null {
            self.nullability(index, live, found, edit, moves.then_some(&wanted));
        }
        let was = if renamed { Some(live.name.as_str()) } else { kept.map(|kept| kept.column.as_str()) };
        let was = was.filter(|was| !D::same_name(was, column.name));
        if was.is_some() || kept.is_none_or(|kept| kept.meaning.text() != declared.text()) {
            self.means(column, was.map(ToOwned::to_owned), false);
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
        let doubt = match self.table.columns[index].kind {
            // A number is one of many: whose it is says more.
            ColumnType::Decimal { .. } | ColumnType::Real if found.faults.is_empty() => {
                let shown = (seen && D::KNOWS_SCALES).then_some(column);
                query::rows::<D>(table, &misfit, shown, self.key_of(found))
            }
            _ if seen => query::values::<D>(table, &misfit, column, self.key_of(found)),
            _ => query::unseen(table, &misfit),
        };
        // Where no value fits, none puts a row right.
        let fits_any = fits != format!("{} IS NULL", sql::quoted(column));
        doubt.put_right(fits_any.then(|| query::give_value(table, column, &misfit)).into_iter().collect())
    }

    /// The name that the key has in the database, and in the declaration.
    pub(super) fn key_of<'b>(&self, found: &'b LiveTable) -> Option<(&'b str, &'static str)> {
        let key = &self.table.columns[self.table.key];
        let live = |name: &str| found.columns.iter().find(|live| D::same_name(&live.name, name));
        let live = live(key.name).or_else(|| key.was.and_then(live))?;
        Some((live.name.as_str(), key.name))
    }

    /// What is kept of what a column means, by this name; else by the one that it had, where somebody has renamed it.
    fn kept(&self, column: &TableColumn, name: &str, found: &LiveTable) -> Option<&'a LiveMeaning> {
        let table = self.table.name;
        let rows = || self.live.meanings.iter().flatten();
        let by = |name: &str| {
            let alike =
                |kept: &&LiveMeaning| D::same_name(&kept.table, table) && D::same_name(&kept.column, name);
            let exact = rows().find(|kept| kept.table == table && kept.column == name);
            exact.or_else(|| rows().find(alike))
        };
        let gone = |was: &&str| !found.columns.iter().any(|live| D::same_name(&live.name, was));
        by(name).or_else(|| by(column.was.filter(gone)?))
    }

    pub(super) fn means(&mut self, column: &TableColumn, was: Option<String>, added: bool) {
        self.plan.meant.push(Meant {
            table: self.table.name.to_owned(),
            column: column.name.to_owned(),
            was,
            meaning: Meaning::of(column).text(),
            added,
        });
    }
}
