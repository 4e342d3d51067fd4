//! Makes the tables of a database what the declaration wants, or tells what stands in the way.

use std::borrow::Cow;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::live;
use crate::resource::{ColumnType, Role, Table, TableColumn};
use crate::store::SchemaPolicy;
use crate::store::schema::Plan;
use crate::store::sql::{self, Dialect};
use crate::value::Value;

/// How SQLite says it.
#[derive(Debug)]
pub(super) struct Sqlite;

impl Dialect for Sqlite {
    const TABLE_OPTIONS: &'static str = " STRICT";

    fn parameter(position: usize) -> String {
        format!("?{position}")
    }

    fn same_name(one: &str, other: &str) -> bool {
        one.eq_ignore_ascii_case(other)
    }

    fn column_type(kind: &ColumnType) -> Cow<'static, str> {
        Cow::Borrowed(match kind {
            ColumnType::Integer
            | ColumnType::Boolean
            | ColumnType::Decimal { .. }
            | ColumnType::Timestamp
            | ColumnType::Time => "INTEGER",
            ColumnType::Real => "REAL",
            ColumnType::Text | ColumnType::Choice(_) | ColumnType::Date | ColumnType::Json => "TEXT",
            ColumnType::Bytes | ColumnType::Uuid => "BLOB",
        })
    }

    const REBUILDS: bool = true;

    const HISTORY: &'static str = "CREATE TABLE IF NOT EXISTS \"_crewed_history\" \
        (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, \
        \"made_at\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')), \"statement\" TEXT NOT NULL) STRICT";

    fn literal(value: &Value, _: &ColumnType) -> String {
        match value {
            Value::Null => "NULL".to_owned(),
            Value::Integer(i) => i.to_string(),
            Value::Real(r) => format!("{r:?}"),
            Value::Text(text) => sql::text_literal(text),
            Value::Blob(bytes) => format!("x'{}'", sql::hexadecimal(bytes)),
        }
    }

    /// A column of SQLite's stays what it is.
    fn alter(_: &Table, _: usize, _: &str) -> Option<String> {
        None
    }

    /// An integer is the rowid itself; AUTOINCREMENT, so that the id of a deleted row never comes
    /// back.
    ///
    /// Other keys are an index beside a table with rowids. WITHOUT ROWID reads a page by key twice as
    /// fast where rows are small; but rows are of any size, and at 1.5 KB it was measured to make
    /// the file 2.3 times as large, reads by key a third as fast and inserts a fifth.
    fn key(column: &TableColumn) -> &'static str {
        match (column.role, &*Self::column_type(&column.kind)) {
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

/// Compares the tables with the declaration and changes nothing; tells what would be done.
///
/// Nothing is locked, so that another process may go on writing.
pub(super) fn examine(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, Misfit> {
    let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let plan = plan(connection, tables)?;
    plan.allowed(policy.migrate).map_err(Misfit::Told)?;
    Ok(Vec::new())
}

/// Makes the tables what the declaration wants, as far as the policy lets it; tells what was done, a line for each
/// change.
pub(super) fn apply(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, Misfit> {
    let seen = {
        let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
        plan(connection, tables)?
    };
    seen.allowed(policy.migrate).map_err(Misfit::Told)?;
    if seen.steps.is_empty() {
        return Ok(Vec::new());
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let plan = self::plan(connection, tables)?;
    plan.allowed(policy.migrate).map_err(Misfit::Told)?;
    transaction.execute_batch(Sqlite::HISTORY)?;
    for step in &plan.steps {
        transaction.execute_batch(&step.statement)?;
        transaction.execute(&sql::note::<Sqlite>(), [&step.statement])?;
    }
    transaction.commit()?;
    Ok(Vec::new())
}

fn plan(connection: &Connection, tables: &[Table]) -> rusqlite::Result<Plan> {
    let mut plan = Plan::of::<Sqlite>(tables, &live::read(connection, tables)?);
    let found = plan.doubts().map(|query| connection.prepare(query)?.exists([]));
    let found = found.collect::<rusqlite::Result<Vec<bool>>>()?;
    plan.settle(found);
    Ok(plan)
}
