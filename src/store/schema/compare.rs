//! Compares the tables that a database has with those that are declared.

use super::change::{Difference, Doubt, Edit, Level, Meant};
use super::convert::passage;
use super::dialect::SchemaDialect;
use super::live::{Live, LiveColumn, LiveTable};
use super::meaning::Meaning;
use super::plan::{self, Plan, TablePlan};
use super::query;
use super::steps::Steps;
use crate::resource::{ColumnType, Role, Table, TableColumn};
use crate::store::{SchemaPolicy, Undeclared, sql};
use crate::value::Value;

impl Plan {
    /// What is to be done so that a database has these tables. Rows are not looked at; see
    /// [`doubts`](Self::doubts).
    pub(in crate::store) fn of<D: SchemaDialect>(
        tables: &[Table],
        live: &Live,
        policy: &SchemaPolicy,
    ) -> Self {
        let steps = Steps::of(policy, live, D::of_step);
        let mut plan = Plan {
            notes: steps.notes,
            steps: steps.due,
            wrong_steps: steps.wrong,
            history: plan::history::<D>(live),
            ..Plan::default()
        };
        for (i, table) in tables.iter().enumerate().filter(|(_, table)| !table.again) {
            let mut comparison = Comparison::<D>::new(table, live, policy);
            if tables[..i].iter().any(|other| D::same_name(other.name, table.name)) {
                comparison.differ(Level::Person, format!("table `{}`: is declared twice", table.name), None);
            } else {
                match live.tables.get(i).and_then(Option::as_ref) {
                    Some(found) => comparison.compare(found),
                    None => comparison.make(),
                }
            }
            plan.notes.append(&mut comparison.notes);
            plan.adopted += comparison.adopted;
            plan.tables.push(comparison.plan);
        }
        plan
    }
}

/// A table and what the database has.
pub(super) struct Comparison<'a, D> {
    pub(super) table: &'a Table,
    pub(super) live: &'a Live,
    policy: &'a SchemaPolicy,
    pub(super) plan: TablePlan,
    pub(super) notes: Vec<String>,
    adopted: usize,
    /// What becomes of columns that are there, and what they mean then, by the names that they have.
    edits: Vec<Edit>,
    converted: Vec<(String, String)>,
    /// The same of columns that only a table that is made anew can have.
    remade: Vec<(String, String)>,
    /// Whether no statement makes single columns what they should be.
    structural: bool,
    dialect: std::marker::PhantomData<D>,
}

/// The columns that are there by an old name, with that.
pub(super) type Renamed<'a> = Vec<(&'a str, &'a str)>;

impl<'a, D: SchemaDialect> Comparison<'a, D> {
    fn new(table: &'a Table, live: &'a Live, policy: &'a SchemaPolicy) -> Self {
        Comparison {
            table,
            live,
            policy,
            plan: TablePlan::default(),
            notes: Vec::new(),
            adopted: 0,
            edits: Vec::new(),
            converted: Vec::new(),
            remade: Vec::new(),
            structural: false,
            dialect: std::marker::PhantomData,
        }
    }

    /// Makes a table that is not there.
    fn make(&mut self) {
        let table = self.table;
        self.does(format!("new table `{}`", table.name), None);
        self.plan.simple.push(sql::create_table::<D>(table));
        for index in sql::indexes(table) {
            let name = self.free_name(&index);
            self.does(format!("new index `{name}` of table `{}`", table.name), None);
            self.plan.simple.push(sql::create_index(table, &index, &name));
        }
        for column in &table.columns {
            self.means(column, None);
        }
    }

    fn compare(&mut self, found: &'a LiveTable) {
        let name = self.table.name;
        if let Some(instead) = &found.instead {
            self.differ(Level::Person, format!("table `{name}`: is {instead}, declared a table"), None);
            return;
        }
        self.structural = !found.faults.is_empty();
        for fault in &found.faults {
            self.differ(Level::Person, format!("table `{name}`: {fault}"), None);
            self.is_remade();
        }
        let renamed = self.rename(found);
        let find = |column: &str| {
            if let Some((_, old)) = renamed.iter().find(|(new, _)| *new == column) {
                return found.columns.iter().find(|live| live.name == *old);
            }
            // What goes to another name is not there by this one.
            let stays = |live: &&LiveColumn| !renamed.iter().any(|(_, old)| *old == live.name);
            found.columns.iter().filter(stays).find(|live| D::same_name(&live.name, column))
        };
        for (i, column) in self.table.columns.iter().enumerate() {
            match find(column.name) {
                Some(live) => self.compare_column(i, live, found),
                None => self.add(i, found),
            }
        }
        self.undeclared(found, &renamed);
        let there: Vec<(usize, &str)> = self
            .table
            .columns
            .iter()
            .enumerate()
            .filter_map(|(i, column)| Some((i, find(column.name)?.name.as_str())))
            .collect();
        self.convert(found, &there);
        self.indexes(found, &there);
    }

    /// The statements that make the columns of a table what they should be.
    fn convert(&mut self, found: &LiveTable, there: &[(usize, &str)]) {
        let missing = |(i, column): (usize, &TableColumn)| {
            !column.nullable && !there.iter().any(|(known, _)| *known == i)
        };
        if self.structural && !self.table.columns.iter().enumerate().any(missing) {
            let meanings = [self.converted.clone(), self.remade.clone()].concat();
            if let Some(statements) = D::remake(self.table, found, there, &self.edits, &meanings) {
                self.plan.paste = Some(("to make the table anew of what it holds".to_owned(), statements));
                return;
            }
        }
        if self.edits.is_empty() || (self.structural && D::IN_SOURCE) {
            return;
        }
        let failed = |why: String| format!("no statement can be made of `{}`: {why}", found.source);
        let alters = self.edits.iter().any(Edit::alters);
        let alter = if alters { D::alter(found, &self.edits) } else { Ok(Vec::new()) };
        match (alter, D::paste(found, &self.edits, &self.converted)) {
            (Ok(alter), Ok(paste)) => {
                self.plan.alter = alter;
                let most = self.plan.differences.iter().filter(|difference| difference.converted);
                let words = match most.map(|difference| difference.level).max() {
                    Some(Level::Person) => "to convert it so",
                    _ => {
                        "to convert it (migrate = \"convert\" does the same, where no row stands in the way)"
                    }
                };
                self.plan.paste = Some((words.to_owned(), paste));
            }
            (Err(why), _) | (_, Err(why)) => {
                for difference in self.plan.differences.iter_mut().filter(|known| known.converted) {
                    difference.level = Level::Person;
                    difference.hints.push(failed(why.clone()));
                }
            }
        }
    }

    /// The columns that are there by an old name, with that.
    fn rename(&mut self, found: &'a LiveTable) -> Renamed<'a> {
        let table = self.table;
        let there = |name: &str| found.columns.iter().find(|live| D::same_name(&live.name, name));
        let mut renamed: Renamed<'_> = Vec::new();
        for (i, column) in table.columns.iter().enumerate() {
            let Some(was) = column.was else { continue };
            let (None, Some(old)) = (there(column.name), there(was)) else { continue };
            if let Some((other, _)) = renamed.iter().find(|(_, taken)| *taken == old.name) {
                let what = format!(
                    "table `{}`, column `{was}`: goes to `{other}` and to `{}`; one column becomes one",
                    table.name, column.name
                );
                self.differ(Level::Person, what, None);
                continue;
            }
            self.does(format!("column `{}` of table `{}`, which was `{was}`", column.name, table.name), None);
            self.plan.simple.push(sql::rename_column(table, &old.name, i));
            renamed.push((column.name, &old.name));
        }
        renamed
    }

    fn compare_column(&mut self, index: usize, live: &LiveColumn, found: &LiveTable) {
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
            edit.default = column.default.as_ref().map(|value| D::literal(value, &column.kind));
            self.converted.push((live.name.clone(), declared.text()));
            self.edits.push(edit.clone());
        } else if stored.is_none()
            && let Some(holds) = declared.holds(&quoted)
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

    /// Adds a column, where rows that are there have something for it: nothing, the default, or the time.
    fn add(&mut self, index: usize, found: &LiveTable) {
        let (table, column) = (self.table, &self.table.columns[index]);
        let timed = matches!(column.role, Role::CreatedAt | Role::UpdatedAt).then(now);
        let value = column.default.as_ref().or(timed.as_ref());
        if index == table.key || (!column.nullable && value.is_none()) {
            let wanted = sql::definition::<D>(table, index);
            let what =
                format!("table `{}`, column `{}`: is missing, declared {wanted}", table.name, column.name);
            let hint = (index != table.key).then(|| {
                let add = sql::add_column::<D>(table, index, Some("<VALUE>"));
                format!("give the field a `default`, or rows that are there a value: {add}")
            });
            self.differ(Level::Person, what, hint);
            return;
        }
        let repeats = column.unique && !matches!(value, None | Some(Value::Null));
        let doubt = repeats.then(|| query::several(&found.name));
        self.does(format!("new column `{}` of table `{}`", column.name, table.name), doubt);
        if let Some(difference) = self.plan.differences.last_mut().filter(|_| repeats) {
            difference.what = format!(
                "table `{}`, column `{}`: is missing, and would have its default in every row, declared unique",
                table.name, column.name
            );
        }
        let default = value.map(|value| D::literal(value, &column.kind));
        self.plan.simple.push(sql::add_column::<D>(table, index, default.as_deref()));
        self.means(column, None);
    }

    /// Columns that are there and not declared: whoever writes rows need not know of most of them.
    fn undeclared(&mut self, found: &LiveTable, renamed: &Renamed<'_>) {
        let table = self.table;
        for live in &found.columns {
            let declared = table.columns.iter().any(|known| D::same_name(known.name, &live.name));
            if declared || renamed.iter().any(|(_, old)| D::same_name(old, &live.name)) {
                continue;
            }
            let what = format!(
                "table `{}`, column `{}`: is {}, not declared",
                table.name, live.name, live.definition
            );
            let harmless = !live.not_null || live.filled || live.computed;
            if harmless && self.policy.undeclared == Undeclared::Allow {
                self.notes.push(what);
                continue;
            }
            let hint = format!(
                "if a field has another name now, say so: #[field(was = \"{}\")]; to lose what it holds: {}",
                live.name,
                sql::drop_column(table, &live.name)
            );
            self.differ(Level::Person, what, Some(hint));
        }
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

    fn means(&mut self, column: &TableColumn, was: Option<String>) {
        self.plan.meant.push(Meant {
            table: self.table.name.to_owned(),
            column: column.name.to_owned(),
            was,
            meaning: Meaning::of(column).text(),
        });
    }

    pub(super) fn differ(&mut self, level: Level, what: String, hint: Option<String>) {
        self.plan.differences.push(Difference {
            what,
            does: String::new(),
            level,
            doubt: None,
            found: None,
            hints: hint.into_iter().collect(),
            converted: false,
        });
    }

    /// What is done where no row stands in the way.
    pub(super) fn does(&mut self, what: String, doubt: Option<Doubt>) {
        self.differ(Level::Apply, what.clone(), None);
        if let Some(difference) = self.plan.differences.last_mut() {
            (difference.does, difference.doubt) = (what, doubt);
        }
    }

    /// The last difference is gone once the table is made anew.
    fn is_remade(&mut self) {
        if let Some(difference) = self.plan.differences.last_mut() {
            difference.converted = D::IN_SOURCE;
        }
    }
}

/// The time, as a column holds it.
fn now() -> Value {
    Value::Integer(chrono::Utc::now().timestamp_micros())
}
