//! One write, inside the transaction that its thread has begun.

use rusqlite::Connection;

use super::failure::store_error;
use super::row::pour;
use super::{Known, Shared};
use crate::issue::Issues;
use crate::resource::{Change, Corrupt, Make, Role, Row, Unmade};
use crate::store::{BoxedSink, Sink, StoreError, Write, guarded};
use crate::value::Value;

/// Writes in a savepoint, so that others of the transaction stand where this fails.
pub(super) fn apart(
    connection: &Connection,
    shared: &Shared,
    write: Write,
    sink: BoxedSink,
) -> Result<BoxedSink, StoreError> {
    run_text(connection, "SAVEPOINT write").map_err(|error| store_error(&error))?;
    let outcome = attempt(connection, shared, write, sink);
    if connection.is_autocommit() {
        return outcome;
    }
    let undone = match outcome {
        Ok(_) => Ok(()),
        Err(_) => run_text(connection, "ROLLBACK TO write"),
    };
    if let Err(error) = undone.and_then(|()| run_text(connection, "RELEASE write")) {
        // Half a write must not be committed: nothing of this transaction is.
        let _ = run_text(connection, "ROLLBACK");
        return Err(store_error(&error));
    }
    outcome
}

/// Writes, and gives back the sink with the row as it now is.
pub(super) fn attempt(
    connection: &Connection,
    shared: &Shared,
    task: Write,
    mut sink: BoxedSink,
) -> Result<BoxedSink, StoreError> {
    guarded(move || write(connection, shared, task, &mut *sink).map(|()| sink))
}

/// Runs a statement that has neither parameters nor rows.
pub(super) fn run_text(connection: &Connection, text: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(text)?.raw_execute().map(drop)
}

/// Writes, and shows the row as it now is.
fn write(
    connection: &Connection,
    shared: &Shared,
    write: Write,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    match write {
        Write::Insert { table, values } => {
            let known = shared.table(table)?;
            insert(connection, known, &known.statements.insert, &values, sink)
        }
        Write::Put { table, values } => {
            let known = shared.table(table)?;
            insert(connection, known, &known.statements.put, &values, sink)
        }
        Write::Update { table, key, changes } => {
            update(connection, shared.table(table)?, &key, changes, sink)
        }
        Write::Delete { table, key } => {
            let known = shared.table(table)?;
            pour(connection, known, &known.statements.delete, [(1, &key)], sink)
        }
    }
}

fn insert(
    connection: &Connection,
    known: &Known,
    text: &str,
    values: &[(usize, Value)],
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
    let outcome = pour(connection, known, text, parameters, sink);
    match outcome {
        // SQLite says of used up keys what it says of a full disk.
        Err(StoreError::Unavailable(_)) if used_up(connection, known) => {
            Err(StoreError::Internal(format!("table `{}`: its keys are used up", known.table.name)))
        }
        outcome => outcome,
    }
}

fn update(
    connection: &Connection,
    known: &Known,
    key: &Value,
    changes: Vec<(usize, Change)>,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let statements = &known.statements;
    let mut values: Vec<(usize, Value)> = Vec::with_capacity(changes.len());
    let mut makes = Vec::new();
    for (column, change) in changes {
        if column >= known.table.columns.len() {
            return Err(no_column(known, column));
        }
        match change {
            Change::Set(value) => values.push((column, value)),
            Change::Make(make) => makes.push((column, make)),
        }
    }
    if !makes.is_empty() {
        match made(connection, known, key, makes)? {
            Some(made) => values.extend(made),
            None => return Ok(()),
        }
    }
    if values.is_empty() {
        return pour(connection, known, &statements.one, [(1, key)], sink);
    }
    // One text for the same columns, however they were given.
    values.sort_by_key(|(column, _)| *column);
    let text = statements.update(values.iter().map(|(column, _)| *column));
    let parameters = values.iter().map(|(_, value)| value).chain([key]);
    pour(connection, known, &text, (1..).zip(parameters), sink)
}

fn no_column(known: &Known, column: usize) -> StoreError {
    StoreError::Internal(format!("table `{}`: column {column} cannot be given", known.table.name))
}

fn used_up(connection: &Connection, known: &Known) -> bool {
    let counted = matches!(known.table.columns[known.table.key].role, Role::CountedKey);
    let last = || {
        let text = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
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
    makes: Vec<(usize, Make)>,
) -> Result<Option<Vec<(usize, Value)>>, StoreError> {
    let text = known.statements.stored(makes.iter().map(|(column, _)| *column));
    let mut maker = Maker { makes, made: None, issues: Issues::new() };
    pour(connection, known, &text, [(1, key)], &mut maker)?;
    if maker.issues.is_empty() { Ok(maker.made) } else { Err(StoreError::Invalid(maker.issues)) }
}

/// Makes new values of the one row it is given.
struct Maker {
    makes: Vec<(usize, Make)>,
    made: Option<Vec<(usize, Value)>>,
    issues: Issues,
}

impl Sink for Maker {
    fn again(&mut self) {
        self.made = None;
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), Corrupt> {
        let mut values = Vec::with_capacity(self.makes.len());
        for (index, (column, make)) in self.makes.drain(..).enumerate() {
            match make(row.get(index)?) {
                Ok(value) => values.push((column, value)),
                Err(Unmade::Invalid(issues)) => self.issues.extend(issues),
                Err(Unmade::Corrupt(corrupt)) => return Err(corrupt),
            }
        }
        self.made = Some(values);
        Ok(())
    }
}
