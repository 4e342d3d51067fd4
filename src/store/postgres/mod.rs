//! The store for PostgreSQL, and for other databases that speak its protocol.
//!
//! Reads by key and short pages share a few connections, each of which pipelines the statements of many requests.
//! Anything that could delay the statements behind it (longer lists, transactions) has a connection of the pool for
//! itself. Writes are committed in groups, as `write` explains. Only this module names tokio-postgres.

mod address;
mod code;
mod connect;
mod dialect;
mod examined;
mod failure;
mod options;
mod pulse;
mod replica;
mod schema;
mod session;
mod single_write;
mod target;
mod tls;
mod transaction;
mod transaction_guard;
mod value;
mod violation;
mod write;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc, oneshot};
use tokio::time::timeout;
use tokio_postgres::{Client, Error, SimpleQueryMessage};

pub use self::address::Address;
pub use self::examined::ExaminedPostgres;
pub use self::options::Options;
pub(crate) use self::target::Target;

use self::connect::{Connector, Lease, Need, Pool, Slot, pool, pooled};
use self::dialect::Postgres;
use self::examined::{refusal, unopened, while_it_answers};
use self::failure::{Fault, error_text};
use self::pulse::{PATIENCE, Pulse};
use self::replica::Replicas;
use self::session::Session;
use self::single_write::show_row;
use self::write::{WriteJob, Writer};
use super::backlog::Backlog;
use super::claim::Claim;
use super::metrics::Counting;
use super::sql;
use super::statement::{Statements, table_of, with_values};
use super::{
    Answer, Begun, BoxedSink, Checked, OpenError, PoolState, SchemaPolicy, Select, Store, StoreError,
    StoreMetrics, StoreState, TableId, Write, catch_panic,
};
use crate::resource::Table;

/// A PostgreSQL database, opened with a fixed set of tables.
pub struct PostgresStore {
    readers: Vec<Arc<Slot>>,
    writers: Vec<mpsc::UnboundedSender<WriteJob>>,
    next: AtomicUsize,
    shared: Arc<Shared>,
    name: String,
}

impl PostgresStore {
    /// Connects to a database and migrates it, as far as the policy allows. The tasks of the store run on the runtime
    /// that it is opened on.
    ///
    /// # Errors
    /// If the server cannot be reached, or its tables differ from the declared ones. The message has the server's name
    /// and every difference of every table.
    pub async fn open(
        address: Address,
        tables: Vec<Table>,
        options: Options,
        policy: impl Into<SchemaPolicy>,
    ) -> Result<PostgresStore, OpenError> {
        Ok(Self::examine(address, tables, options, policy).await?.open().await?.0)
    }

    /// Connects to a database and compares its tables with the declared ones, but changes nothing.
    ///
    /// # Errors
    /// The same as those of [`PostgresStore::open`].
    pub async fn examine(
        address: Address,
        tables: Vec<Table>,
        options: Options,
        policy: impl Into<SchemaPolicy>,
    ) -> Result<ExaminedPostgres, OpenError> {
        let (name, policy) = (address.to_string(), policy.into());
        let connector = Arc::new(Connector::new(address, tables.len(), options.clone()));
        let first = connector.connect("", Need::Reading).await;
        let first = first.map_err(|why| unopened(&name, &why.to_string()))?;
        let client = &first.client;
        let examined = async {
            let encoding = query_value(client, "SHOW server_encoding").await;
            let encoding = encoding.map_err(|error| unopened(&name, &error_text(&error)))?;
            if encoding.as_deref() != Some("UTF8") {
                let encoding = encoding.unwrap_or_default();
                return Err(unopened(&name, &format!("its encoding is {encoding}, and should be UTF8")));
            }
            let due = schema::examine(client, &tables, &policy).await;
            due.map_err(|schema_error| refusal(&name, schema_error))
        };
        let due = while_it_answers(&connector, &name, examined).await?;
        Ok(ExaminedPostgres { name, connector, tables, options, policy, due })
    }

    async fn start(
        name: String,
        connector: &Arc<Connector>,
        first: &Session,
        tables: Vec<Table>,
        options: Options,
    ) -> Result<PostgresStore, OpenError> {
        let failed = |why: &str| unopened(&name, why);
        let unique =
            schema::unique(&first.client, &tables).await.map_err(|error| failed(&error_text(&error)))?;
        let replicas = &options.replicas;
        let readers: Vec<_> = (0..options.readers.max(1))
            .map(|_| Arc::new(Slot::new(connector, write::SESSION_SETTINGS, Need::Reading)))
            .collect();
        let pulse = Pulse::on(connector, Arc::clone(&readers[0]), options.client_timeout());
        let shared =
            Shared::new(connector, pulse, tables, unique, &options, replicas).map_err(|why| failed(&why))?;
        let shared = Arc::new(shared);
        if shared.replicas.are_configured() {
            // Replicas may not have the tables yet that were just created.
            let log = first.client.simple_query(replica::POSITION).await;
            match log.ok().and_then(|answer| replica::position(&answer)) {
                Some(log) => shared.replicas.written_anywhere(log),
                None => shared.replicas.written_somewhere(),
            }
        }
        let writers = (0..options.writers.max(1)).map(|_| {
            let (jobs, queue) = mpsc::unbounded_channel();
            let slot = Slot::new(connector, write::SESSION_SETTINGS, Need::Writing);
            let (max_group, prepared) = (options.group, options.prepared);
            let writer = Writer { slot, shared: Arc::clone(&shared), max_group, prepared };
            tokio::spawn(writer.run(queue));
            jobs
        });
        Ok(PostgresStore { writers: writers.collect(), readers, next: AtomicUsize::new(0), shared, name })
    }

    fn next(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// A connection that reads share.
    async fn reader(&self, patience: Duration) -> Result<Arc<Session>, StoreError> {
        let slot = &self.readers[self.next() % self.readers.len()];
        match slot.current() {
            Some(session) => Ok(session),
            None => Ok(self.shared.pulse.watch(patience, slot.session()).await??),
        }
    }

    /// Reads from a replica if one is recent enough, else from the primary, where the read is repeated if its
    /// connection was lost before any row came.
    async fn fetch_rows(&self, select: &Select, sink: &mut BoxedSink) -> Result<(), StoreError> {
        let _place = self.shared.reads.permit(select.bytes())?;
        // A long one would delay the statements behind it, so it does not go on a shared connection.
        let entry = self.shared.tables.get(select.table)?;
        let mut shares = select.is_short(entry.table.key, &entry.indexes);
        // If a replica fails before the first row, its error is dropped and the primary is read instead.
        let begun = self.shared.replicas.are_configured().then(Instant::now);
        if let Some((session, replica)) = self.shared.replicas.lease(entry.table.name, select, shares).await {
            let mut streamed = false;
            let rows = stream_rows(&self.shared, &session, select, sink, &mut streamed);
            let outcome = replica.watch(rows).await;
            match outcome.and_then(|outcome| outcome) {
                Ok(()) => {
                    session.give_back();
                    return Ok(());
                }
                Err(Fault::Lost(_) | Fault::Silent) if !streamed => session.close(),
                Err(_) if !streamed => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        // The time that a silent replica has taken is not given to a silent primary once more.
        let patience = begun.map_or(PATIENCE, |begun| PATIENCE.saturating_sub(begun.elapsed()));
        // A server that was restarted has closed all connections, but a shared one may report that only when it is
        // used. So as many attempts are made as there are shared connections, and one more. A server that does not
        // answer is tried only twice, since each attempt waits for the whole timeout.
        let mut left = self.readers.len() + 1;
        // Held until all rows have come.
        let _place = match shares {
            true => None,
            false => Some(self.shared.pulse.watch(patience, self.shared.long_reads.place()).await??),
        };
        loop {
            let session = match shares {
                true => Lease::Shared(self.reader(patience).await?),
                false => {
                    let pooled = self.shared.pulse.watch(patience, pooled(&self.shared.pool));
                    Lease::Pooled(Box::new(pooled.await??))
                }
            };
            let mut streamed = false;
            let rows = stream_rows(&self.shared, &session, select, sink, &mut streamed);
            let outcome = self.shared.pulse.watch_lease(&session, patience, rows).await;
            if outcome.is_err() {
                left = left.min(2);
            }
            let fault = match outcome.and_then(|outcome| outcome) {
                Ok(()) => {
                    session.give_back();
                    return Ok(());
                }
                Err(fault) => fault,
            };
            left -= 1;
            match fault {
                Fault::Silent => {
                    session.close();
                    left = 0;
                }
                Fault::Lost(_) => session.close(),
                // The table is locked. The next attempt waits on a connection of its own, so that reads of other tables
                // do not wait behind it.
                Fault::Contention(_) => shares = false,
                Fault::Refused(error) => return Err(error),
            }
            if streamed || left == 0 {
                return Err(match StoreError::from(fault) {
                    StoreError::Contention(why) => StoreError::Unavailable(why),
                    error => error,
                });
            }
            self.shared.counting.retry();
        }
    }
}

/// Passes the rows of a read to the sink as they arrive. `streamed` reports whether there was one, also on failure:
/// then the read cannot be repeated.
async fn stream_rows(
    shared: &Shared,
    session: &Session,
    select: &Select,
    sink: &mut BoxedSink,
    streamed: &mut bool,
) -> Result<(), Fault> {
    let entry = shared.tables.get(select.table)?;
    let statement = entry.statements.select(select);
    let failed = |error| Fault::of(&error, entry);
    let prepared = session.prepare(&statement).await.map_err(failed)?;
    let mut rows = std::pin::pin!(session.stream(&statement, prepared).await.map_err(failed)?);
    while let Some(row) = rows.next().await {
        let row = row.map_err(failed)?;
        *streamed = true;
        catch_panic(|| show_row(&row, &statement, entry, &mut **sink))?;
    }
    Ok(())
}

/// The SQL of a read with its values in it.
#[must_use]
pub fn explained(table: &Table, select: &Select) -> String {
    with_values::<Postgres>(table, select)
}

impl Store for PostgresStore {
    fn read(&self, select: Select, mut sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move { self.fetch_rows(&select, &mut sink).await.map(|()| sink) })
    }

    fn write(&self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            let permit = self.shared.writes.permit(write.bytes())?;
            let (reply, answer) = oneshot::channel();
            // A computed value needs a read before the write, and a refusal ends in a rollback, which would undo the
            // whole group. Such writes have a transaction of their own.
            let by_itself = write.is_computed() || write.may_be_refused();
            let entry = self.shared.tables.get(write.table)?;
            let shard = write::shard(&write, entry, self.writers.len(), self.next());
            let claim = Claim::default();
            let job = WriteJob { write, sink, reply, permit, claim: claim.clone() };
            if by_itself {
                job.spawn_single(&self.shared);
            } else if self.writers[shard].send(job).is_err() {
                return Err(gone());
            }
            claim.outcome(answer, gone).await
        })
    }

    fn begin(&self) -> Begun<'_> {
        transaction::begin(&self.shared)
    }

    fn check(&self) -> Checked<'_> {
        Box::pin(self.shared.pulse.state())
    }

    fn count_into(&self, metrics: &Arc<StoreMetrics>) {
        self.shared.counting.start(metrics);
    }

    fn retried(&self) {
        self.shared.counting.retry();
    }

    fn state(&self) -> StoreState {
        let Shared { reads, writes, pool, replicas, .. } = &*self.shared;
        let status = pool.status();
        let pool = PoolState {
            max: status.max_size,
            open: status.size,
            used: status.size.saturating_sub(status.available),
            waiting: status.waiting,
        };
        StoreState {
            reads: reads.count(),
            writes: writes.count(),
            pool: Some(pool),
            replicas: replicas.states(),
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("database", &self.name).finish_non_exhaustive()
    }
}

/// The first value of the first row that a query returns.
async fn query_value(client: &Client, text: &str) -> Result<Option<String>, Error> {
    Ok(client.simple_query(text).await?.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten().map(ToOwned::to_owned),
        _ => None,
    }))
}

fn gone() -> StoreError {
    StoreError::Internal(
        "a task of the store panicked; its write may or may not have been committed".to_owned(),
    )
}

/// The state that all tasks and transactions of a store share.
struct Shared {
    tables: Tables,
    pool: Pool,
    /// Bounds the writes that wait.
    writes: Arc<Backlog>,
    /// Bounds the reads that wait, and the transactions that wait to begin.
    reads: Arc<Backlog>,
    /// How many connections of the pool long reads may have.
    long_reads: LongReads,
    /// Whether the server says anything, while an answer is waited for.
    pulse: Pulse,
    replicas: Arc<Replicas>,
    counting: Counting,
}

impl Shared {
    fn new(
        connector: &Arc<Connector>,
        pulse: Pulse,
        tables: Vec<Table>,
        unique: Vec<HashMap<String, Vec<usize>>>,
        options: &Options,
        replicas: &[Address],
    ) -> Result<Self, String> {
        let count = tables.len();
        let replica = |address: &Address| Arc::new(Connector::new(address.clone(), count, options.clone()));
        let replicas: Vec<_> = replicas.iter().map(replica).collect();
        Ok(Shared {
            tables: Tables(tables.into_iter().zip(unique).map(TableEntry::new).collect()),
            pool: pool(connector)?,
            writes: Backlog::new(options.queue, options.queue_bytes),
            reads: Backlog::new(options.queue, options.queue_bytes),
            long_reads: LongReads::new(options),
            pulse,
            replicas: Replicas::watch(connector, &replicas)?,
            counting: Counting::default(),
        })
    }

    /// Waits for a connection or for the place of one, for as long as the server says anything.
    async fn while_it_answers<T>(
        &self,
        waiting: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.pulse.watch(PATIENCE, waiting).await?
    }
}

/// The places of long reads, which may have half of the pool: the other half is left to writes, to transactions, and to
/// short reads whose table is locked.
struct LongReads {
    places: Semaphore,
    timeout: Duration,
}

impl LongReads {
    fn new(options: &Options) -> Self {
        LongReads { places: Semaphore::new((options.pool / 2).max(1)), timeout: options.wait_timeout }
    }

    /// A place, when there is one.
    async fn place(&self) -> Result<SemaphorePermit<'_>, StoreError> {
        match timeout(self.timeout, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(StoreError::Unavailable("no connection for a long read became free in time".to_owned())),
        }
    }
}

struct Tables(Vec<TableEntry>);

impl Tables {
    fn get(&self, id: TableId) -> Result<&TableEntry, StoreError> {
        table_of(&self.0, id)
    }
}

/// A table of the store, with its statements.
struct TableEntry {
    table: Table,
    statements: Statements,
    /// The columns of each declared index.
    indexes: Vec<Vec<usize>>,
    /// The columns of each unique index, by the name of the index: PostgreSQL's errors name the index.
    unique: HashMap<String, Vec<usize>>,
}

impl TableEntry {
    fn new((table, unique): (Table, HashMap<String, Vec<usize>>)) -> Self {
        let statements = Statements::of::<Postgres>(&table);
        let indexes = sql::indexes::<Postgres>(&table).into_iter().map(|index| index.columns).collect();
        TableEntry { table, statements, indexes, unique }
    }
}
