//! One write, inside the transaction that its thread has begun.

use rusqlite::Connection;

use super::failure::store_error;
use super::precise::precisely;
use super::row::{for_each_row, stream_rows};
use super::{Known, Shared};
use crate::issue::Issues;
use crate::resource::{Change, Compute, ComputeError, Role};
use crate::store::{Sink, StoreError, Write, catch_panic};
use crate::value::Value;

/// Writes in a savepoint, so that others of the transaction stand where this fails.
pub(super) fn in_savepoint(
    connection: &Connection,
    shared: &Shared,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    run_text(connection, "SAVEPOINT write").map_err(|error| store_error(&error))?;
    let outcome = attempt(connection, shared, write, sink);
    if connection.is_autocommit() {
        return outcome;
    }
    let undone = match outcome {
        Ok(()) => Ok(()),
        Err(_) => run_text(connection, "ROLLBACK TO write"),
    };
    if let Err(error) = undone.and_then(|()| run_text(connection, "RELEASE write")) {
        // Half a write must not be committed: nothing of this transaction is.
        let _ = run_text(connection, "ROLLBACK");
        return Err(store_error(&error));
    }
    outcome
}

/// Writes, and shows the sink the row as it now is.
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

/// Writes, and shows the row as it now is.
fn write(
    connection: &Connection,
    shared: &Shared,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let known = shared.table(write.table())?;
    match write {
        Write::Insert { values, .. } => {
            insert(connection, known, &known.statements.insert, values, None, sink)
        }
        Write::Upsert { values, .. } => {
            let key = values.iter().find(|(column, _)| *column == known.table.key).map(|(_, key)| key);
            insert(connection, known, &known.statements.put, values, key, sink)
        }
        Write::Update { key, changes, .. } => update(connection, known, key, changes, sink),
        Write::Delete { key, .. } => {
            stream_rows(connection, known, &known.statements.delete, [(1, key)], sink)
        }
    }
}

/// Adds a row; where that of this key is overwritten instead, it is told.
fn insert(
    connection: &Connection,
    known: &Known,
    text: &str,
    values: &[(usize, Value)],
    key: Option<&Value>,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let statements = &known.statements;
    let mut parameters = Vec::with_capacity(values.len());
    for (column, value) in values {
        match statements.insert_parameters.get(*column) {
            Some(Some(position)) => parameters.push((*position, value)),
            _ => return Err(no_column(known, *column)),
        }
    }
    stream_rows(connection, known, text, parameters, sink).map_err(|error| match error {
        // SQLite says of used up keys what it says of a full disk.
        StoreError::Unavailable(_) if used_up(connection, known) => {
            StoreError::Internal(format!("table `{}`: its keys are used up", known.table.name))
        }
        error => {
            let given: Vec<_> = values.iter().map(|(column, value)| (*column, value)).collect();
            precisely(connection, known, &given, key, error)
        }
    })
}

fn update(
    connection: &Connection,
    known: &Known,
    key: &Value,
    changes: &[(usize, Change)],
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let statements = &known.statements;
    let mut values: Vec<(usize, &Value)> = Vec::with_capacity(changes.len());
    let mut computed = Vec::new();
    for (column, change) in changes {
        if *column >= known.table.columns.len() {
            return Err(no_column(known, *column));
        }
        match change {
            Change::Set(value) => values.push((*column, value)),
            Change::Compute(make) | Change::Merge { make, .. } => computed.push((*column, make)),
        }
    }
    let mut all_made = Vec::new();
    if !computed.is_empty() {
        match made(connection, known, key, computed)? {
            Some(made) => all_made = made,
            None => return Ok(()),
        }
    }
    values.extend(all_made.iter().map(|(column, value)| (*column, value)));
    if values.is_empty() {
        return stream_rows(connection, known, &statements.one, [(1, key)], sink);
    }
    // One text for the same columns, however they were given.
    values.sort_by_key(|(column, _)| *column);
    let text = statements.update(values.iter().map(|(column, _)| *column));
    let parameters = values.iter().map(|(_, value)| *value).chain([key]);
    stream_rows(connection, known, &text, (1..).zip(parameters), sink)
        .map_err(|error| precisely(connection, known, &values, Some(key), error))
}

fn no_column(known: &Known, column: usize) -> StoreError {
    StoreError::Internal(format!("table `{}`: column {column} cannot be given", known.table.name))
}

fn used_up(connection: &Connection, known: &Known) -> bool {
    let counted = matches!(known.table.columns[known.table.key].role, Role::AutoIncrementKey);
    let last = || {
        let text = "SELECT seq FROM sqlite_sequence WHERE name = ?1 COLLATE NOCASE";
        connection.query_row(text, [known.table.name], |row| row.get::<_, i64>(0))
    };
    counted && last().is_ok_and(|last| last == i64::MAX)
}

/// What is made of the stored values of these columns, or every issue of all of them; nothing,
/// where there is no row.
fn made(
    connection: &Connection,
    known: &Known,
    key: &Value,
    computed: Vec<(usize, &Compute)>,
) -> Result<Option<Vec<(usize, Value)>>, StoreError> {
    let text = known.statements.stored(computed.iter().map(|(column, _)| *column));
    let (mut all, mut issues) = (None, Issues::new());
    for_each_row(connection, known, &text, [(1, key)], &mut |row| {
        let mut values = Vec::with_capacity(computed.len());
        for (index, (column, make)) in computed.iter().enumerate() {
            match make(row.get(index)?) {
                Ok(value) => values.push((*column, value)),
                Err(ComputeError::Invalid(more)) => issues.extend(more),
                Err(ComputeError::Decode(decode_error)) => return Err(decode_error),
            }
        }
        all = Some(values);
        Ok(())
    })?;
    if issues.is_empty() { Ok(all) } else { Err(StoreError::Invalid(issues)) }
}
