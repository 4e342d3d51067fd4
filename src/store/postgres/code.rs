//! Migration steps that are code: they run in the transaction that changes the schema.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::connect::{Connector, Lease, Need, Slot};
use super::pulse::Pulse;
use super::session::Session;
use super::transaction::PgTransaction;
use super::{Options, Shared};
use crate::resource::Table;
use crate::store::RunStep;

/// How long one statement of a step may take. No request waits during a migration, and a step may have to go through
/// every row of a table.
pub(super) const STEP_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// The connection that changes the schema, and what a step of code needs to use it as a store.
pub(super) struct SchemaConnection<'a> {
    pub(super) session: &'a Arc<Session>,
    pub(super) connector: &'a Arc<Connector>,
    pub(super) tables: &'a [Table],
    pub(super) options: &'a Options,
}

impl SchemaConnection<'_> {
    /// Runs code in the transaction that is open on the connection.
    ///
    /// # Errors
    /// The error of the code, or that it panicked.
    pub(super) async fn run(
        &self,
        run: &RunStep,
        unique: Vec<HashMap<String, Vec<usize>>>,
    ) -> Result<(), String> {
        let slot = Arc::new(Slot::new(self.connector, "", Need::Reading));
        let pulse = Pulse::on(self.connector, slot, STEP_TIMEOUT);
        let shared = Shared::new(self.connector, pulse, self.tables.to_vec(), unique, self.options, &[])?;
        let session = Lease::Shared(Arc::clone(self.session));
        let transaction = PgTransaction::within(session, Arc::new(shared));
        let run = Arc::clone(run);
        // The step runs on a task of its own, so that a panic becomes an error.
        let task = tokio::spawn(async move {
            let (transaction, outcome) = run(transaction).await;
            drop(transaction);
            outcome
        });
        task.await.unwrap_or_else(|_| Err("it panicked".to_owned()))
    }
}
