//! PostgreSQL, and what speaks its protocol.
//!
//! Reads by key and short pages share a few connections, which serve many at once; longer lists and
//! transactions have a connection of a pool; writes are committed in groups. Only this module names
//! tokio-postgres.

mod address;
mod code;
mod connect;
mod dialect;
mod failure;
mod options;
mod replica;
mod schema;
mod session;
mod single_write;
mod taken;
mod target;
mod tls;
mod transaction;
mod transaction_guard;
mod value;
mod write;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_postgres::{Client, Error, SimpleQueryMessage};

pub use self::address::Address;
pub use self::options::Options;
pub(crate) use self::target::Target;

use self::code::Changer;
use self::connect::{Connector, Lease, Pool, Slot, pool, pooled};
use self::dialect::Postgres;
use self::failure::{Fault, said};
use self::replica::Replicas;
use self::schema::SchemaError;
use self::session::Session;
use self::single_write::show_row;
use self::write::{WriteJob, Writer};
use super::backlog::Backlog;
use super::sql::Dialect as _;
use super::statement::{Statements, table_of};
use super::{
    Answer, Begun, BoxedSink, OpenError, SchemaPolicy, Select, Store, StoreError, TableId, Write, catch_panic,
};
use crate::resource::Table;

/// The longest page, and the most that it passes over, that goes on a connection which others share: a fraction
/// of a millisecond.
const SHORT: u64 = 200;
const PASSED: u64 = 1000;

/// A PostgreSQL database with the tables it was opened with.
pub struct PostgresStore {
    readers: Vec<Slot>,
    writers: Vec<mpsc::UnboundedSender<WriteJob>>,
    turn: AtomicUsize,
    shared: Arc<Shared>,
    name: String,
}

impl PostgresStore {
    /// Connects to a database, and makes the tables that it lacks. The store stays on the runtime that it is
    /// opened on.
    ///
    /// # Errors
    /// Where the server cannot be reached, or its tables are not as declared; the text has the server's
    /// name, and every difference of every table.
    pub async fn open(
        address: Address,
        tables: Vec<Table>,
        options: Options,
        policy: impl Into<SchemaPolicy>,
    ) -> Result<PostgresStore, OpenError> {
        Ok(Self::examine(address, tables, options, policy).await?.open().await?.0)
    }

    /// Connects to a database and compares its tables with these, but changes nothing.
    ///
    /// # Errors
    /// As of [`PostgresStore::open`].
    pub async fn examine(
        address: Address,
        tables: Vec<Table>,
        options: Options,
        policy: impl Into<SchemaPolicy>,
    ) -> Result<ExaminedPostgres, OpenError> {
        let (name, policy) = (address.to_string(), policy.into());
        let connector = Arc::new(Connector::new(address, tables.len(), options.clone()));
        let first = connector.connect("").await.map_err(|why| unopened(&name, &why))?;
        let client = &first.client;
        let encoding = told(client, "SHOW server_encoding").await;
        let encoding = encoding.map_err(|error| unopened(&name, &said(&error)))?;
        if encoding.as_deref() != Some("UTF8") {
            let encoding = encoding.unwrap_or_default();
            return Err(unopened(&name, &format!("its encoding is {encoding}, and should be UTF8")));
        }
        let notes = schema::examine(client, &tables, &policy).await;
        let notes = notes.map_err(|schema_error| refusal(&name, schema_error))?;
        Ok(ExaminedPostgres { name, connector, tables, options, policy, notes })
    }

    async fn start(
        name: String,
        connector: &Arc<Connector>,
        first: &Session,
        tables: Vec<Table>,
        options: Options,
    ) -> Result<PostgresStore, OpenError> {
        let failed = |why: &str| unopened(&name, why);
        let unique = schema::unique(&first.client, &tables).await.map_err(|error| failed(&said(&error)))?;
        let replicas = &options.replicas;
        let shared =
            Shared::new(connector, tables, unique, &options, replicas).map_err(|why| failed(&why))?;
        let shared = Arc::new(shared);
        if shared.replicas.are_there() {
            // What was just made is not there yet.
            let log = first.client.simple_query(replica::POSITION).await;
            match log.ok().and_then(|answer| replica::position(&answer)) {
                Some(log) => shared.replicas.written_anywhere(log),
                None => shared.replicas.written_unplaced(),
            }
        }
        let writers = (0..options.writers.max(1)).map(|_| {
            let (jobs, queue) = mpsc::unbounded_channel();
            let slot = Slot::new(connector, write::SESSION_SETTINGS);
            let (most, prepared) = (options.group, options.prepared);
            let writer = Writer { slot, shared: Arc::clone(&shared), most, prepared };
            tokio::spawn(writer.run(queue));
            jobs
        });
        Ok(PostgresStore {
            writers: writers.collect(),
            readers: (0..options.readers.max(1))
                .map(|_| Slot::new(connector, write::SESSION_SETTINGS))
                .collect(),
            turn: AtomicUsize::new(0),
            shared,
            name,
        })
    }

    fn turn(&self) -> usize {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    /// Reads on a shared connection or one of the pool, and again where the connection was lost.
    async fn fetch_rows(&self, select: &Select, sink: &mut BoxedSink) -> Result<(), StoreError> {
        let _place = self.shared.reads.permit(select.bytes())?;
        // Without an index that serves them, filters may look at every row.
        let is_page = select.filter.is_true() && select.scope.is_all();
        let shares = select.key().is_some() || (is_page && select.limit <= SHORT && select.skip <= PASSED);
        // What is wrong with a replica is nothing to whoever asks, if nothing came from it yet.
        if let Some(known) = self.shared.tables.0.get(select.table)
            && let Some(session) = self.shared.replicas.lease(known.table.name, select, shares).await
        {
            let mut fed = false;
            let outcome = timeout(
                self.shared.client_timeout,
                stream_rows(&self.shared, &session, select, sink, &mut fed),
            )
            .await;
            match outcome.unwrap_or_else(|_| Err(Fault::no_answer())) {
                Ok(()) => {
                    session.give_back();
                    return Ok(());
                }
                Err(Fault::Lost(_)) if !fed => session.give_up(),
                Err(_) if !fed => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        // A server that was started again has closed every connection, and each of those that are shared may tell so
        // only when it is used. One that says nothing is not waited for as often.
        let mut left = self.readers.len() + 1;
        let mut shares = shares;
        loop {
            let session = match shares {
                true => Lease::Shared(self.readers[self.turn() % self.readers.len()].session().await?),
                false => Lease::Pooled(Box::new(pooled(&self.shared.pool).await?)),
            };
            let mut fed = false;
            let outcome = timeout(
                self.shared.client_timeout,
                stream_rows(&self.shared, &session, select, sink, &mut fed),
            )
            .await;
            if outcome.is_err() {
                left = left.min(2);
            }
            let fault = match outcome.unwrap_or_else(|_| Err(Fault::no_answer())) {
                Ok(()) => {
                    session.give_back();
                    return Ok(());
                }
                Err(fault) => fault,
            };
            left -= 1;
            match fault {
                Fault::Lost(_) => session.give_up(),
                // Where a table is held, those alone wait who want it.
                Fault::Contention(_) => shares = false,
                Fault::Refused(error) => return Err(error),
            }
            if fed || left == 0 {
                return Err(match StoreError::from(fault) {
                    StoreError::Contention(why) => StoreError::Unavailable(why),
                    error => error,
                });
            }
        }
    }
}

/// A database that was found to fit, or that can be made to, and that nothing was changed of yet.
#[derive(Clone)]
pub struct ExaminedPostgres {
    name: String,
    connector: Arc<Connector>,
    tables: Vec<Table>,
    options: Options,
    policy: SchemaPolicy,
    notes: Vec<String>,
}

impl ExaminedPostgres {
    /// What is worth a line in the log about the database as it stands.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Makes the changes and opens the store; tells what was changed, a line for each.
    ///
    /// # Errors
    /// As of [`PostgresStore::open`].
    pub async fn open(self) -> Result<(PostgresStore, Vec<String>), OpenError> {
        let ExaminedPostgres { name, connector, tables, options, policy, .. } = self;
        let first = connector.connect("").await.map_err(|why| unopened(&name, &why))?;
        let first = Arc::new(first);
        let changer = Changer { session: &first, connector: &connector, tables: &tables, options: &options };
        let changes = schema::apply(&changer, &policy).await;
        let changes = changes.map_err(|schema_error| refusal(&name, schema_error))?;
        let store = PostgresStore::start(name, &connector, &first, tables, options).await?;
        Ok((store, changes))
    }
}

impl fmt::Debug for ExaminedPostgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExaminedPostgres").field("database", &self.name).finish_non_exhaustive()
    }
}

fn unopened(name: &str, why: &str) -> OpenError {
    OpenError(format!("the PostgreSQL database {name} cannot be opened: {why}"))
}

fn refusal(name: &str, schema_error: SchemaError) -> OpenError {
    match schema_error {
        SchemaError::Refused(text) => OpenError(format!("the PostgreSQL database {name} {text}")),
        SchemaError::Failed(error) => unopened(name, &said(&error)),
    }
}

/// Shows the rows of a read as they come.
async fn stream_rows(
    shared: &Shared,
    session: &Session,
    select: &Select,
    sink: &mut BoxedSink,
    fed: &mut bool,
) -> Result<(), Fault> {
    let known = shared.tables.get(select.table)?;
    let statement = known.statements.select(select);
    let failed = |error| Fault::of(&error, known);
    let prepared = session.prepare(&statement).await.map_err(failed)?;
    let mut rows = std::pin::pin!(session.stream(&statement, prepared).await.map_err(failed)?);
    while let Some(row) = rows.next().await {
        let row = row.map_err(failed)?;
        *fed = true;
        catch_panic(|| show_row(&row, &statement, known, &mut **sink))?;
    }
    Ok(())
}

impl Store for PostgresStore {
    fn read(&self, select: Select, mut sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move { self.fetch_rows(&select, &mut sink).await.map(|()| sink) })
    }

    fn write(&self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            let permit = self.shared.writes.permit(write.bytes())?;
            let (reply, answer) = oneshot::channel();
            // In a group a condition that does not hold would undo the others.
            let by_itself = write.is_computed() || !write.conditions.are_none();
            let known = self.shared.tables.get(write.table)?;
            let shard = write::shard(&write, known, self.writers.len(), self.turn());
            let job = WriteJob { write, sink, reply, permit };
            if by_itself {
                job.apart(&self.shared);
            } else if self.writers[shard].send(job).is_err() {
                return Err(gone());
            }
            answer.await.unwrap_or_else(|_| Err(gone()))
        })
    }

    fn begin(&self) -> Begun<'_> {
        transaction::begin(&self.shared)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("database", &self.name).finish_non_exhaustive()
    }
}

/// The first value that a server tells in answer to a text.
async fn told(client: &Client, text: &str) -> Result<Option<String>, Error> {
    Ok(client.simple_query(text).await?.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten().map(ToOwned::to_owned),
        _ => None,
    }))
}

fn gone() -> StoreError {
    StoreError::Internal("a task of the store panicked, and what it was at may not be done".to_owned())
}

/// What all connections serve.
struct Shared {
    tables: Tables,
    pool: Pool,
    writes: Arc<Backlog>,
    /// And transactions that wait to begin.
    reads: Arc<Backlog>,
    client_timeout: Duration,
    replicas: Arc<Replicas>,
}

impl Shared {
    fn new(
        connector: &Arc<Connector>,
        tables: Vec<Table>,
        unique: Vec<HashMap<String, usize>>,
        options: &Options,
        replicas: &[Address],
    ) -> Result<Self, String> {
        let count = tables.len();
        let replica = |address: &Address| Arc::new(Connector::new(address.clone(), count, options.clone()));
        let replicas: Vec<_> = replicas.iter().map(replica).collect();
        Ok(Shared {
            tables: Tables(tables.into_iter().zip(unique).map(Known::new).collect()),
            pool: pool(connector)?,
            writes: Backlog::new(options.queue, options.queue_bytes),
            reads: Backlog::new(options.queue, options.queue_bytes),
            // The server itself ends what takes too long; this is for one that does not answer.
            client_timeout: options.statement_timeout + Duration::from_secs(5),
            replicas: Replicas::watch(connector, &replicas)?,
        })
    }
}

struct Tables(Vec<Known>);

impl Tables {
    fn get(&self, id: TableId) -> Result<&Known, StoreError> {
        table_of(&self.0, id)
    }
}

/// A table and its statements.
struct Known {
    table: Table,
    statements: Statements,
    /// The columns that unique indexes keep apart, by the names of these.
    unique: HashMap<String, usize>,
}

impl Known {
    fn new((table, unique): (Table, HashMap<String, usize>)) -> Self {
        let statements = Statements::of(&table, Postgres::parameter);
        Known { table, statements, unique }
    }

    fn unique_column(&self, index: &str) -> Option<usize> {
        self.unique.get(index).copied()
    }

    /// Whether no two rows have the same value in this column.
    fn is_apart(&self, column: usize) -> bool {
        let declared = self.table.columns.get(column).is_some_and(|column| column.unique);
        declared || column == self.table.key || self.unique.values().any(|apart| *apart == column)
    }
}
