//! Migrates the tables of a database to the declaration, or reports what prevents that.
//!
//! SQLite's `ALTER TABLE` can add, rename and drop columns, but cannot change one. For that the table is rebuilt (see
//! [`rebuild`]), which takes `PRAGMA foreign_keys = OFF`; and as that has no effect within a transaction, a migration
//! is tried with foreign keys first, and started again without them if the plan has to rebuild a table.

mod dialect;
mod introspect;
mod rebuild;
mod source;

use std::collections::BTreeMap;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior};

use super::dialect::Sqlite;
use crate::resource::Table;
use crate::store::schema::{Due, DueStep, Plan, Precondition, PreconditionResult};
use crate::store::{RunStep, SchemaPolicy, StepAction, When};

/// Why the tables do not match the declaration.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// The tables differ in a way that may not or cannot be changed, as the text says.
    Refused(String),
    /// A statement failed.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for SchemaError {
    fn from(error: rusqlite::Error) -> Self {
        SchemaError::Failed(error)
    }
}

/// Compares the tables with the declaration and changes nothing. Returns what would be changed.
///
/// It reads one snapshot and locks nothing, so another process can go on writing.
pub(super) fn examine(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Due, SchemaError> {
    let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let plan = plan(connection, tables, policy)?;
    plan.allowed::<Sqlite>(policy).map_err(SchemaError::Refused)?;
    Ok(plan.due_under::<Sqlite>(policy))
}

/// Migrates the tables to the declaration, as far as the policy allows. Returns a line for each change.
pub(super) fn apply(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
    code: Code<'_>,
) -> Result<Vec<String>, SchemaError> {
    let examined = {
        let _snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
        plan(connection, tables, policy)?
    };
    examined.allowed::<Sqlite>(policy).map_err(SchemaError::Refused)?;
    if examined.is_empty() || !policy.changes() {
        return Ok(Vec::new());
    }
    let enforced = examined.alters().next().is_none();
    let outcome = if enforced { apply_once(connection, tables, policy, code, true)? } else { None };
    if let Some(changes) = outcome {
        return Ok(changes);
    }
    // With foreign keys, dropping the old table would delete the rows that refer to it. This pragma has no effect
    // within a transaction, so it comes before.
    connection.pragma_update(None, "foreign_keys", false)?;
    let outcome = apply_once(connection, tables, policy, code, false);
    connection.pragma_update(None, "legacy_alter_table", false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(outcome?.unwrap_or_default())
}

/// Runs a step of code in the transaction that the connection is in.
pub(super) type Code<'a> = &'a dyn Fn(&RunStep) -> Result<(), String>;

/// Migrates in one transaction. If `enforced` says that foreign keys are enforced and a table has to be rebuilt, it
/// changes nothing and returns `None`.
fn apply_once(
    connection: &Connection,
    tables: &[Table],
    policy: &SchemaPolicy,
    code: Code<'_>,
    enforced: bool,
) -> Result<Option<Vec<String>>, SchemaError> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // The plan is made anew, since another process may have migrated before this one got the lock.
    let mut plan = plan(connection, tables, policy)?;
    plan.allowed::<Sqlite>(policy).map_err(SchemaError::Refused)?;
    let broken = if enforced { BTreeMap::new() } else { broken_references(connection)? };
    for statement in plan.history() {
        transaction.execute_batch(statement)?;
    }
    let mut changes = Vec::new();
    if plan.due(When::Before).next().is_some() {
        for step in plan.due(When::Before) {
            run_step(&transaction, step, code)?;
            changes.push(step.report());
        }
        // The steps may have changed rows and tables.
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
    // While a table is rebuilt, views and triggers that name it must stay as they are, although it does not exist for a
    // moment. When a column is renamed later, they must follow.
    connection.pragma_update(None, "legacy_alter_table", true)?;
    plan.alters().try_for_each(run)?;
    connection.pragma_update(None, "legacy_alter_table", false)?;
    plan.simple().try_for_each(run)?;
    for statement in plan.meanings::<Sqlite>() {
        transaction.execute_batch(&statement)?;
    }
    changes.extend(plan.report());
    for step in plan.due(When::After) {
        run_step(&transaction, step, code)?;
        changes.push(step.report());
    }
    if !enforced {
        for (table, now) in broken_references(connection)? {
            // A table that could not be checked before the migration is not judged after it.
            let more = match (broken.get(&table), now) {
                (Some(None), _) => false,
                (Some(Some(before)), Some(now)) => now > *before,
                (None, Some(now)) => now > 0,
                (_, None) => true,
            };
            if more {
                return Err(SchemaError::Refused(format!(
                    "would have rows in the table `{table}` that refer to rows that do not exist (nothing was changed)"
                )));
            }
        }
    }
    transaction.commit()?;
    Ok(Some(changes))
}

/// Classifies the error of a statement of the plan. If the statement itself is the cause, the message names it.
fn refused(plan: &Plan, statement: &str, error: rusqlite::Error) -> SchemaError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation | ErrorCode::Unknown) => {
            SchemaError::Refused(plan.refused(statement, &error.to_string()))
        }
        _ => SchemaError::Failed(error),
    }
}

/// Runs a step, unless it only has to be recorded, and records it in the history.
fn run_step(transaction: &Transaction<'_>, step: &DueStep, code: Code<'_>) -> Result<(), SchemaError> {
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

/// The number of rows of each table whose foreign key refers to a row that does not exist. It is `None` for a table
/// that SQLite cannot check, as one of its foreign keys refers to columns that are not unique.
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
        .map(|precondition| query_precondition(connection, precondition))
        .collect::<rusqlite::Result<Vec<PreconditionResult>>>()?;
    plan.resolve(found);
    Ok(plan)
}

fn query_precondition(
    connection: &Connection,
    precondition: &Precondition,
) -> rusqlite::Result<PreconditionResult> {
    let total =
        connection.query_row(&precondition.total, [], |row| row.get(0)).optional()?.unwrap_or_default();
    let sample = match precondition.sample.as_ref().filter(|_| total > 0) {
        Some(query) => {
            let mut query = connection.prepare(query)?;
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?
        }
        None => Vec::new(),
    };
    Ok(PreconditionResult { total, sample })
}
