//! Steps of code, whose transaction is served by the thread that changes the schema.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::Shared;
use super::transaction::{SqliteTransaction, serve_one};
use crate::store::RunStep;
use crate::store::unbroken::Unbroken;

/// Runs code with the transaction that this connection is in.
///
/// The code itself runs on the runtime, and this thread does what it asks of the connection. So this must not be
/// a thread that the runtime needs for the code.
///
/// # Errors
/// What the code failed with, or that it panicked.
pub(super) fn run(connection: &Connection, shared: &Shared, run: &RunStep) -> Result<(), String> {
    let Ok(runtime) = Handle::try_current() else {
        return Err("code runs on a runtime of tokio's, and there is none".to_owned());
    };
    let (transaction, asks) = SqliteTransaction::within();
    let (done, outcome) = oneshot::channel();
    let run = Arc::clone(run);
    runtime.spawn(async move {
        let (transaction, outcome) = run(Unbroken::of(transaction)).await;
        drop(transaction);
        let _ = done.send(outcome);
    });
    // Until the transaction is dropped, with the code or after it.
    for ask in asks {
        serve_one(connection, shared, ask);
    }
    outcome.blocking_recv().unwrap_or_else(|_| Err("it panicked".to_owned()))
}
