//! One write, within a transaction that is already open.

use rusqlite::Connection;

use super::failure::{decode_error, store_error};
use super::row::{execute, for_each_row, stream_rows};
use super::violation::refine_violation;
use super::{Shared, TableEntry};
use crate::resource::Role;
use crate::store::prepared::{Insert, Statement};
use crate::store::statement::{compute, compute_error};
use crate::store::{Action, Sink, StoreError, Write, catch_panic};
use crate::value::Value;

/// Writes within a savepoint, so that an error undoes this write and no other one of the transaction.
pub(super) fn in_savepoint(
    connection: &Connection,
    shared: &Shared,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    apart(connection, || attempt(connection, shared, write, sink))
}

/// Does some work, which does not panic, in a savepoint, so that an error undoes nothing else of the transaction.
pub(super) fn apart(
    connection: &Connection,
    work: impl FnOnce() -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    run_text(connection, "SAVEPOINT write").map_err(|error| store_error(&error))?;
    let outcome = work();
    if connection.is_autocommit() {
        return outcome;
    }
    let undone = match outcome {
        Ok(()) => Ok(()),
        Err(_) => run_text(connection, "ROLLBACK TO write"),
    };
    if let Err(error) = undone.and_then(|()| run_text(connection, "RELEASE write")) {
        // The savepoint could not be rolled back, and half a write must not be committed. So the whole transaction is
        // rolled back.
        let _ = run_text(connection, "ROLLBACK");
        return Err(store_error(&error));
    }
    outcome
}

/// Writes, and passes the resulting row to the sink. A panic becomes an error.
pub(super) fn attempt(
    connection: &Connection,
    shared: &Shared,
    task: &Write,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    catch_panic(|| {
        sink.reset();
        write(connection, shared, task, sink).map_err(|error| error.of(task))
    })
}

/// Runs a statement that has neither parameters nor rows.
pub(super) fn run_text(connection: &Connection, text: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(text)?.raw_execute().map(drop)
}

/// Writes, and passes the resulting row to the sink.
fn write(
    connection: &Connection,
    shared: &Shared,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let entry = shared.table(write.table)?;
    let Some(computed) = computed(connection, entry, write)? else {
        return not_written(connection, entry, write, &[]);
    };
    let done = match entry.statements.insert(write)? {
        Some(insert) => show_insert(connection, entry, insert, sink),
        None => stream_rows(connection, entry, &entry.statements.write(write, &computed, false)?, sink),
    };
    done.map_err(|error| {
        let is_new = matches!(write.action, Action::Insert { .. });
        match error {
            // SQLite reports `SQLITE_FULL` for a full disk and for an AUTOINCREMENT key without further values.
            StoreError::Unavailable(_) if is_new && keys_used_up(connection, entry) => {
                StoreError::Internal(format!("table `{}`: its keys are used up", entry.table.name))
            }
            error => refine_violation(connection, entry, write, &computed, error),
        }
    })?;
    if sink.count() > 0 || write.conditions.are_none() {
        return Ok(());
    }
    not_written(connection, entry, write, &computed)
}

/// The error of a write that has written no row, if that is one.
fn not_written(
    connection: &Connection,
    entry: &TableEntry,
    write: &Write,
    computed: &[(usize, Value)],
) -> Result<(), StoreError> {
    if let Some(statement) = entry.statements.refusal(write, computed) {
        refused(connection, entry, write, &statement)?;
    }
    write.not_written()
}

/// Inserts a row, and passes it to the sink from the values that were inserted. With `RETURNING`
/// SQLite would open and fill a temporary table for each statement.
fn show_insert(
    connection: &Connection,
    entry: &TableEntry,
    mut insert: Insert<'_>,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    if execute(connection, entry, &insert.statement)? == 0 {
        // A trigger that the user defined may ignore the row.
        return Ok(());
    }
    insert.auto_increment = connection.last_insert_rowid();
    sink.row(&insert).map_err(|found| decode_error(&found, &entry.table))
}

/// The error for a row that exists but did not meet the conditions of the write.
fn refused(
    connection: &Connection,
    entry: &TableEntry,
    write: &Write,
    statement: &Statement<'_>,
) -> Result<(), StoreError> {
    for_each_row(connection, entry, statement, &mut |row| match write
        .conditions
        .refusal(row)
        .map_err(|found| decode_error(&found, &entry.table))?
    {
        Some(refused) => Err(refused),
        None => Ok(()),
    })
}

/// Whether the table's AUTOINCREMENT key has reached its last value.
fn keys_used_up(connection: &Connection, entry: &TableEntry) -> bool {
    let counted = matches!(entry.table.columns[entry.table.key].role, Role::AutoIncrementKey);
    let last = || {
        let text = "SELECT seq FROM sqlite_sequence WHERE name = ?1 COLLATE NOCASE";
        connection.query_row(text, [entry.table.name], |row| row.get::<_, i64>(0))
    };
    counted && last().is_ok_and(|last| last == i64::MAX)
}

/// The new values that are computed from stored ones, by column, or `None` if there is no row that may be written.
///
/// # Errors
/// All issues of the computed values, or an error of the database.
fn computed(
    connection: &Connection,
    entry: &TableEntry,
    write: &Write,
) -> Result<Option<Vec<(usize, Value)>>, StoreError> {
    let computed = entry.statements.computed(write)?;
    if computed.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let statement = entry.statements.stored(write, computed.iter().map(|(column, _)| *column));
    let mut all = None;
    for_each_row(connection, entry, &statement, &mut |row| {
        let undecodable = |found| decode_error(&found, &entry.table);
        all = Some(compute(&computed, row).map_err(|error| compute_error(error, undecodable))?);
        Ok(())
    })?;
    Ok(all)
}
