//! Transactions that are under way, and how they end.

use futures_util::FutureExt;
use tokio_postgres::{Client, Error};

use super::Shared;
use super::failure::Fault;
use super::replica::{POSITION, Replicas, position};
use super::session::Session;
use crate::store::StoreError;

/// A transaction that is under way. Where nobody comes back to end it, its connection is given up.
pub(super) struct TransactionGuard<'a> {
    session: &'a Session,
    ended: bool,
}

impl<'a> TransactionGuard<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        TransactionGuard { session, ended: false }
    }

    /// Commits, and tells how far the log had come by then, where there are replicas to compare. With a fault it
    /// is said whether it may have happened nevertheless.
    pub(super) async fn commit(mut self, shared: &Shared) -> Result<Option<u64>, (Error, bool)> {
        let outcome = commit(&self.session.client, shared).await;
        self.ended = outcome.as_ref().err().is_none_or(|(error, perhaps)| !perhaps && !is_lost(error));
        outcome
    }

    pub(super) async fn roll_back(mut self) {
        self.ended = self.session.client.batch_execute("ROLLBACK").await.is_ok();
    }
}

impl Drop for TransactionGuard<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.session.give_up();
        }
    }
}

fn is_lost(error: &Error) -> bool {
    matches!(Fault::general(error), Fault::Lost(_))
}

/// See [`TransactionGuard::commit`].
pub(super) async fn commit(client: &Client, shared: &Shared) -> Result<Option<u64>, (Error, bool)> {
    let replicas = &shared.replicas;
    if !replicas.are_there() {
        return client.batch_execute("COMMIT").await.map(|()| None).map_err(perhaps);
    }
    // Where nobody waits for the answer, it may have been written nevertheless.
    let mut unplaced = Unplaced { replicas, settled: false };
    let mut committed = Box::pin(client.batch_execute("COMMIT"));
    // Sent with it, but no part of it: what comes of this says nothing of the commit.
    let mut log = None;
    let outcome = match (&mut committed).now_or_never() {
        Some(outcome) => outcome,
        None => {
            let mut asked = Box::pin(client.simple_query(POSITION));
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
    };
    match outcome.map_err(perhaps) {
        Ok(()) if log.is_none() => Ok(None),
        Err((error, true)) => Err((error, true)),
        outcome => {
            unplaced.settled = true;
            outcome.map(|()| log)
        }
    }
}

/// Whether it may have been written: the server may have done it and not come to say so.
fn perhaps(error: Error) -> (Error, bool) {
    let perhaps = error.as_db_error().is_none() || is_lost(&error);
    (error, perhaps)
}

/// Something that may have been written, nobody knows where in the log, until that is `settled`.
struct Unplaced<'a> {
    replicas: &'a Replicas,
    settled: bool,
}

impl Drop for Unplaced<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.replicas.written_unplaced();
        }
    }
}

/// Why a write was not acknowledged.
pub(super) fn told(fault: Fault, perhaps: bool) -> StoreError {
    let error = StoreError::from(fault);
    if perhaps { error.perhaps() } else { error }
}
