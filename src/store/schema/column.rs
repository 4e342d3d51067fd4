//! Compares an existing column with its declaration.

use std::borrow::Cow;

use super::change::{Cast, Edit, Level, Meant, Precondition};
use super::compare::Comparison;
use super::convert::{adopted, conversion};
use super::dialect::SchemaDialect;
use super::introspect::{LiveColumn, LiveMeaning, LiveTable};
use super::meaning::Meaning;
use super::query;
use crate::resource::{ColumnType, TableColumn};
use crate::store::sql;

/// An existing column and its declaration.
struct ColumnPair<'b> {
    index: usize,
    live: &'b LiveColumn,
    found: &'b LiveTable,
    /// The name under which its meaning is recorded: the present one if it is yet to be renamed, else the declared one.
    name: &'b str,
    /// The declared meaning, SQL type and definition.
    declared: Meaning,
    kind: Cow<'static, str>,
    wanted: String,
    /// Whether its SQL type differs.
    moves: bool,
    /// Whether it differs by more than its type and NOT NULL, as a key or a generated column does.
    structural: bool,
}

impl<'a, D: SchemaDialect> Comparison<'a, D> {
    pub(super) fn compare_column(&mut self, index: usize, live: &LiveColumn, found: &LiveTable) {
        let (table, column) = (self.table, &self.table.columns[index]);
        let (wanted, kind) = (sql::definition::<D>(table, index), D::column_type(&column.kind));
        let is_key = index == table.key;
        let renamed = !D::same_name(&live.name, column.name);
        let at = ColumnPair {
            index,
            live,
            found,
            name: if renamed { live.name.as_str() } else { column.name },
            declared: Meaning::of(column),
            moves: live.kind != *kind,
            structural: if is_key { live.definition != wanted } else { !live.rest.is_empty() },
            kind,
            wanted,
        };
        if at.structural {
            let differs = format!("is {}, declared {}", live.definition, at.wanted);
            self.differ(Level::Manual, self.of_column(column.name, differs), None);
            self.is_remade();
            self.structural = true;
            if !D::REBUILDS_TABLES {
                self.remade.push((at.name.to_owned(), at.declared.text()));
                return;
            }
        }
        let kept = self.kept(column, at.name, found);
        let stored = kept.filter(|kept| {
            let known = kept.meaning.column_type().map(|known| D::column_type(&known) == live.kind);
            known.unwrap_or(true)
        });
        let edit = self.values(&at, stored.map(|stored| &stored.meaning));
        if at.structural {
            if !self.converted.iter().any(|(converted, _)| converted == at.name) {
                self.remade.push((at.name.to_owned(), at.declared.text()));
            }
            return;
        }
        if !is_key && column.nullable == live.not_null {
            self.nullability(index, live, found, edit, at.moves.then_some(&at.wanted));
        }
        let was = if renamed { Some(live.name.as_str()) } else { kept.map(|kept| kept.column.as_str()) };
        let was = was.filter(|was| !D::same_name(was, column.name));
        if was.is_some() || kept.is_none_or(|kept| kept.meaning.text() != at.declared.text()) {
            self.means(column, was.map(ToOwned::to_owned), false);
        }
    }

    /// Plans the conversion of a column's values; `stored` is their recorded meaning, if there is one.
    fn values(&mut self, at: &ColumnPair<'_>, stored: Option<&Meaning>) -> Edit {
        let ColumnPair { index, live, found, ref declared, moves, .. } = *at;
        if stored.is_none() {
            self.adopted += 1;
        }
        let mut quoted = sql::quoted(&live.name);
        if live.rest.contains(" COLLATE ") {
            // Values are compared as they will be once the column has no other collation.
            quoted.push_str(" COLLATE BINARY");
        }
        let mut edit = Edit { column: live.name.clone(), ..Edit::default() };
        // A rowid is always an integer, even in a table that is not STRICT.
        let is_rowid = index == self.table.key && live.kind == "INTEGER";
        let loose = !found.faults.is_empty() && !is_rowid;
        let assumed = D::assumed(&live.kind);
        let each = match stored {
            None if loose || (moves && assumed.is_none()) => D::cast_by_value(&quoted, &live.kind, declared),
            _ => None,
        };
        let from = match stored {
            Some(stored) => stored.clone(),
            // Without a recorded meaning, a column that has the declared SQL type is assumed to be as declared.
            None if !moves => declared.clone(),
            None => assumed.unwrap_or_else(|| Meaning::Unknown(live.kind.clone())),
        };
        let by_value = each.is_some();
        let same = !by_value && from.is_within(declared) && declared.is_within(&from);
        let conversion = match each {
            Some(cast) => Some((Level::of(&cast), cast)),
            None if moves || !same => Some(conversion::<D>(&quoted, &from, declared, moves)),
            None => None,
        };
        match conversion {
            Some((level, cast)) => {
                self.report_conversion(at, &from, stored.is_some(), same, by_value, (level, &cast));
                if moves || cast.value.is_some() {
                    edit.kind = Some(at.kind.clone().into_owned());
                }
                (edit.value, edit.fits) = (cast.value, cast.fits);
                (edit.default, edit.default_fits) = self.default(index, live, &from, moves);
                self.converted.push((at.name.to_owned(), declared.text()));
                self.edits.push(edit.clone());
            }
            None if stored.is_none() => {
                let Some(holds) = adopted::<D>(&quoted, &live.kind, declared) else { return edit };
                // Whether all values fit the declaration is known only after a query.
                let differs =
                    self.of_column(self.table.columns[index].name, format!("holds what is not {declared}"));
                self.differ(Level::Apply, differs, None);
                let precondition = self.misfits(found, index, &live.name, &holds);
                if let Some(difference) = self.plan.differences.last_mut() {
                    difference.precondition = Some(precondition);
                }
                if at.structural {
                    edit.fits = Some(holds);
                    self.edits.push(edit.clone());
                }
            }
            None => {}
        }
        edit
    }

    /// Adds the difference of a column whose values are converted, or may not fit the declaration.
    fn report_conversion(
        &mut self,
        at: &ColumnPair<'_>,
        from: &Meaning,
        is_stored: bool,
        same: bool,
        by_value: bool,
        (level, cast): (Level, &Cast),
    ) {
        let (column, table) = (self.table.columns[at.index].name, self.table.name);
        let ColumnPair { live, ref declared, ref kind, ref wanted, moves, .. } = *at;
        let changes = moves || cast.assumes.is_some() || (is_stored && !same);
        let differs = match is_stored {
            _ if moves => format!("is {}, declared {wanted}", live.definition),
            true => format!("holds {from}, declared {declared}"),
            false if changes => format!("is {}, declared {declared}", live.definition),
            // This is reported only if a row does not fit.
            false => format!("holds what is not {declared}"),
        };
        let does = match same || by_value {
            true => format!("column `{column}` of table `{table}`: {kind} now, before {}", live.kind),
            false => format!("column `{column}` of table `{table}`: {declared} now, before {from}"),
        };
        let assumes = cast.assumes.map(|assumes| format!("(where {assumes})"));
        let precondition = cast.fits.as_ref().map(|fits| self.misfits(at.found, at.index, &live.name, fits));
        match at.structural && moves {
            // The structural difference was reported already.
            true => self.hint(assumes),
            false => {
                let differs = self.of_column(column, differs);
                self.differ(if changes { level } else { Level::Apply }, differs, assumes);
            }
        }
        if let Some(difference) = self.plan.differences.last_mut() {
            (difference.precondition, difference.converted) = (precondition, changes);
            if changes {
                difference.does = does;
            }
        }
    }

    /// Plans that a column becomes nullable, or NOT NULL.
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
        self.differ(level, self.of_column(column.name, what), None);
        let precondition =
            (!column.nullable).then(|| query::nulls::<D>(&found.name, &live.name, self.key_of(found)));
        if let Some(difference) = self.plan.differences.last_mut() {
            let does = format!("column `{}` of table `{}`: {now} now", column.name, table.name);
            (difference.does, difference.precondition, difference.converted) = (does, precondition, true);
        }
        edit.nullable = Some(column.nullable);
        self.edits.retain(|known| known.column != edit.column);
        self.edits.push(edit);
    }

    /// The precondition for rows whose values do not fit.
    fn misfits(&self, found: &LiveTable, index: usize, column: &str, fits: &str) -> Precondition {
        let (table, condition) = (&found.name, format!("NOT ({fits})"));
        // Values that clients may not see must not be logged either.
        let is_visible = self.table.visible.contains(&index);
        let precondition = match self.table.columns[index].kind {
            // Most numbers occur once, so the keys of the rows say more than the values.
            ColumnType::Decimal { .. } | ColumnType::Real if found.faults.is_empty() => {
                let shown = (is_visible && D::DECIMAL_HAS_SCALE).then_some(column);
                query::rows::<D>(table, &condition, shown, self.key_of(found))
            }
            _ if is_visible => query::values::<D>(table, &condition, column, self.key_of(found)),
            _ => query::hidden(table, &condition),
        };
        // If only NULL fits, no other value can be proposed.
        let fits_any = fits != format!("{} IS NULL", sql::quoted(column));
        precondition.with_remedies(
            fits_any.then(|| query::give_value(table, column, &condition)).into_iter().collect(),
        )
    }

    /// The name of the key in the database, and in the declaration.
    pub(super) fn key_of<'b>(&self, found: &'b LiveTable) -> Option<(&'b str, &'static str)> {
        let key = &self.table.columns[self.table.key];
        let live = |name: &str| found.columns.iter().find(|live| D::same_name(&live.name, name));
        let live = live(key.name).or_else(|| key.was.and_then(live))?;
        Some((live.name.as_str(), key.name))
    }

    /// The recorded meaning of a column, under this name, or under its former one if the column was renamed by hand.
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
