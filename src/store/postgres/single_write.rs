//! A single write, outside a group: in a transaction of its own, or in one that is open.

use tokio::time::sleep;
use tokio_postgres::Row;

use super::connect::pooled_to_write;
use super::failure::{Fault, decode_error, error_text};
use super::session::Session;
use super::transaction_guard::{TransactionGuard, unacknowledged};
use super::value::BorrowedRow;
use super::violation::first_violation;
use super::{Shared, TableEntry};
use crate::resource::{ColumnType, Compute};
use crate::store::claim::Claim;
use crate::store::prepared::Statement;
use crate::store::statement::{compute, compute_error};
use crate::store::{Sink, StoreError, Write, catch_panic, pause};
use crate::value::Value;

/// How often a write that conflicts with other transactions is attempted.
const TRIES: u32 = 6;

/// Writes in a transaction of its own, and again after a conflict with another transaction. `None` means that the write
/// was withdrawn.
pub(super) async fn single_write(
    shared: &Shared,
    write: &Write,
    sink: &mut dyn Sink,
    claim: &Claim,
) -> Option<Result<(), StoreError>> {
    let mut tries = 1;
    loop {
        let session = shared.while_it_answers(pooled_to_write(&shared.pool)).await;
        if !claim.begin() {
            if let Ok(session) = session {
                session.give_back();
            }
            return None;
        }
        let session = match session {
            Ok(session) => session,
            Err(error) => return Some(Err(error)),
        };
        let attempt = once(shared, &session, write, sink);
        let attempt = match shared.pulse.watch_on(&session, attempt).await {
            Ok(attempt) => attempt,
            Err(fault) => return Some(Err(unacknowledged(fault, true))),
        };
        // The transaction has ended, or its connection is closed, which the pool notices.
        session.give_back();
        match attempt {
            Ok(()) => return Some(Ok(())),
            Err((fault, true)) => return Some(Err(unacknowledged(fault, true))),
            Err((Fault::Lost(_), false)) if tries < TRIES => {}
            Err((Fault::Contention(_), false)) if tries < TRIES => sleep(pause(tries)).await,
            Err((fault, false)) => {
                return Some(Err(match unacknowledged(fault, false) {
                    StoreError::Contention(why) => StoreError::Unavailable(why),
                    error => error,
                }));
            }
        }
        shared.counting.retry();
        tries += 1;
    }
}

/// Makes one attempt to write. An error comes with whether the write may have happened nevertheless.
async fn once(
    shared: &Shared,
    session: &Session,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), (Fault, bool)> {
    let entry = shared.tables.get(write.table).map_err(|error| (error.into(), false))?;
    let open = TransactionGuard::new(session);
    match carry_out(shared, session, Some("BEGIN"), write, sink).await {
        Ok(()) => {
            let counted = shared.counting.commit();
            let committed = open.commit(shared).await;
            if committed.is_ok() {
                counted.done(1);
            }
            // A deferred foreign key or unique constraint fails only at the commit.
            let log = committed.map_err(|(error, maybe_committed)| {
                (Fault::of(&error, entry).of_write(write), maybe_committed)
            })?;
            if let Some(log) = log {
                shared.replicas.written(entry.table.name, write.key(entry.table.key), log);
            }
            Ok(())
        }
        Err(fault) => {
            if !matches!(fault, Fault::Lost(_)) {
                open.roll_back().await;
            }
            Err((first_violation(session, &shared.tables, write, fault).await, false))
        }
    }
}

/// Writes in a transaction, which the statement `begin` opens, if it is given. The statement is pipelined with the
/// first one of the write.
pub(super) async fn carry_out(
    shared: &Shared,
    session: &Session,
    mut begin: Option<&str>,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let entry = shared.tables.get(write.table)?;
    let computed = entry.statements.computed(write)?;
    let mut values = Vec::new();
    if !computed.is_empty() {
        let mut statement = entry.statements.stored(write, computed.iter().map(|(column, _)| *column));
        statement.text.to_mut().push_str(" FOR UPDATE");
        let rows = run(session, begin.take(), &statement, entry).await?;
        match rows.first() {
            Some(row) => values = compute_of(&computed, row, entry)?,
            None => {
                not_written(session, write, &[], entry).await?;
                return Ok(show(&[], &statement, entry, sink)?);
            }
        }
    }
    let statement = entry.statements.write(write, &values, false)?;
    let rows = run(session, begin.take(), &statement, entry).await;
    let rows = rows.map_err(|fault| fault.of_write(write))?;
    if rows.is_empty() && !write.conditions.are_none() {
        not_written(session, write, &values, entry).await?;
    }
    Ok(show(&rows, &statement, entry, sink)?)
}

/// The error of a write that has written no row, if that is one.
async fn not_written(
    session: &Session,
    write: &Write,
    computed: &[(usize, Value)],
    entry: &TableEntry,
) -> Result<(), Fault> {
    if let Some(statement) = entry.statements.refusal(write, computed) {
        let rows = run(session, None, &statement, entry).await?;
        refused(&rows, write, entry)?;
        if !rows.is_empty() {
            // Another transaction has changed the row since, so that nothing is in the way any more, or a trigger of
            // the user's own has kept the row as it was.
            let why = "the row was not changed, though nothing is in the way";
            return Err(Fault::Contention(why.to_owned()));
        }
    }
    Ok(write.not_written()?)
}

/// The error for a row that exists but did not meet the conditions of the write.
fn refused(rows: &[Row], write: &Write, entry: &TableEntry) -> Result<(), StoreError> {
    let Some(row) = rows.first() else { return Ok(()) };
    let types = vec![ColumnType::Boolean; row.len()];
    let refused = write.conditions.refusal(&BorrowedRow::new(row, &types));
    refused.map_err(|found| decode_error(&found, entry))?.map_or(Ok(()), Err)
}

async fn run(
    session: &Session,
    begin: Option<&str>,
    statement: &Statement<'_>,
    entry: &TableEntry,
) -> Result<Vec<Row>, Fault> {
    let prepared = session.prepare(statement).await.map_err(|error| Fault::general(&error))?;
    let rows = match begin {
        Some(begin) => {
            let answers = session.pipeline(begin, "", &[(statement, prepared)]).await;
            let answers = answers.map_err(|error| match Fault::general(&error) {
                fault @ Fault::Lost(_) => fault,
                // If BEGIN has failed, the statement was committed in a transaction of its own.
                _ => Fault::Refused(unacknowledged(Fault::Lost(error_text(&error)), true)),
            });
            answers?.pop().unwrap_or_else(|| Ok(Vec::new()))
        }
        None => session.rows(statement, prepared).await,
    };
    rows.map_err(|error| Fault::of(&error, entry))
}

/// The values that are computed from stored ones, or the issues of all of them.
fn compute_of(
    computed: &[(usize, &Compute)],
    row: &Row,
    entry: &TableEntry,
) -> Result<Vec<(usize, Value)>, StoreError> {
    let types: Vec<_> = computed.iter().map(|(column, _)| entry.table.columns[*column].kind).collect();
    catch_panic(|| {
        let values = compute(computed, &BorrowedRow::new(row, &types));
        values.map_err(|error| compute_error(error, |found| decode_error(&found, entry)))
    })
}

/// Passes the rows of a statement to a sink, which drops the rows of an earlier attempt.
pub(super) fn show(
    rows: &[Row],
    statement: &Statement<'_>,
    entry: &TableEntry,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    catch_panic(|| {
        sink.reset();
        rows.iter().try_for_each(|row| show_row(row, statement, entry, sink))
    })
}

/// Passes one row to a sink.
pub(super) fn show_row(
    row: &Row,
    statement: &Statement<'_>,
    entry: &TableEntry,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let outcome = statement.send_row(&BorrowedRow::new(row, &statement.types), sink);
    outcome.map_err(|error| error.into_store_error(|found| decode_error(&found, entry)))
}
