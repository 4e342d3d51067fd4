//! Makes the tables of a database what the declaration wants, or tells what stands in the way.

mod dialect;
mod introspect;
mod rebuild;
mod source;

use std::collections::BTreeMap;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior};

use super::dialect::Sqlite;
use crate::resource::Table;
use crate::store::schema::{Due, Found, Plan, Precondition};
use crate::store::{RunStep, SchemaPolicy, StepAction, When};

/// Why the tables are not what the declaration wants.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// They are otherwise, as told.
    Refused(String),
    /// SQLite failed.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for SchemaError {
    fn from(error: rusqlite::Error) -> Self {
        SchemaError::Failed(error)
    }
}

/// Compares the tables with the declaration and changes nothing; tells what is worth a line in the log.
///
/// Nothing is locked, so that another process may go on writing.
pub(super) fn examine(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, SchemaError> {
    let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let plan = plan(connection, tables, policy)?;
    plan.allowed::<Sqlite>(policy).map_err(SchemaError::Refused)?;
    Ok(plan.notes)
}

/// Makes the tables what the declaration wants, as far as the policy lets it; tells what was done, a line for each
/// change.
pub(super) fn apply(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
    code: Code<'_>,
) -> Result<Vec<String>, SchemaError> {
    let seen = {
        let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
        plan(connection, tables, policy)?
    };
    seen.allowed::<Sqlite>(policy).map_err(SchemaError::Refused)?;
    if seen.is_empty() || !policy.changes() {
        return Ok(Vec::new());
    }
    let enforced = seen.alters().next().is_none();
    let outcome = if enforced { apply_once(connection, tables, policy, code, true)? } else { None };
    if let Some(told) = outcome {
        return Ok(told);
    }
    // Rows that refer to a table do not go where it is made anew. Within a transaction this does nothing.
    connection.pragma_update(None, "foreign_keys", false)?;
    let outcome = apply_once(connection, tables, policy, code, false);
    connection.pragma_update(None, "legacy_alter_table", false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(outcome?.unwrap_or_default())
}

/// Runs a step of code in the transaction that the connection is in.
pub(super) type Code<'a> = &'a dyn Fn(&RunStep) -> Result<(), String>;

/// Does it in one transaction. Nothing is done, and nothing told, where a table is to be made anew while foreign keys
/// are enforced.
fn apply_once(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
    code: Code<'_>,
    enforced: bool,
) -> Result<Option<Vec<String>>, SchemaError> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let mut plan = plan(connection, tables, policy)?;
    plan.allowed::<Sqlite>(policy).map_err(SchemaError::Refused)?;
    let broken = if enforced { BTreeMap::new() } else { broken_references(connection)? };
    for statement in plan.history() {
        transaction.execute_batch(statement)?;
    }
    let mut told = Vec::new();
    if plan.due(When::Before).next().is_some() {
        for step in plan.due(When::Before) {
            run_step(&transaction, step, code)?;
            told.push(step.told());
        }
        // The rows, and perhaps the tables, are others now.
        plan = self::plan(connection, tables, policy)?;
        plan.allowed::<Sqlite>(policy).map_err(SchemaError::Refused)?;
    }
    if enforced && plan.alters().next().is_some() {
        return Ok(None);
    }
    let run = |statement: &String| {
        transaction.execute_batch(statement).map_err(|error| refused(&plan, statement, error))?;
        let note = "INSERT INTO \"_crewed_history\" (\"statement\") VALUES (?1)";
        transaction.execute(note, [statement]).map(drop).map_err(SchemaError::Failed)
    };
    // Views and triggers that name a table are left alone where it is made anew, though it is not there for a
    // moment; where a column is renamed they follow.
    connection.pragma_update(None, "legacy_alter_table", true)?;
    plan.alters().try_for_each(run)?;
    connection.pragma_update(None, "legacy_alter_table", false)?;
    plan.simple().try_for_each(run)?;
    for statement in plan.meanings::<Sqlite>() {
        transaction.execute_batch(&statement)?;
    }
    told.extend(plan.told());
    for step in plan.due(When::After) {
        run_step(&transaction, step, code)?;
        told.push(step.told());
    }
    if !enforced {
        for (table, now) in broken_references(connection)? {
            // What could not be told before says nothing now.
            let more = match (broken.get(&table), now) {
                (Some(None), _) => false,
                (Some(Some(before)), Some(now)) => now > *before,
                (None, Some(now)) => now > 0,
                (_, None) => true,
            };
            if more {
                return Err(SchemaError::Refused(format!(
                    "would have rows in the table `{table}` that refer to none that is there (nothing was changed)"
                )));
            }
        }
    }
    transaction.commit()?;
    Ok(Some(told))
}

/// What a statement of the plan's met: where it is the statement that is at fault, which.
fn refused(plan: &Plan, statement: &str, error: rusqlite::Error) -> SchemaError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation | ErrorCode::Unknown) => {
            SchemaError::Refused(plan.refused(statement, &error.to_string()))
        }
        _ => SchemaError::Failed(error),
    }
}

/// Runs a step, where it is to be run, and notes it.
fn run_step(transaction: &Transaction<'_>, step: &Due, code: Code<'_>) -> Result<(), SchemaError> {
    let failed = |why: String| {
        SchemaError::Refused(format!("was not changed: the step `{}` failed: {why}", step.name))
    };
    match &step.action {
        _ if !step.runs => {}
        StepAction::Sql(_) => {
            transaction.execute_batch(step.text).map_err(|error| failed(error.to_string()))?;
        }
        StepAction::Run(run) => code(run).map_err(failed)?,
    }
    if transaction.is_autocommit() {
        return Err(failed("it ended the transaction that it is run in".to_owned()));
    }
    let note = "INSERT INTO \"_crewed_history\" (\"statement\", \"step\") VALUES (?1, ?2)";
    transaction.execute(note, [step.text, &step.name])?;
    Ok(())
}

/// How many rows of each table refer to one that is not there; nothing, where that cannot be told: a foreign key that
/// somebody made is of columns that are not unique.
fn broken_references(connection: &Connection) -> rusqlite::Result<BTreeMap<String, Option<i64>>> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(name))";
    let mut count = connection.prepare("SELECT count(*) FROM pragma_foreign_key_check(?1)")?;
    connection
        .prepare(tables)?
        .query_map([], |row| row.get::<_, String>(0))?
        .map(|table| {
            let table = table?;
            match count.query_row([&table], |row| row.get(0)) {
                Ok(broken) => Ok((table, Some(broken))),
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::Unknown) => Ok((table, None)),
                Err(error) => Err(error),
            }
        })
        .collect()
}

fn plan(connection: &Connection, tables: &[Table], policy: &SchemaPolicy) -> rusqlite::Result<Plan> {
    let live = introspect::read(connection, tables)?;
    let mut plan = Plan::of::<Sqlite>(tables, &live, policy);
    let found = plan
        .preconditions()
        .map(|precondition| ask(connection, precondition))
        .collect::<rusqlite::Result<Vec<Found>>>()?;
    plan.resolve(found);
    Ok(plan)
}

fn ask(connection: &Connection, precondition: &Precondition) -> rusqlite::Result<Found> {
    let total =
        connection.query_row(&precondition.total, [], |row| row.get(0)).optional()?.unwrap_or_default();
    let sample = match precondition.sample.as_ref().filter(|_| total > 0) {
        Some(query) => {
            let mut query = connection.prepare(query)?;
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?
        }
        None => Vec::new(),
    };
    Ok(Found { total, sample })
}
