//! Open transactions, and how they end.

use futures_util::FutureExt;
use tokio_postgres::{Client, Error};

use super::Shared;
use super::failure::Fault;
use super::replica::{POSITION, Replicas, position};
use super::session::Session;
use crate::store::StoreError;

/// An open transaction. If it is dropped before it has ended, its connection is closed, and the server rolls it back.
pub(super) struct TransactionGuard<'a> {
    session: &'a Session,
    ended: bool,
}

impl<'a> TransactionGuard<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        TransactionGuard { session, ended: false }
    }

    /// Commits. Returns the position of the WAL after the commit, if there are replicas and it is known. An error comes
    /// with whether the commit may have happened nevertheless.
    pub(super) async fn commit(mut self, shared: &Shared) -> Result<Option<u64>, (Error, bool)> {
        let outcome = commit(&self.session.client, shared).await;
        self.ended = !matches!(outcome, Err((_, true)));
        outcome
    }

    pub(super) async fn roll_back(mut self) {
        self.ended = self.session.client.batch_execute("ROLLBACK").await.is_ok();
    }
}

impl Drop for TransactionGuard<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.session.close();
        }
    }
}

fn is_lost(error: &Error) -> bool {
    matches!(Fault::general(error), Fault::Lost(_))
}

/// Commits the transaction that is open on a connection, as [`TransactionGuard::commit`] does.
pub(super) async fn commit(client: &Client, shared: &Shared) -> Result<Option<u64>, (Error, bool)> {
    let replicas = &shared.replicas;
    if !replicas.are_configured() {
        return client.batch_execute("COMMIT").await.map(|()| None).map_err(maybe_committed);
    }
    // If this future is dropped before the answer arrives, the commit may have happened all the same.
    let mut unlocated = Unlocated { replicas, settled: false };
    let mut committed = Box::pin(client.batch_execute("COMMIT"));
    // The query of the position is pipelined behind the COMMIT, which saves a round trip. If it fails, the commit has
    // still succeeded, and its position is unknown.
    let mut log = None;
    let outcome = match (&mut committed).now_or_never() {
        Some(outcome) => outcome,
        None => {
            let mut query = Box::pin(client.simple_query(POSITION));
            let early = (&mut query).now_or_never();
            let outcome = committed.await;
            if outcome.is_ok() {
                let answer = match early {
                    Some(answer) => answer,
                    None => query.await,
                };
                log = answer.ok().and_then(|answer| position(&answer));
            }
            outcome
        }
    };
    match outcome.map_err(maybe_committed) {
        Ok(()) if log.is_none() => Ok(None),
        Err((error, true)) => Err((error, true)),
        outcome => {
            unlocated.settled = true;
            outcome.map(|()| log)
        }
    }
}

/// Adds to an error of COMMIT whether the commit may have happened: the server may have committed before the connection
/// was lost.
fn maybe_committed(error: Error) -> (Error, bool) {
    let maybe_committed = error.as_db_error().is_none() || is_lost(&error);
    (error, maybe_committed)
}

/// A commit at an unknown position of the WAL. It is recorded as such on drop, unless it is `settled`: its position is
/// known, or it has failed.
struct Unlocated<'a> {
    replicas: &'a Replicas,
    settled: bool,
}

impl Drop for Unlocated<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.replicas.written_somewhere();
        }
    }
}

/// The error for a write that is not acknowledged, which says so if the write may have happened.
pub(super) fn unacknowledged(fault: Fault, maybe_committed: bool) -> StoreError {
    let error = StoreError::from(fault);
    if maybe_committed { error.maybe_committed() } else { error }
}
