//! Runs the schema steps of a program that are Rust code.
//!
//! The step gets the transaction in which the schema is changed. A connection of rusqlite's cannot be shared between
//! threads, so the step holds a channel to it, and the thread that migrates executes the requests it receives.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::Shared;
use super::transaction::{SqliteTransaction, serve_one};
use crate::store::RunStep;
use crate::store::cancel_safe::CancelSafe;

/// Runs the code of a step with the transaction that is open on this connection.
///
/// The code runs as a task of the runtime, while this thread blocks and executes its statements. So this must not be a
/// worker thread that the runtime needs for that task.
///
/// # Errors
/// The error of the code, or that it panicked.
pub(super) fn run(connection: &Connection, shared: &Shared, run: &RunStep) -> Result<(), String> {
    let Ok(runtime) = Handle::try_current() else {
        return Err("code runs on a runtime of tokio's, and there is none".to_owned());
    };
    let (transaction, requests) = SqliteTransaction::within();
    let (done, outcome) = oneshot::channel();
    let run = Arc::clone(run);
    runtime.spawn(async move {
        let outcome = match run(CancelSafe::of(transaction)).await {
            // This commits nothing, but is refused if an operation of the step was not waited for.
            (Some(transaction), Ok(())) => transaction.commit().await.map_err(|error| error.to_string()),
            (_, outcome) => outcome,
        };
        let _ = done.send(outcome);
    });
    // The loop ends when the step's end of the channel is dropped, which is when the transaction is.
    for request in requests {
        serve_one(connection, shared, request);
    }
    outcome.blocking_recv().unwrap_or_else(|_| Err("it panicked".to_owned()))
}
