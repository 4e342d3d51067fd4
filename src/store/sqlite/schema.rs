//! Makes the tables of a database what the declaration wants, or tells what stands in the way.
//!
//! What is missing is made, all of it in one transaction. What is there and does not fit is never
//! touched: every difference of every table is told at once, to whoever launches.

use std::fmt::Write as _;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::live::{LiveTable, named};
use crate::resource::{ColumnType, Role, Table, TableColumn};
use crate::store::Migrate;
use crate::store::sql::{self, Dialect, Index};

/// How SQLite says it.
#[derive(Debug)]
pub(super) struct Sqlite;

impl Dialect for Sqlite {
    const TABLE_OPTIONS: &'static str = " STRICT";

    fn parameter(position: usize) -> String {
        format!("?{position}")
    }

    fn column_type(kind: &ColumnType) -> &'static str {
        match kind {
            ColumnType::Integer
            | ColumnType::Boolean
            | ColumnType::Decimal { .. }
            | ColumnType::Timestamp
            | ColumnType::Time => "INTEGER",
            ColumnType::Real => "REAL",
            ColumnType::Text | ColumnType::Choice(_) | ColumnType::Date | ColumnType::Json => "TEXT",
            ColumnType::Bytes | ColumnType::Uuid => "BLOB",
        }
    }

    /// An integer is the rowid itself; AUTOINCREMENT, so that the id of a deleted row never comes
    /// back.
    ///
    /// Other keys are an index beside a table with rowids. WITHOUT ROWID reads a page by key twice as
    /// fast where rows are small; but rows are of any size, and at 1.5 KB it was measured to make
    /// the file 2.3 times as large, reads by key a third as fast and inserts a fifth.
    fn key(column: &TableColumn) -> &'static str {
        match (column.role, Self::column_type(&column.kind)) {
            (Role::CountedKey, _) => "PRIMARY KEY AUTOINCREMENT",
            (_, "INTEGER") => "PRIMARY KEY",
            _ => "NOT NULL PRIMARY KEY",
        }
    }
}

/// Why the tables are not what the declaration wants.
#[derive(Debug)]
pub(super) enum Misfit {
    /// They are otherwise, as told.
    Told(String),
    /// SQLite failed.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Misfit {
    fn from(error: rusqlite::Error) -> Self {
        Misfit::Failed(error)
    }
}

/// Makes what is missing, as far as `migrate` lets it, or tells what does not fit.
pub(super) fn fit(connection: &Connection, tables: &[Table], migrate: Migrate) -> Result<(), Misfit> {
    // Nothing is locked where nothing is missing: another process may be writing.
    let plan = {
        let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
        Plan::of(connection, tables)?
    };
    plan.allowed(migrate)?;
    if plan.steps.is_empty() {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let plan = Plan::of(connection, tables)?;
    plan.allowed(migrate)?;
    for step in &plan.steps {
        transaction.execute_batch(&step.statement)?;
    }
    Ok(transaction.commit()?)
}

/// What is missing, and what does not fit.
#[derive(Debug, Default)]
struct Plan {
    steps: Vec<Step>,
    differences: Vec<String>,
}

/// A statement that makes something.
#[derive(Debug)]
struct Step {
    makes: String,
    statement: String,
}

impl Plan {
    fn of(connection: &Connection, tables: &[Table]) -> rusqlite::Result<Self> {
        let mut plan = Plan::default();
        for (i, table) in tables.iter().enumerate() {
            if tables[..i].iter().any(|other| other.name.eq_ignore_ascii_case(table.name)) {
                plan.differences.push(format!("table `{}`: is declared twice", table.name));
                continue;
            }
            match LiveTable::read(connection, table.name)? {
                Some(live) => plan.compare(connection, table, &live)?,
                None => {
                    plan.steps.push(Step {
                        makes: format!("table `{}`", table.name),
                        statement: sql::create_table::<Sqlite>(table),
                    });
                    for index in sql::indexes(table) {
                        plan.index(connection, table, &index)?;
                    }
                }
            }
        }
        Ok(plan)
    }

    fn compare(&mut self, connection: &Connection, table: &Table, live: &LiveTable) -> rusqlite::Result<()> {
        let name = table.name;
        if live.kind != "table" {
            let kind = if live.kind == "view" { "a view" } else { "a virtual table" };
            self.differences.push(format!("table `{name}`: is {kind}, declared a table"));
            return Ok(());
        }
        if !live.strict {
            self.differences.push(format!("table `{name}`: is not STRICT, declared STRICT"));
        }
        for (i, column) in table.columns.iter().enumerate() {
            let wanted = sql::definition::<Sqlite>(table, i);
            let found = live.columns.iter().find(|live| live.name.eq_ignore_ascii_case(column.name));
            let found = match found.map(|column| column.definition()) {
                Some(found) if found == wanted => continue,
                Some(found) => found,
                // Rows that are there have nothing in it, which it may hold.
                None if column.nullable && i != table.key => {
                    self.steps.push(Step {
                        statement: sql::add_column::<Sqlite>(table, i),
                        makes: format!("column `{}` of table `{name}`", column.name),
                    });
                    continue;
                }
                None => "missing".to_owned(),
            };
            let column = column.name;
            self.differences
                .push(format!("table `{name}`, column `{column}`: is {found}, declared {wanted}"));
        }
        for column in &live.columns {
            if !table.columns.iter().any(|known| known.name.eq_ignore_ascii_case(&column.name)) {
                let (column, found) = (&column.name, column.definition());
                self.differences.push(format!("table `{name}`, column `{column}`: is {found}, not declared"));
            }
        }
        for index in sql::indexes(table) {
            let column = table.columns[index.column].name;
            let there = live.columns.iter().any(|live| live.name.eq_ignore_ascii_case(column));
            if !there && table.columns[index.column].nullable {
                self.index(connection, table, &index)?;
                continue;
            }
            if !there || live.indexes.iter().any(|live| live.serves(column, index.unique)) {
                continue;
            }
            if index.unique && shared(connection, name, column)? {
                self.differences.push(format!(
                    "table `{name}`, column `{column}`: has a value in more than one row, declared unique"
                ));
            } else {
                self.index(connection, table, &index)?;
            }
        }
        Ok(())
    }

    fn index(&mut self, connection: &Connection, table: &Table, index: &Index) -> rusqlite::Result<()> {
        match named(connection, &index.name)? {
            None => self.steps.push(Step {
                makes: format!("index `{}` of table `{}`", index.name, table.name),
                statement: sql::create_index(table, index),
            }),
            Some((kind, of)) => {
                let unique = if index.unique { "a unique index" } else { "an index" };
                self.differences.push(format!(
                    "table `{}`, column `{}`: has no index of its own, declared {unique}, whose name \
                     `{}` is taken by another {kind} (of `{of}`)",
                    table.name, table.columns[index.column].name, index.name
                ));
            }
        }
        Ok(())
    }

    /// Stops where something does not fit, or where what is missing is not to be made.
    fn allowed(&self, migrate: Migrate) -> Result<(), Misfit> {
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
        if text.is_empty() { Ok(()) } else { Err(Misfit::Told(text)) }
    }
}

/// Whether two rows have the same value here; NULL is not one.
fn shared(connection: &Connection, table: &str, column: &str) -> rusqlite::Result<bool> {
    let (table, column) = (sql::quoted(table), sql::quoted(column));
    connection
        .prepare(&format!(
            "SELECT 1 FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1 LIMIT 1"
        ))?
        .exists([])
}
