//! The tables that a database has, against those that are declared.
//!
//! What is missing is made, all of it in one transaction. What is there and does not fit is never
//! touched: every difference of every table is told at once, to whoever launches.

use std::fmt::Write as _;

use super::Migrate;
use super::sql::{self, Dialect, Index};
use crate::resource::{Table, TableColumn};
use crate::value::Value;

/// What a database has of what is declared.
#[derive(Debug)]
pub(super) struct Live {
    /// For each declared table, the one of its name.
    pub(super) tables: Vec<Option<LiveTable>>,
    /// What has the name of an index that may have to be made.
    pub(super) names: Vec<LiveName>,
}

/// A table, or a view or the like of its name.
#[derive(Debug, Default)]
pub(super) struct LiveTable {
    /// What it is, where it is no table: `a view`.
    pub(super) instead: Option<String>,
    /// What is wrong with it whatever its columns: `is not STRICT, declared STRICT`.
    pub(super) faults: Vec<String>,
    pub(super) columns: Vec<LiveColumn>,
    pub(super) indexes: Vec<LiveIndex>,
}

/// One of its columns.
#[derive(Debug)]
pub(super) struct LiveColumn {
    pub(super) name: String,
    /// What it was declared as, in the words that crewed declares columns with.
    pub(super) definition: String,
}

/// One of its indexes.
#[derive(Debug)]
pub(super) struct LiveIndex {
    /// Its first column, where it is one of columns that holds every row and compares as crewed does.
    pub(super) first: Option<String>,
    /// Whether it keeps the values of that column alone apart.
    pub(super) apart: bool,
}

/// Something that has a name.
#[derive(Debug)]
pub(super) struct LiveName {
    pub(super) name: String,
    /// `index` or the like.
    pub(super) kind: String,
    /// The table it belongs to.
    pub(super) of: String,
}

/// What is missing, and what does not fit.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    differences: Vec<Difference>,
}

/// What does not fit, and how a person could make it.
#[derive(Debug)]
struct Difference {
    what: String,
    hints: Vec<String>,
}

/// A statement that makes something.
#[derive(Debug)]
pub(super) struct Step {
    makes: String,
    pub(super) statement: String,
    /// A query that must find nothing for it, and the difference it is where it does.
    unless: Option<(String, Difference)>,
}

impl Plan {
    pub(super) fn of<D: Dialect>(tables: &[Table], live: &Live) -> Self {
        let mut plan = Plan::default();
        for (i, table) in tables.iter().enumerate().filter(|(_, table)| !table.again) {
            if tables[..i].iter().any(|other| D::same_name(other.name, table.name)) {
                plan.differ(format!("table `{}`: is declared twice", table.name), None);
                continue;
            }
            match live.tables.get(i).and_then(Option::as_ref) {
                Some(found) => plan.compare::<D>(table, found, &live.names),
                None => {
                    plan.step(format!("table `{}`", table.name), sql::create_table::<D>(table));
                    for index in sql::indexes(table) {
                        plan.index::<D>(table, &index, &live.names);
                    }
                }
            }
        }
        plan
    }

    /// Queries that must find nothing, where it is to be carried out.
    pub(super) fn doubts(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| step.unless.as_ref()).map(|(query, _)| query.as_str())
    }

    /// Takes into account whether each of these queries found something.
    pub(super) fn settle(&mut self, found: impl IntoIterator<Item = bool>) {
        let mut found = found.into_iter();
        self.steps.retain_mut(|step| match step.unless.take() {
            Some((_, difference)) if found.next() == Some(true) => {
                self.differences.push(difference);
                false
            }
            _ => true,
        });
    }

    /// Stops where something does not fit, or where what is missing is not to be made; tells why.
    pub(super) fn allowed(&self, migrate: Migrate) -> Result<(), String> {
        let mut text = String::new();
        if !self.differences.is_empty() {
            text.push_str("does not fit the declaration (nothing was changed):");
            for Difference { what, hints } in &self.differences {
                let _ = write!(text, "\n  {what}");
                for hint in hints {
                    let _ = write!(text, "\n    {hint}");
                }
            }
        }
        let told: Vec<&str> = match migrate {
            Migrate::Apply => Vec::new(),
            Migrate::Print => self.steps.iter().map(|step| step.statement.as_str()).collect(),
            Migrate::Check => self.steps.iter().map(|step| step.makes.as_str()).collect(),
        };
        if !told.is_empty() {
            if !text.is_empty() {
                text.push_str("\nand ");
            }
            let end = if migrate == Migrate::Print { ";" } else { "" };
            text.push_str(match migrate {
                Migrate::Print => "lacks what these statements make (migrate = \"apply\" runs them):",
                _ => "lacks (migrate = \"apply\" makes it):",
            });
            for line in told {
                let _ = write!(text, "\n  {line}{end}");
            }
        }
        if text.is_empty() { Ok(()) } else { Err(text) }
    }

    fn compare<D: Dialect>(&mut self, table: &Table, live: &LiveTable, names: &[LiveName]) {
        let name = table.name;
        if let Some(instead) = &live.instead {
            self.differ(format!("table `{name}`: is {instead}, declared a table"), None);
            return;
        }
        for fault in &live.faults {
            self.differ(format!("table `{name}`: {fault}"), None);
        }
        let renamed = self.rename::<D>(table, live);
        let find = |column: &str| {
            let old = renamed.iter().find(|(new, _)| *new == column).map_or(column, |(_, old)| old);
            live.columns.iter().find(|live| D::same_name(&live.name, old))
        };
        let mut unalterable = !live.faults.is_empty();
        for (i, column) in table.columns.iter().enumerate() {
            match find(column.name) {
                Some(found) => unalterable |= self.compare_column::<D>(table, i, &found.definition),
                None => self.add::<D>(table, i),
            }
        }
        for LiveColumn { name: column, definition } in &live.columns {
            let declared = table.columns.iter().any(|known| D::same_name(known.name, column));
            if !declared && !renamed.iter().any(|(_, old)| D::same_name(old, column)) {
                self.differ(
                    format!("table `{name}`, column `{column}`: is {definition}, not declared"),
                    Some(format!(
                        "if a field has another name now, say so: #[field(was = \"{column}\")]; to lose what it \
                         holds: {}",
                        sql::drop_column(table, column)
                    )),
                );
            }
        }
        let whole = |column: &&TableColumn| column.nullable || find(column.name).is_some();
        if unalterable && D::REBUILDS && table.columns.iter().all(|column| whole(&column)) {
            let columns: Vec<(&str, &str)> = table
                .columns
                .iter()
                .filter_map(|column| Some((column.name, find(column.name)?.name.as_str())))
                .collect();
            let hint =
                format!("to make `{name}` anew of what it holds: {}", sql::rebuild::<D>(table, &columns));
            if let Some(last) = self.differences.last_mut() {
                last.hints.push(hint);
            }
        }
        for index in sql::indexes(table) {
            let column = &table.columns[index.column];
            let Some(found) = find(column.name) else {
                if column.nullable || column.default.is_some() {
                    self.index::<D>(table, &index, names);
                }
                continue;
            };
            let serves = |live: &LiveIndex| {
                live.first.as_ref().is_some_and(|first| D::same_name(first, &found.name))
                    && (live.apart || !index.unique)
            };
            if live.indexes.iter().any(serves) {
                continue;
            }
            if self.index::<D>(table, &index, names)
                && index.unique
                && let Some(step) = self.steps.last_mut()
            {
                let what = format!(
                    "table `{name}`, column `{}`: has a value in more than one row, declared unique",
                    column.name
                );
                // Looked for before anything is renamed.
                let duplicates = sql::duplicates(table.name, &found.name);
                let hints = vec![format!("to see which: {duplicates}")];
                step.unless = Some((sql::shared(table.name, &found.name), Difference { what, hints }));
            }
        }
    }

    /// The columns that are there by an old name, with that.
    fn rename<'a, D: Dialect>(&mut self, table: &'a Table, live: &'a LiveTable) -> Vec<(&'a str, &'a str)> {
        let there = |name: &str| live.columns.iter().find(|live| D::same_name(&live.name, name));
        let mut renamed: Vec<(&str, &str)> = Vec::new();
        for (i, column) in table.columns.iter().enumerate() {
            let Some(was) = column.was else { continue };
            let (None, Some(old)) = (there(column.name), there(was)) else { continue };
            if let Some((other, _)) = renamed.iter().find(|(_, taken)| *taken == old.name) {
                self.differ(
                    format!(
                        "table `{}`, column `{was}`: goes to `{other}` and to `{}`; one column becomes one",
                        table.name, column.name
                    ),
                    None,
                );
                continue;
            }
            let makes = format!("column `{}` of table `{}`, which was `{was}`", column.name, table.name);
            self.step(makes, sql::rename_column(table, &old.name, i));
            renamed.push((column.name, &old.name));
        }
        renamed
    }

    /// Whether there is no statement that would make it what it should be.
    fn compare_column<D: Dialect>(&mut self, table: &Table, index: usize, found: &str) -> bool {
        let wanted = sql::definition::<D>(table, index);
        if found == wanted {
            return false;
        }
        let alter = D::alter(table, index, found);
        let unalterable = alter.is_none();
        let hint = alter.map(|statement| format!("to convert what it holds: {statement}"));
        let (table, column) = (table.name, table.columns[index].name);
        self.differ(format!("table `{table}`, column `{column}`: is {found}, declared {wanted}"), hint);
        unalterable
    }

    /// Adds a column, where rows that are there have something for it: nothing, or the default.
    fn add<D: Dialect>(&mut self, table: &Table, index: usize) {
        let column = &table.columns[index];
        let makes = format!("column `{}` of table `{}`", column.name, table.name);
        if index == table.key || (!column.nullable && column.default.is_none()) {
            let wanted = sql::definition::<D>(table, index);
            let what =
                format!("table `{}`, column `{}`: is missing, declared {wanted}", table.name, column.name);
            let hint = (index != table.key).then(|| {
                let add = sql::add_column_with::<D>(table, index, Some("<VALUE>"));
                format!("give the field a `default`, or rows that are there a value: {add}")
            });
            self.differ(what, hint);
            return;
        }
        self.step(makes, sql::add_column::<D>(table, index));
        let repeats = column.unique && !matches!(column.default, None | Some(Value::Null));
        if let Some(step) = self.steps.last_mut().filter(|_| repeats) {
            let what = format!(
                "table `{}`, column `{}`: is missing, and would have its default in every row, declared unique",
                table.name, column.name
            );
            step.unless = Some((sql::several(table), Difference { what, hints: Vec::new() }));
        }
    }

    fn differ(&mut self, what: String, hint: Option<String>) {
        self.differences.push(Difference { what, hints: hint.into_iter().collect() });
    }

    /// Whether it can be made.
    fn index<D: Dialect>(&mut self, table: &Table, index: &Index, names: &[LiveName]) -> bool {
        let Some(taken) = names.iter().find(|taken| D::same_name(&taken.name, &index.name)) else {
            let makes = format!("index `{}` of table `{}`", index.name, table.name);
            self.step(makes, sql::create_index(table, index));
            return true;
        };
        let unique = if index.unique { "a unique index" } else { "an index" };
        self.differ(
            format!(
                "table `{}`, column `{}`: has no index of its own, declared {unique}, whose name `{}` is taken \
                 by another {} (of `{}`)",
                table.name, table.columns[index.column].name, index.name, taken.kind, taken.of
            ),
            None,
        );
        false
    }

    fn step(&mut self, makes: String, statement: String) {
        self.steps.push(Step { makes, statement, unless: None });
    }
}
