//! A database between its examination and its opening.

use std::fmt;
use std::sync::Arc;

use super::PostgresStore;
use super::code::{STEP_TIMEOUT, SchemaConnection};
use super::connect::{Connector, Need, Slot};
use super::failure::error_text;
use super::options::Options;
use super::pulse::{PATIENCE, Pulse};
use super::schema::{self, SchemaError};
use crate::resource::Table;
use crate::store::schema::Due;
use crate::store::{OpenError, SchemaPolicy, StoreError};

/// A database whose tables match the declaration, or can be migrated to. Nothing has been changed yet.
#[derive(Clone)]
pub struct ExaminedPostgres {
    pub(super) name: String,
    pub(super) connector: Arc<Connector>,
    pub(super) tables: Vec<Table>,
    pub(super) options: Options,
    pub(super) policy: SchemaPolicy,
    pub(super) due: Due,
}

impl ExaminedPostgres {
    /// Remarks about the present schema, for the log.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.due.notes
    }

    pub(in crate::store) fn due(&self) -> &Due {
        &self.due
    }

    /// Migrates the database and opens the store. Returns a line for each change.
    ///
    /// # Errors
    /// The same as those of [`PostgresStore::open`].
    pub async fn open(self) -> Result<(PostgresStore, Vec<String>), OpenError> {
        let ExaminedPostgres { name, connector, tables, options, policy, .. } = self;
        let first = connector.connect("", Need::Reading).await;
        let first = Arc::new(first.map_err(|why| unopened(&name, &why.to_string()))?);
        let opened = async {
            let changer = SchemaConnection {
                session: &first,
                connector: &connector,
                tables: &tables,
                options: &options,
            };
            let changes = schema::apply(&changer, &policy).await;
            let changes = changes.map_err(|schema_error| refusal(&name, schema_error))?;
            let store =
                PostgresStore::start(name.clone(), &connector, &first, tables.clone(), options.clone())
                    .await?;
            Ok((store, changes))
        };
        while_it_answers(&connector, &name, opened).await
    }
}

impl fmt::Debug for ExaminedPostgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExaminedPostgres").field("database", &self.name).finish_non_exhaustive()
    }
}

/// Does some work at launch, however long it takes, unless the server says nothing any more.
pub(super) async fn while_it_answers<T>(
    connector: &Arc<Connector>,
    name: &str,
    work: impl Future<Output = Result<T, OpenError>>,
) -> Result<T, OpenError> {
    let slot = Arc::new(Slot::new(connector, "", Need::Reading));
    let outcome = Pulse::on(connector, slot, STEP_TIMEOUT).watch(PATIENCE, work).await;
    outcome.unwrap_or_else(|fault| Err(unopened(name, &StoreError::from(fault).to_string())))
}

pub(super) fn unopened(name: &str, why: &str) -> OpenError {
    OpenError(format!("the PostgreSQL database {name} cannot be opened: {why}"))
}

pub(super) fn refusal(name: &str, schema_error: SchemaError) -> OpenError {
    match schema_error {
        SchemaError::Refused(text) => OpenError(format!("the PostgreSQL database {name} {text}")),
        SchemaError::Failed(error) => unopened(name, &error_text(&error)),
    }
}
