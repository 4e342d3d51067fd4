//! Steps of code, whose transaction is that of the connection which changes the schema.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::connect::{Connector, Lease};
use super::session::Session;
use super::transaction::PgTransaction;
use super::{Options, Shared};
use crate::resource::Table;
use crate::store::RunStep;

/// Nobody else is waiting while the schema is changed, and a step may take as long as there are rows.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// What changes the schema: a connection, and what code that is run on it must know.
pub(super) struct Changer<'a> {
    pub(super) session: &'a Arc<Session>,
    pub(super) connector: &'a Arc<Connector>,
    pub(super) tables: &'a [Table],
    pub(super) options: &'a Options,
}

impl Changer<'_> {
    /// Runs code with the transaction that the connection is in.
    ///
    /// # Errors
    /// What the code failed with, or that it panicked.
    pub(super) async fn run(&self, run: &RunStep, unique: Vec<HashMap<String, usize>>) -> Result<(), String> {
        let mut shared = Shared::new(self.connector, self.tables.to_vec(), unique, self.options, &[])?;
        shared.client_timeout = PATIENCE;
        let session = Lease::Shared(Arc::clone(self.session));
        let transaction = PgTransaction::within(session, Arc::new(shared));
        let run = Arc::clone(run);
        // On a task of its own, so that a panic is an error and no more.
        let task = tokio::spawn(async move {
            let (transaction, outcome) = run(transaction).await;
            drop(transaction);
            outcome
        });
        task.await.unwrap_or_else(|_| Err("it panicked".to_owned()))
    }
}
