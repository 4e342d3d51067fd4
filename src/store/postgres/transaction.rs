//! Transactions of somebody's own, each on a connection of the pool.

use std::sync::Arc;

use deadpool::managed::Object;
use tokio::time::timeout;

use super::connect::{Manager, pooled};
use super::failure::{Fault, said};
use super::value::{Plain, Told};
use super::write::{carry_out, commit, told};
use super::{Shared, pour};
use crate::store::{Answer, Begun, BoxedSink, Ended, Read, StoreError, Transaction, Write, guarded};
use crate::value::Value;

/// As if nobody else were there. Whoever waits for a row that another transaction then changes must begin again
/// anyway, and two that wait for each other would do so for a second: so nobody waits for long. One that is
/// forgotten holds its rows for no longer than 5 s.
const BEGIN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL lock_timeout = 100; \
    SET LOCAL idle_in_transaction_session_timeout = '5s'";

/// A transaction that is under way. Dropped, it takes its connection with it.
pub(super) struct PgTransaction {
    session: Object<Manager>,
    shared: Arc<Shared>,
    ended: bool,
}

pub(super) fn begin(shared: &Arc<Shared>) -> Begun<'_> {
    Box::pin(async move {
        let mut tried = false;
        loop {
            let session = pooled(&shared.pool).await?;
            let begun = timeout(shared.patience, session.client.batch_execute(BEGIN)).await;
            let fault = match begun {
                Ok(Ok(())) => {
                    return Ok(Box::new(PgTransaction { session, shared: Arc::clone(shared), ended: false })
                        as Box<dyn Transaction>);
                }
                Ok(Err(error)) => Fault::general(&error),
                Err(_) => Fault::no_answer(),
            };
            session.give_up();
            if tried || !matches!(fault, Fault::Lost(_)) {
                return Err(fault.into());
            }
            tried = true;
        }
    })
}

impl PgTransaction {
    /// Does something in a savepoint, so that what is refused leaves the transaction as it was.
    async fn apart(&self, work: impl Future<Output = Result<(), Fault>>) -> Result<(), StoreError> {
        let run = |text: &'static str| async move {
            self.session.client.batch_execute(text).await.map_err(|error| Fault::general(&error))
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
        let outcome =
            timeout(self.shared.patience, attempt).await.unwrap_or_else(|_| Err(Fault::no_answer()));
        outcome.map_err(|fault| match fault {
            // Nothing is committed yet, so that all of it may be tried again.
            Fault::Lost(why) => Fault::InTheWay(why).into(),
            fault => fault.into(),
        })
    }
}

impl Transaction for PgTransaction {
    fn read(&mut self, read: Read, mut sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            self.apart(pour(&self.shared, &self.session, &read, &mut sink, &mut false)).await?;
            Ok(sink)
        })
    }

    fn write(&mut self, write: Write, mut sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            self.apart(carry_out(&self.shared, &self.session, None, &write, &mut *sink)).await?;
            Ok(sink)
        })
    }

    fn query(&mut self, text: String, values: Vec<Value>, mut sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            let refused = |error: tokio_postgres::Error| match Fault::general(&error) {
                Fault::Refused(StoreError::Internal(_)) => {
                    Fault::Refused(StoreError::Internal(format!("PostgreSQL: {}, in: {text}", said(&error))))
                }
                fault => fault,
            };
            let work = async {
                let values: Vec<Told<'_>> = values.iter().map(Told).collect();
                let values: Vec<_> =
                    values.iter().map(|value| value as &(dyn tokio_postgres::types::ToSql + Sync)).collect();
                for row in self.session.client.query(&text, &values).await.map_err(refused)? {
                    guarded(|| sink.row(&Plain::new(&row)).map_err(|found| StoreError::Internal(found.0)))?;
                }
                Ok(())
            };
            self.apart(work).await?;
            Ok(sink)
        })
    }

    fn commit(mut self: Box<Self>) -> Ended {
        Box::pin(async move {
            let committed = timeout(self.shared.patience, commit(&self.session.client, &self.shared)).await;
            let (fault, perhaps) = match committed {
                Ok(Ok(log)) => {
                    self.shared.replicas.written_anywhere(log);
                    self.ended = true;
                    return Ok(());
                }
                Ok(Err(error)) => (Fault::general(&error), error.as_db_error().is_none()),
                Err(_) => (Fault::no_answer(), true),
            };
            self.ended = !matches!(fault, Fault::Lost(_));
            let perhaps = perhaps && !self.ended;
            Err(told(fault, perhaps))
        })
    }

    fn roll_back(mut self: Box<Self>) -> Ended {
        Box::pin(async move {
            let undone = timeout(self.shared.patience, self.session.client.batch_execute("ROLLBACK")).await;
            // Else the connection goes, and the transaction with it.
            self.ended = matches!(undone, Ok(Ok(())));
            Ok(())
        })
    }
}

impl Drop for PgTransaction {
    fn drop(&mut self) {
        if !self.ended {
            self.session.give_up();
        }
    }
}
