//! A write by itself: in a transaction of its own, or in one of somebody's.

use tokio::time::{sleep, timeout};
use tokio_postgres::Row;

use super::connect::pooled;
use super::failure::{Fault, decode_error, said};
use super::session::{Ask, Session};
use super::taken::first_taken;
use super::transaction_guard::{TransactionGuard, told};
use super::value::BorrowedRow;
use super::{Known, Shared, statement};
use crate::issue::Issues;
use crate::resource::{ColumnType, ComputeError, Row as _};
use crate::store::{Sink, StoreError, Write, catch_panic, pause};
use crate::value::Value;

/// How often a write that others were in the way of is tried.
const TRIES: u32 = 6;

/// Writes in a transaction of its own, again where others were in the way.
pub(super) async fn single_write(
    shared: &Shared,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let mut tries = 1;
    loop {
        let session = pooled(&shared.pool).await?;
        let Ok(attempt) = timeout(shared.client_timeout, once(shared, &session, write, sink)).await else {
            return Err(told(Fault::no_answer(), true));
        };
        // It has come to an end, or its connection is of no use.
        session.give_back();
        match attempt {
            Ok(()) => return Ok(()),
            Err((fault, true)) => return Err(told(fault, true)),
            Err((Fault::Lost(_), false)) if tries < TRIES => {}
            Err((Fault::Contention(_), false)) if tries < TRIES => sleep(pause(tries)).await,
            Err((fault, false)) => {
                return Err(match told(fault, false) {
                    StoreError::Contention(why) => StoreError::Unavailable(why),
                    error => error,
                });
            }
        }
        tries += 1;
    }
}

/// Writes once. With a fault it is said whether the write may have happened nevertheless.
async fn once(
    shared: &Shared,
    session: &Session,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), (Fault, bool)> {
    let known = shared.tables.get(write.table()).map_err(|error| (error.into(), false))?;
    let open = TransactionGuard::new(session);
    match carry_out(shared, session, Some("BEGIN"), write, sink).await {
        Ok(()) => {
            let committed = open.commit(shared).await;
            // A foreign key may be looked at no sooner than here.
            let log =
                committed.map_err(|(error, perhaps)| (Fault::of(&error, known).of_write(write), perhaps))?;
            if let Some(log) = log {
                shared.replicas.written(known.table.name, statement::key(write, known), log);
            }
            Ok(())
        }
        Err(fault) => {
            if !matches!(fault, Fault::Lost(_)) {
                open.roll_back().await;
            }
            Err((first_taken(session, &shared.tables, write, fault).await, false))
        }
    }
}

/// Writes within a transaction, which is begun with it where there is a text for that.
pub(super) async fn carry_out(
    shared: &Shared,
    session: &Session,
    mut begin: Option<&str>,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let tables = &shared.tables;
    let known = tables.get(write.table())?;
    let mut made = Vec::new();
    if let Some(ask) = statement::stored(tables, write)? {
        let rows = asked(session, begin.take(), &ask, known).await?;
        match rows.first() {
            Some(row) => made = make(write, row, known)?,
            None => return Ok(show(&[], known, sink)?),
        }
    }
    let ask = statement::of_write(tables, write, &made, false)?;
    let rows = asked(session, begin.take(), &ask, known).await.map_err(|fault| fault.of_write(write))?;
    Ok(show(&rows, known, sink)?)
}

async fn asked(
    session: &Session,
    begin: Option<&str>,
    ask: &Ask<'_>,
    known: &Known,
) -> Result<Vec<Row>, Fault> {
    let statement = session.prepare(ask).await.map_err(|error| Fault::general(&error))?;
    let rows = match begin {
        Some(begin) => {
            let answers = session.pipeline(begin, "", &[(ask, statement)]).await;
            let answers = answers.map_err(|error| match Fault::general(&error) {
                fault @ Fault::Lost(_) => fault,
                // Where there is no transaction, the statement has been one.
                _ => Fault::Refused(told(Fault::Lost(said(&error)), true)),
            });
            answers?.pop().unwrap_or_else(|| Ok(Vec::new()))
        }
        None => session.rows(ask, statement).await,
    };
    rows.map_err(|error| Fault::of(&error, known))
}

/// What is made of the stored values, or every issue of all of them.
fn make(write: &Write, row: &Row, known: &Known) -> Result<Vec<(usize, Value)>, StoreError> {
    let Write::Update { changes, .. } = write else { return Ok(Vec::new()) };
    let computed: Vec<_> = statement::computed(changes).collect();
    let kinds: Vec<ColumnType> =
        computed.iter().map(|(column, _)| known.table.columns[*column].kind).collect();
    let (lent, mut issues, mut values) = (BorrowedRow::new(row, &kinds), Issues::new(), Vec::new());
    for (index, (column, make)) in computed.into_iter().enumerate() {
        let stored = lent.get(index).map_err(|found| decode_error(&found, known))?;
        match catch_panic(|| Ok(make(stored)))? {
            Ok(value) => values.push((column, value)),
            Err(ComputeError::Invalid(more)) => issues.extend(more),
            Err(ComputeError::Decode(found)) => return Err(decode_error(&found, known)),
        }
    }
    if issues.is_empty() { Ok(values) } else { Err(StoreError::Invalid(issues)) }
}

/// Shows rows of the columns that are shown, and nothing that was shown before.
pub(super) fn show(rows: &[Row], known: &Known, sink: &mut dyn Sink) -> Result<(), StoreError> {
    catch_panic(|| {
        sink.reset();
        for row in rows {
            sink.row(&BorrowedRow::new(row, &known.shown)).map_err(|found| decode_error(&found, known))?;
        }
        Ok(())
    })
}
