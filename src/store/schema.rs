//! The tables that a database has, against those that are declared.
//!
//! What is missing is made, all of it in one transaction. What is there and does not fit is never
//! touched: every difference of every table is told at once, to whoever launches.

use std::fmt::Write as _;

use super::Migrate;
use super::sql::{self, Dialect, Index};
use crate::resource::Table;

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
    differences: Vec<String>,
}

/// A statement that makes something.
#[derive(Debug)]
pub(super) struct Step {
    makes: String,
    pub(super) statement: String,
    /// A query that must find nothing for it, and the difference it is where it does.
    unless: Option<(String, String)>,
}

impl Plan {
    pub(super) fn of<D: Dialect>(tables: &[Table], live: &Live) -> Self {
        let mut plan = Plan::default();
        for (i, table) in tables.iter().enumerate() {
            if tables[..i].iter().any(|other| D::same_name(other.name, table.name)) {
                plan.differences.push(format!("table `{}`: is declared twice", table.name));
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
            for difference in &self.differences {
                let _ = write!(text, "\n  {difference}");
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
            self.differences.push(format!("table `{name}`: is {instead}, declared a table"));
            return;
        }
        self.differences.extend(live.faults.iter().map(|fault| format!("table `{name}`: {fault}")));
        for (i, column) in table.columns.iter().enumerate() {
            let wanted = sql::definition::<D>(table, i);
            let found = match live.columns.iter().find(|live| D::same_name(&live.name, column.name)) {
                Some(found) if found.definition == wanted => continue,
                Some(found) => found.definition.as_str(),
                // Rows that are there have nothing in it, which it may hold.
                None if column.nullable && i != table.key => {
                    let makes = format!("column `{}` of table `{name}`", column.name);
                    self.step(makes, sql::add_column::<D>(table, i));
                    continue;
                }
                None => "missing",
            };
            let column = column.name;
            self.differences
                .push(format!("table `{name}`, column `{column}`: is {found}, declared {wanted}"));
        }
        for LiveColumn { name: column, definition } in &live.columns {
            if !table.columns.iter().any(|known| D::same_name(known.name, column)) {
                self.differences
                    .push(format!("table `{name}`, column `{column}`: is {definition}, not declared"));
            }
        }
        for index in sql::indexes(table) {
            let column = table.columns[index.column].name;
            let there = live.columns.iter().any(|live| D::same_name(&live.name, column));
            if !there && table.columns[index.column].nullable {
                self.index::<D>(table, &index, names);
                continue;
            }
            let serves = |live: &LiveIndex| {
                live.first.as_ref().is_some_and(|first| D::same_name(first, column))
                    && (live.apart || !index.unique)
            };
            if !there || live.indexes.iter().any(serves) {
                continue;
            }
            if self.index::<D>(table, &index, names)
                && index.unique
                && let Some(step) = self.steps.last_mut()
            {
                let difference = format!(
                    "table `{name}`, column `{column}`: has a value in more than one row, declared unique"
                );
                step.unless = Some((sql::shared(table, index.column), difference));
            }
        }
    }

    /// Whether it can be made.
    fn index<D: Dialect>(&mut self, table: &Table, index: &Index, names: &[LiveName]) -> bool {
        let Some(taken) = names.iter().find(|taken| D::same_name(&taken.name, &index.name)) else {
            let makes = format!("index `{}` of table `{}`", index.name, table.name);
            self.step(makes, sql::create_index(table, index));
            return true;
        };
        let unique = if index.unique { "a unique index" } else { "an index" };
        self.differences.push(format!(
            "table `{}`, column `{}`: has no index of its own, declared {unique}, whose name `{}` is taken \
             by another {} (of `{}`)",
            table.name, table.columns[index.column].name, index.name, taken.kind, taken.of
        ));
        false
    }

    fn step(&mut self, makes: String, statement: String) {
        self.steps.push(Step { makes, statement, unless: None });
    }
}
