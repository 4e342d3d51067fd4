//! Makes the tables of a database what the declaration wants, or tells what stands in the way.

mod dialect;
mod live;
mod rebuild;
mod source;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

pub(super) use self::dialect::Sqlite;

use crate::resource::Table;
use crate::store::SchemaPolicy;
use crate::store::schema::{Doubt, Found, Live, Plan};

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

/// Compares the tables with the declaration and changes nothing; tells what is worth a line in the log.
///
/// Nothing is locked, so that another process may go on writing.
pub(super) fn examine(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, Misfit> {
    let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let (_, plan) = plan(connection, tables, policy)?;
    plan.allowed::<Sqlite>(policy).map_err(Misfit::Told)?;
    Ok(plan.notes)
}

/// Makes the tables what the declaration wants, as far as the policy lets it; tells what was done, a line for each
/// change.
pub(super) fn apply(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, Misfit> {
    let (_, seen) = {
        let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
        plan(connection, tables, policy)?
    };
    seen.allowed::<Sqlite>(policy).map_err(Misfit::Told)?;
    if seen.is_empty() || !policy.changes() {
        return Ok(Vec::new());
    }
    // Rows that refer to a table do not go where it is made anew. Within a transaction this does nothing.
    connection.pragma_update(None, "foreign_keys", false)?;
    let outcome = apply_once(connection, tables, policy);
    connection.pragma_update(None, "legacy_alter_table", false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    outcome
}

fn apply_once(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, Misfit> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let (live, plan) = plan(connection, tables, policy)?;
    plan.allowed::<Sqlite>(policy).map_err(Misfit::Told)?;
    let broken = broken_references(connection)?;
    for statement in live.history_statements::<Sqlite>() {
        transaction.execute_batch(statement)?;
    }
    let run = |statement: &String| {
        transaction.execute_batch(statement)?;
        transaction.execute("INSERT INTO \"_crewed_history\" (\"statement\") VALUES (?1)", [statement])
    };
    // Views and triggers that name a table are left alone where it is made anew, though it is not there for a
    // moment; where a column is renamed they follow.
    connection.pragma_update(None, "legacy_alter_table", true)?;
    plan.alters().try_for_each(|statement| run(statement).map(drop))?;
    connection.pragma_update(None, "legacy_alter_table", false)?;
    plan.simple().try_for_each(|statement| run(statement).map(drop))?;
    for statement in plan.meanings::<Sqlite>() {
        transaction.execute_batch(&statement)?;
    }
    if broken_references(connection)? > broken {
        return Err(Misfit::Told(
            "would have rows that refer to none that is there (nothing was changed)".to_owned(),
        ));
    }
    transaction.commit()?;
    Ok(plan.told())
}

/// How many rows refer to one that is not there.
fn broken_references(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
}

fn plan(connection: &Connection, tables: &[Table], policy: &SchemaPolicy) -> rusqlite::Result<(Live, Plan)> {
    let live = live::read(connection, tables)?;
    let mut plan = Plan::of::<Sqlite>(tables, &live, policy);
    let found =
        plan.doubts().map(|doubt| ask(connection, doubt)).collect::<rusqlite::Result<Vec<Found>>>()?;
    plan.settle(found);
    Ok((live, plan))
}

fn ask(connection: &Connection, doubt: &Doubt) -> rusqlite::Result<Found> {
    let total = connection.query_row(&doubt.total, [], |row| row.get(0)).optional()?.unwrap_or_default();
    let sample = match doubt.sample.as_ref().filter(|_| total > 0) {
        Some(query) => {
            let mut query = connection.prepare(query)?;
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?
        }
        None => Vec::new(),
    };
    Ok(Found { total, sample })
}
