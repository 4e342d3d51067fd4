//! Compares the tables of a database with the declared ones.

use std::fmt;

use super::change::{Difference, Edit, Level, Precondition};
use super::dialect::SchemaDialect;
use super::introspect::{Live, LiveColumn, LiveIndex, LiveTable};
use super::plan::{self, Plan, TablePlan};
use super::print::CONVERT;
use super::query;
use super::steps::Steps;
use crate::resource::{Role, Table, TableColumn};
use crate::store::{SchemaPolicy, Undeclared, sql};
use crate::value::Value;

impl Plan {
    /// Plans the migration to these tables. What depends on rows is left to the
    /// [`preconditions`](Self::preconditions).
    pub(in crate::store) fn of<D: SchemaDialect>(
        tables: &[Table],
        live: &Live,
        policy: &SchemaPolicy,
    ) -> Self {
        let steps = Steps::of::<D>(policy, live);
        let mut plan = Plan {
            notes: steps.notes,
            steps: steps.due,
            wrong_steps: steps.wrong,
            history: plan::history::<D>(live),
            is_new: live.is_empty() && live.history.is_none(),
            ..Plan::default()
        };
        for (i, table) in tables.iter().enumerate() {
            let mut comparison = Comparison::<D>::new(table, live, policy);
            if tables[..i].iter().any(|other| D::same_name(other.name, table.name)) {
                comparison.differ(Level::Manual, format!("table `{}`: is declared twice", table.name), None);
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
        plan.notes.extend(former_tables::<D>(tables, live));
        plan
    }
}

/// Remarks about tables that crewed created and that are not declared any more, if another table is new: it may be the
/// same one under another name.
fn former_tables<'a, D: SchemaDialect>(
    tables: &[Table],
    live: &'a Live,
) -> impl Iterator<Item = String> + use<'a, D> {
    let made = tables.iter().enumerate().filter(|(i, _)| live.tables.get(*i).is_some_and(Option::is_none));
    let made: Vec<String> = made.map(|(_, table)| format!("`{}`", table.name)).collect();
    let former = if made.is_empty() { &[][..] } else { &live.former_tables[..] };
    let made = made.join(", ");
    former.iter().map(move |former| {
        format!(
            "table `{former}`: is declared no more, and {made} is new; if that is to have the rows of `{former}`, say \
             so before rows are written: #[resource(\"..\", table = \"{former}\")]"
        )
    })
}

/// The comparison of one table, and the plan that comes of it.
pub(super) struct Comparison<'a, D> {
    pub(super) table: &'a Table,
    pub(super) live: &'a Live,
    policy: &'a SchemaPolicy,
    pub(super) plan: TablePlan,
    pub(super) notes: Vec<String>,
    pub(super) adopted: usize,
    /// The changes of existing columns, by their present names.
    pub(super) edits: Vec<Edit>,
    /// The names and new meanings of the converted columns.
    pub(super) converted: Vec<(String, String)>,
    /// The same for columns that change only if the table is rebuilt.
    pub(super) remade: Vec<(String, String)>,
    /// The positions of differences that disappear if the table is rebuilt.
    differences_remade: Vec<usize>,
    /// Whether the table must be rebuilt, since changes of single columns do not suffice.
    pub(super) structural: bool,
    dialect: std::marker::PhantomData<D>,
}

/// The new and the present name of each column that is renamed.
pub(super) type Renamed<'a> = Vec<(&'a str, &'a str)>;

impl<'a, D: SchemaDialect> Comparison<'a, D> {
    fn new(table: &'a Table, live: &'a Live, policy: &'a SchemaPolicy) -> Self {
        Comparison {
            table,
            live,
            policy,
            plan: TablePlan { name: table.name.to_owned(), ..TablePlan::default() },
            notes: Vec::new(),
            adopted: 0,
            edits: Vec::new(),
            converted: Vec::new(),
            remade: Vec::new(),
            differences_remade: Vec::new(),
            structural: false,
            dialect: std::marker::PhantomData,
        }
    }

    /// Plans the creation of a table.
    fn make(&mut self) {
        let table = self.table;
        self.does(format!("new table `{}`", table.name), None);
        self.plan.simple.push(sql::create_table::<D>(table));
        for index in sql::indexes::<D>(table) {
            let name = self.free_name(&index);
            self.does(format!("new index `{name}` of table `{}`", table.name), None);
            self.plan.simple.push(sql::create_index::<D>(table, &index, &name));
        }
        for column in &table.columns {
            self.means(column, None, true);
        }
        self.suggest_indexes(None, &[]);
    }

    fn compare(&mut self, found: &'a LiveTable) {
        let name = self.table.name;
        if let Some(instead) = &found.instead {
            self.differ(Level::Manual, format!("table `{name}`: is {instead}, declared a table"), None);
            return;
        }
        self.structural = !found.faults.is_empty();
        for fault in &found.faults {
            self.differ(Level::Manual, format!("table `{name}`: {fault}"), None);
            self.is_remade();
        }
        let renamed = self.rename(found);
        let find = |column: &str| {
            if let Some((_, old)) = renamed.iter().find(|(new, _)| *new == column) {
                return found.columns.iter().find(|live| live.name == *old);
            }
            // A column that is renamed does not count as existing under its present name.
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
        self.indexes(found, &there, &renamed);
        self.suggest_indexes(Some(found), &there);
    }

    /// Plans the statements that convert the columns of a table.
    fn convert(&mut self, found: &LiveTable, there: &[(usize, &str)]) {
        let missing = |(i, column): (usize, &TableColumn)| {
            !column.nullable && !there.iter().any(|(known, _)| *known == i)
        };
        if self.structural && !self.table.columns.iter().enumerate().any(missing) {
            let meanings = [self.converted.clone(), self.remade.clone()].concat();
            if let Some(statements) = D::remake(self.table, found, there, &self.edits, &meanings) {
                let words = match D::REBUILDS_TABLES {
                    true => "to make the table anew of what it holds",
                    false => "to make the table as declared of what it holds",
                };
                self.plan.paste = Some((words.to_owned(), statements));
                self.check_dependents(found, there);
                self.settle_remade(true);
                return;
            }
            self.settle_remade(false);
        }
        if self.edits.is_empty() || (self.structural && D::REBUILDS_TABLES) {
            return;
        }
        self.check_dependents(found, there);
        let failed = |why: String| format!("no statement can be made of `{}`: {why}", found.source);
        let alters = self.edits.iter().any(Edit::alters);
        let alter = if alters { D::alter(found, &self.edits) } else { Ok(Vec::new()) };
        match (alter, D::paste(self.table, found, &self.edits, &self.converted)) {
            (Ok(alter), Ok(paste)) => {
                self.plan.alter = alter;
                let most = self.plan.differences.iter().filter(|difference| difference.converted);
                let words = match most.map(|difference| difference.level).max() {
                    Some(Level::Manual) => "to convert it so",
                    _ => CONVERT,
                };
                self.plan.paste = Some((words.to_owned(), paste));
            }
            (Err(why), _) | (_, Err(why)) => {
                for difference in self.plan.differences.iter_mut().filter(|known| known.converted) {
                    difference.level = Level::Manual;
                    difference.hints.push(failed(why.clone()));
                }
            }
        }
    }

    /// Plans the renaming of columns whose field has a `was`.
    fn rename(&mut self, found: &'a LiveTable) -> Renamed<'a> {
        let table = self.table;
        let there = |name: &str| found.columns.iter().find(|live| D::same_name(&live.name, name));
        let mut renamed: Renamed<'_> = Vec::new();
        for (i, column) in table.columns.iter().enumerate() {
            let Some(was) = column.was else { continue };
            let (None, Some(old)) = (there(column.name), there(was)) else { continue };
            if let Some((other, _)) = renamed.iter().find(|(_, taken)| *taken == old.name) {
                let what = format!("goes to `{other}` and to `{}`; one column becomes one", column.name);
                self.differ(Level::Manual, self.of_column(was, what), None);
                continue;
            }
            self.does(format!("column `{}` of table `{}`, which was `{was}`", column.name, table.name), None);
            self.plan.simple.push(sql::rename_column(table, &old.name, i));
            renamed.push((column.name, &old.name));
        }
        renamed
    }

    /// Plans a new column, if existing rows can have a value for it: NULL, the default, or the current time.
    fn add(&mut self, index: usize, found: &LiveTable) {
        let (table, column) = (self.table, &self.table.columns[index]);
        let value = self.filling(column);
        if index == table.key || (!column.nullable && value.is_none()) {
            let wanted = sql::definition::<D>(table, index);
            let what = self.of_column(column.name, format!("is missing, declared {wanted}"));
            let hint = (index != table.key).then(|| {
                let add = sql::add_column::<D>(table, index, Some("<VALUE>"));
                // The default of what is the caller's would be everybody's.
                match column.of_caller {
                    true => format!("rows that are there need a value: {add}"),
                    false => format!("give the field a `default`, or rows that are there a value: {add}"),
                }
            });
            self.differ(Level::Manual, what, self.suggest_was(column, found));
            self.hint(hint);
            return;
        }
        let repeats = column.unique && value.is_some();
        let precondition = repeats.then(|| query::several(&found.name));
        self.does(format!("new column `{}` of table `{}`", column.name, table.name), precondition);
        let what = "is missing, and would have its default in every row, declared unique";
        let what = self.of_column(column.name, what);
        if let Some(difference) = self.plan.differences.last_mut().filter(|_| repeats) {
            difference.what = what;
        }
        let default = value.map(|value| D::literal(&value, &column.kind));
        self.plan.simple.push(sql::add_column::<D>(table, index, default.as_deref()));
        self.means(column, None, true);
    }

    /// The value that existing rows get in a new column, if that is not NULL.
    pub(super) fn filling(&self, column: &TableColumn) -> Option<Value> {
        let timed = || matches!(column.role, Role::CreatedAt | Role::UpdatedAt).then(now);
        column.default.clone().or_else(timed).filter(|value| *value != Value::Null)
    }

    /// Checks the columns that are not declared. Most are harmless, since an insert need not name them.
    fn undeclared(&mut self, found: &LiveTable, renamed: &Renamed<'_>) {
        let table = self.table;
        for live in &found.columns {
            if !self.is_undeclared(live, renamed) {
                continue;
            }
            let mut what = self.of_column(&live.name, format!("is {}, not declared", live.definition));
            let harmless = !live.not_null || live.filled || live.computed;
            let too_late = self.was_too_late(live, found);
            let over = |index: &&LiveIndex| index.over.iter().any(|name| D::same_name(name, &live.name));
            let indexes = || found.indexes.iter().filter(over);
            if harmless && self.policy.undeclared == Undeclared::Allow {
                let own = |index: &&LiveIndex| {
                    index.created_on().iter().any(|name| D::same_name(name, &live.name))
                        && self.live.is_own(index)
                        && !self.blocks_inserts(index, found, renamed)
                };
                for index in found.indexes.iter().filter(own) {
                    let drop = D::drop_index(table.name, &index.name, false).unwrap_or_default();
                    what.push_str(&format!(
                        "; its index `{}` stays as well; to give that up: {drop}",
                        index.name
                    ));
                }
                let more = too_late.or_else(|| self.suggest_rename(live, found));
                self.notes.push(more.map_or(what.clone(), |more| format!("{what}; {more}")));
                continue;
            }
            if D::REBUILDS_TABLES
                && let Some(hint) = self.was_the_key(live, renamed)
            {
                self.differ(Level::Manual, what, Some(hint));
                self.is_remade();
                continue;
            }
            let drop = match indexes().find(|index| index.constraint) {
                Some(index) => {
                    format!("make the table anew without it, as `{}` is a part of the table", index.name)
                }
                None => {
                    let drops = indexes().filter_map(|index| D::drop_index(table.name, &index.name, false));
                    let column = sql::drop_column(table, &live.name);
                    drops.chain([column]).collect::<Vec<_>>().join("; ")
                }
            };
            let was = too_late.unwrap_or_else(|| {
                format!("if a field has another name now, say so: #[field(was = \"{}\")]", live.name)
            });
            self.differ(Level::Manual, what, Some(format!("{was}; to lose what it holds: {drop}")));
        }
    }

    /// Whether an existing column is not declared.
    pub(super) fn is_undeclared(&self, live: &LiveColumn, renamed: &Renamed<'_>) -> bool {
        !self.table.columns.iter().any(|known| D::same_name(known.name, &live.name))
            && !renamed.iter().any(|(_, old)| D::same_name(old, &live.name))
    }

    /// The message about a column.
    pub(super) fn of_column(&self, column: &str, differs: impl fmt::Display) -> String {
        format!("table `{}`, column `{column}`: {differs}", self.table.name)
    }

    /// Adds a hint to the last difference.
    pub(super) fn hint(&mut self, hint: Option<String>) {
        if let Some(difference) = self.plan.differences.last_mut() {
            difference.hints.extend(hint);
        }
    }

    /// Adds a difference.
    pub(super) fn differ(&mut self, level: Level, what: String, hint: Option<String>) {
        self.plan.differences.push(Difference {
            what,
            does: String::new(),
            level,
            precondition: None,
            found: None,
            remedies: Vec::new(),
            hints: hint.into_iter().collect(),
            converted: false,
        });
    }

    /// Adds a change, which is made unless a row prevents it.
    pub(super) fn does(&mut self, what: String, precondition: Option<Precondition>) {
        self.differ(Level::Apply, what.clone(), None);
        if let Some(difference) = self.plan.differences.last_mut() {
            (difference.does, difference.precondition) = (what, precondition);
        }
    }

    /// Marks the last difference as one that disappears if the table is rebuilt.
    pub(super) fn is_remade(&mut self) {
        self.differences_remade.extend(self.plan.differences.len().checked_sub(1));
    }

    /// Records for these differences whether statements can rebuild the table.
    fn settle_remade(&mut self, possible: bool) {
        for index in std::mem::take(&mut self.differences_remade) {
            if let Some(difference) = self.plan.differences.get_mut(index) {
                difference.converted = possible;
                let hint = "no statement makes it so of what it holds: make a table as it is declared by another name, \
                            copy the rows, and give it this one";
                difference.hints.extend((!possible).then(|| hint.to_owned()));
            }
        }
    }
}

/// The current time, as a column stores it.
fn now() -> Value {
    Value::Integer(chrono::Utc::now().timestamp_micros())
}
