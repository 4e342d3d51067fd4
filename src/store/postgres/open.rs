//! Transactions that are under way, and how they end.

use futures_util::FutureExt;
use tokio_postgres::Client;

use super::Shared;
use super::failure::Fault;
use super::replica::position;
use super::session::Session;
use crate::store::StoreError;

/// A transaction that is under way. Where nobody comes back to end it, its connection is given up.
pub(super) struct Open<'a> {
    session: &'a Session,
    ended: bool,
}

impl<'a> Open<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Open { session, ended: false }
    }

    /// Commits, and tells how far the log had come by then where there are replicas to compare, else 0. With a
    /// fault it is said whether it may have happened nevertheless.
    pub(super) async fn commit(mut self, shared: &Shared) -> Result<u64, (Fault, bool)> {
        let outcome = commit(&self.session.client, shared).await;
        self.ended = !matches!(outcome, Err((Fault::Lost(_), _) | (_, true)));
        outcome
    }

    pub(super) async fn roll_back(mut self) {
        self.ended = self.session.client.batch_execute("ROLLBACK").await.is_ok();
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.session.give_up();
        }
    }
}

/// See [`Open::commit`].
pub(super) async fn commit(client: &Client, shared: &Shared) -> Result<u64, (Fault, bool)> {
    let mut committed = Box::pin(client.batch_execute("COMMIT"));
    let mut log = None;
    let outcome = if shared.replicas.are_there() {
        // Sent with it, but no part of it: what comes of this says nothing of the commit.
        match (&mut committed).now_or_never() {
            Some(outcome) => outcome,
            None => {
                let mut asked = Box::pin(client.simple_query("SELECT pg_current_wal_insert_lsn()"));
                let early = (&mut asked).now_or_never();
                let outcome = committed.await;
                if outcome.is_ok() {
                    let answer = match early {
                        Some(answer) => answer,
                        None => asked.await,
                    };
                    log = answer.ok().and_then(|answer| position(&answer));
                }
                outcome
            }
        }
    } else {
        committed.await
    };
    match outcome {
        Ok(()) if shared.replicas.are_there() => {
            // Without a position nobody but the primary is asked again.
            Ok(log.unwrap_or(u64::MAX))
        }
        Ok(()) => Ok(0),
        Err(error) => {
            let fault = Fault::general(&error);
            // The server may have done it and not come to say so.
            let perhaps = error.as_db_error().is_none() || matches!(fault, Fault::Lost(_));
            Err((fault, perhaps))
        }
    }
}

/// Why a write was not acknowledged.
pub(super) fn told(fault: Fault, perhaps: bool) -> StoreError {
    match (StoreError::from(fault), perhaps) {
        (StoreError::Unavailable(why), true) => {
            StoreError::Unavailable(format!("{why}; what was being committed may have been written"))
        }
        (error, _) => error,
    }
}
