//! Transactions that the user's code opens, each on a connection of the pool.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_postgres::types::ToSql;

use super::connect::{Lease, pooled_to_write};
use super::failure::{Fault, error_text};
use super::session::Session;
use super::single_write::carry_out;
use super::transaction_guard::{commit, unacknowledged};
use super::value::{BoundParameter, Plain};
use super::violation::first_violation;
use super::{Shared, stream_rows};
use crate::store::cancel_safe::CancelSafe;
use crate::store::script::{Script, within_transaction};
use crate::store::written::Written;
use crate::store::{
    Answer, Begun, BoxedSink, Ended, PLACEHOLDERS, Select, StoreError, Transaction, Write, catch_panic,
};
use crate::value::Value;

/// Opens a serializable transaction. It waits for a lock only briefly, because a serializable transaction that waited
/// for a row has to start again anyway once another one has changed it, and because PostgreSQL detects a deadlock only
/// after a second. A transaction that is left idle is ended after 5 s, so that it does not keep its locks.
const BEGIN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL lock_timeout = 100; \
    SET LOCAL idle_in_transaction_session_timeout = '5s'";

/// How long a transaction may be idle: the same as `idle_in_transaction_session_timeout`, as this side measures it.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// An open transaction. If it is dropped, its connection is closed.
pub(super) struct PgTransaction {
    session: Lease,
    shared: Arc<Shared>,
    /// When the last statement ended.
    last: Instant,
    written: Written,
}

pub(super) fn begin(shared: &Arc<Shared>) -> Begun<'_> {
    Box::pin(async move {
        let _place = shared.reads.permit(0)?;
        let mut tried = false;
        loop {
            let session = shared.while_it_answers(pooled_to_write(&shared.pool)).await?;
            let begun = shared.pulse.watch_on(&session, session.client.batch_execute(BEGIN)).await;
            let fault = match begun {
                Ok(Ok(())) => {
                    let session = Lease::Pooled(Box::new(session));
                    return Ok(PgTransaction::within(session, Arc::clone(shared)));
                }
                Ok(Err(error)) => Fault::general(&error),
                Err(fault) => fault,
            };
            drop(session);
            if tried || !matches!(fault, Fault::Lost(_)) {
                return Err(fault.into());
            }
            tried = true;
            shared.counting.retry();
        }
    })
}

/// Closes a connection on drop, unless it is disarmed. If the future of a statement is dropped, it is unknown how far
/// the statement came. [`CancelSafe`] refuses the commit of such a transaction, but not that of a migration, whose step
/// does not commit it; and its locks are to be freed at once.
struct CloseOnDrop<'a>(Option<&'a Session>);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.0 {
            session.close();
        }
    }
}

/// Does some work in a savepoint, so that a failure leaves the transaction as it was before.
async fn in_savepoint(
    shared: &Shared,
    session: &Session,
    work: impl Future<Output = Result<(), Fault>>,
) -> Result<(), Fault> {
    let run = |text: &'static str| async move {
        session.client.batch_execute(text).await.map_err(|error| Fault::general(&error))
    };
    let attempt = async {
        run("SAVEPOINT apart").await?;
        match work.await {
            Ok(()) => run("RELEASE apart").await,
            Err(Fault::Refused(error)) => {
                run("ROLLBACK TO apart; RELEASE apart").await?;
                Err(Fault::Refused(error))
            }
            Err(fault) => Err(fault),
        }
    };
    let mut guard = CloseOnDrop(Some(session));
    let outcome = shared.pulse.watch_on(session, attempt).await.and_then(|outcome| outcome);
    guard.0 = None;
    outcome
}

impl PgTransaction {
    /// The transaction that is open on this connection.
    pub(super) fn within(session: Lease, shared: Arc<Shared>) -> Box<dyn Transaction> {
        let (last, written) = (Instant::now(), Written::default());
        CancelSafe::of(PgTransaction { session, shared, last, written })
    }

    /// The outcome of a statement. If the connection is lost, nothing of the transaction was committed, so all of it
    /// may be tried again, unless it was ended for being idle.
    fn conclude(&mut self, outcome: Result<(), Fault>) -> Result<(), StoreError> {
        let paused = std::mem::replace(&mut self.last, Instant::now()).elapsed();
        outcome.map_err(|fault| match fault {
            Fault::Lost(why) => {
                self.session.close();
                match paused < LONGEST_PAUSE {
                    true => StoreError::Contention(why),
                    false => too_long(),
                }
            }
            Fault::Silent => {
                self.session.close();
                Fault::Silent.into()
            }
            fault => fault.into(),
        })
    }
}

fn too_long() -> StoreError {
    StoreError::Unavailable("the transaction took too long, and was rolled back".to_owned())
}

impl Transaction for PgTransaction {
    fn read(&mut self, select: Select, mut sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            let mut streamed = false;
            let work = stream_rows(&self.shared, &self.session, &select, &mut sink, &mut streamed);
            let outcome = in_savepoint(&self.shared, &self.session, work).await;
            self.conclude(outcome).map(|()| sink)
        })
    }

    fn write(&mut self, write: Write, mut sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            if let Ok(entry) = self.shared.tables.get(write.table) {
                self.written.note(&write, entry.table.name);
            }
            let work = carry_out(&self.shared, &self.session, None, &write, &mut *sink);
            let outcome = match in_savepoint(&self.shared, &self.session, work).await {
                Err(fault @ Fault::Refused(_)) => {
                    let first = first_violation(&self.session, &self.shared.tables, &write, fault);
                    in_savepoint(&self.shared, &self.session, async { Err(first.await) }).await
                }
                outcome => outcome,
            };
            self.conclude(outcome).map(|()| sink)
        })
    }

    fn query(&mut self, text: String, values: Vec<Value>, mut sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            within_transaction(&text, Script::Postgres)?;
            let refused = |error: tokio_postgres::Error| match Fault::general(&error) {
                Fault::Refused(StoreError::Internal(_)) => {
                    let hint = if text.contains('?') { format!(" ({PLACEHOLDERS})") } else { String::new() };
                    let why = format!("PostgreSQL: {}, in: {text}{hint}", error_text(&error));
                    Fault::Refused(StoreError::Internal(why))
                }
                fault => fault,
            };
            let client = &self.session.client;
            let work = async {
                let values: Vec<BoundParameter<'_>> = values.iter().map(BoundParameter).collect();
                let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
                for row in client.query(&text, &values).await.map_err(refused)? {
                    catch_panic(|| {
                        sink.row(&Plain::new(&row)).map_err(|found| StoreError::Internal(found.0))
                    })?;
                }
                Ok(())
            };
            let outcome = in_savepoint(&self.shared, &self.session, work).await;
            self.conclude(outcome).map(|()| sink)
        })
    }

    fn commit(self: Box<Self>) -> Ended {
        Box::pin(async move {
            let PgTransaction { session, shared, last, written } = *self;
            let paused = last.elapsed();
            // COMMIT of a failed transaction rolls back without an error. SAVEPOINT reports the failure.
            let sound = session.client.batch_execute("SAVEPOINT ended");
            match shared.pulse.watch_on(&session, sound).await {
                Ok(Ok(())) => {}
                _ if paused >= LONGEST_PAUSE => return Err(too_long()),
                Ok(Err(error)) => return Err(StoreError::Contention(error_text(&error))),
                Err(fault) => return Err(fault.into()),
            }
            let counted = shared.counting.commit();
            match shared.pulse.watch_on(&session, commit(&session.client, &shared)).await {
                Ok(Ok(log)) => {
                    counted.done(1);
                    if let Some(log) = log {
                        shared.replicas.written_anywhere(log);
                    }
                    session.give_back();
                    Ok(())
                }
                Ok(Err((error, maybe_committed))) => {
                    let fault = Fault::of_commit(&error, &shared.tables, &written);
                    if !maybe_committed {
                        session.give_back();
                    }
                    Err(unacknowledged(fault, maybe_committed))
                }
                Err(fault) => Err(unacknowledged(fault, true)),
            }
        })
    }

    fn roll_back(self: Box<Self>) -> Ended {
        Box::pin(async move {
            let PgTransaction { session, shared, .. } = *self;
            let undone = session.client.batch_execute("ROLLBACK");
            let undone = shared.pulse.watch_on(&session, undone).await;
            // Otherwise the connection is dropped and closed, and the server rolls the transaction back.
            if matches!(undone, Ok(Ok(()))) {
                session.give_back();
            }
            Ok(())
        })
    }
}
