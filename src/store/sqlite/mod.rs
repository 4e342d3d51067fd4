//! The SQLite store: a database in a file or in memory, within the process of the program.
//!
//! SQLite's calls block, so most of them must not run on the threads of the async runtime. Reads by key take
//! microseconds and run on the calling thread all the same, since handing them to another thread would cost more. Other
//! reads run on a few reader threads, long ones on some of these alone. SQLite allows one writer at a time, so one thread
//! makes all writes, and commits those that are waiting as one group. Only this module uses rusqlite.

mod change;
mod code;
mod connection;
mod dialect;
mod failure;
mod files;
mod options;
mod queue;
mod reader;
mod row;
mod schema;
mod target;
mod transaction;
mod violation;
mod writer;

use std::fmt;
use std::slice;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};

use rusqlite::Connection;
use tokio::sync::oneshot;

pub use self::connection::Location;
pub use self::options::Options;
pub(crate) use self::target::Target;

use self::connection::Database;
use self::dialect::Sqlite;
use self::failure::{unopened, without_folder};
use self::files::Files;
use self::queue::{Queue, gone};
use self::reader::{Deadline, KeyReaders, ReadJob, Reader};
use self::schema::SchemaError;
use self::transaction::SqliteTransaction;
use self::writer::{Job, WriteJob, Writer};
use super::cancel_safe::CancelSafe;
use super::claim::Claim;
use super::deadline;
use super::metrics::Counting;
use super::schema::Due;
use super::sql::{self, Dialect};
use super::statement::{Statements, table_of, with_values};
use super::{
    Answer, Availability, Begun, BoxedSink, Checked, OpenError, RunStep, SchemaPolicy, Select, Store,
    StoreError, StoreMetrics, StoreState, TableId, Write,
};
use crate::resource::Table;

/// How many prepared statements a connection caches besides the usual ones of each table.
const EXTRA_STATEMENTS: usize = 64;

/// A SQLite database with the tables it was opened with.
///
/// Dropping it finishes the queued writes, and moves the write-ahead log into the database file.
pub struct SqliteStore {
    // Fields are dropped in this order. The writing connection must be closed last, since the last one that is closed
    // moves the log into the file.
    short_reads: Queue<ReadJob>,
    long_reads: Queue<ReadJob>,
    key_readers: KeyReaders,
    writes: Queue<Job>,
    shared: Arc<Shared>,
}

impl SqliteStore {
    /// Opens a database and migrates it.
    ///
    /// # Errors
    /// The file cannot be used, or its tables differ from the declaration and may not be migrated. The message has the
    /// absolute path and every difference of every table.
    pub fn open(
        location: Location,
        tables: Vec<Table>,
        options: Options,
        policy: impl Into<SchemaPolicy>,
    ) -> Result<SqliteStore, OpenError> {
        Self::examine(location, tables, options, policy)?.open().map(|(store, _)| store)
    }

    /// Compares the tables of a database with these. It changes nothing and creates no file.
    ///
    /// # Errors
    /// As of [`SqliteStore::open`].
    pub fn examine(
        location: Location,
        tables: Vec<Table>,
        options: Options,
        policy: impl Into<SchemaPolicy>,
    ) -> Result<ExaminedSqlite, OpenError> {
        let database = Database::at(location)
            .map_err(|error| OpenError(format!("the current folder is unknown: {error}")))?;
        let policy = policy.into();
        let due = {
            if let Some(path) = database.path().filter(|path| !path.is_dir()) {
                without_folder(&database, path)?;
            }
            let connection = match database.path() {
                Some(path) if !path.exists() => Connection::open_in_memory(),
                Some(_) => database.existing(&options),
                None => Connection::open_in_memory(),
            };
            let connection = connection.map_err(|error| unopened(&database, &error))?;
            schema::examine(&connection, &tables, &policy)
                .map_err(|schema_error| refusal(&database, schema_error))?
        };
        Ok(ExaminedSqlite { database, tables, options, policy, due })
    }

    fn start(
        database: Database,
        writer: Connection,
        tables: Vec<Table>,
        options: &Options,
    ) -> Result<SqliteStore, OpenError> {
        let failed = |error| unopened(&database, &error);
        let mut writer = database.writer(writer, options).map_err(failed)?;
        // Patches of different sets of columns are different statements, hence more per table than for a reader.
        writer.set_prepared_statement_cache_capacity(16 * tables.len() + EXTRA_STATEMENTS);
        let reader = || {
            let reader = database.reader(options).map_err(failed)?;
            // There are four usual statements per table: by key and a page, each of the visible columns and of all.
            reader.set_prepared_statement_cache_capacity(4 * tables.len() + EXTRA_STATEMENTS);
            Ok::<_, OpenError>(reader)
        };
        let key_readers = (0..options.point_readers.max(1)).map(|_| reader()).collect::<Result<_, _>>()?;
        let readers = (0..options.readers.max(2)).map(|_| reader()).collect::<Result<Vec<_>, _>>()?;

        let shared = Arc::new(Shared::new(tables, database.clone()));
        let (mut writes, jobs) = Queue::new(options.queue, options.queue_bytes);
        let group = options.group.max(1);
        let deadline = Deadline::on(&mut writer, options.transaction_timeout, &shared).map_err(failed)?;
        let writer = Writer { connection: writer, shared: Arc::clone(&shared), most: group, deadline };
        writes.serve("crewed-write", move || writer.run(&jobs))?;
        let (mut short_reads, short) = Queue::new(options.queue, options.queue_bytes);
        let (mut long_reads, long) = Queue::new(options.queue, options.queue_bytes);
        // Half of the readers are never held up by long reads.
        let for_short = readers.len() / 2;
        for (number, connection) in readers.into_iter().enumerate() {
            let reader = Reader::new(connection, Arc::clone(&shared), options.read_timeout)
                .map_err(|error| unopened(&database, &error))?;
            let (short, long) = (short.clone(), long.clone());
            match number < for_short {
                true => short_reads.serve("crewed-read", move || reader.run(&short))?,
                false => long_reads.serve("crewed-read-long", move || reader.run_long(long, short))?,
            }
        }
        let key_readers = KeyReaders::new(key_readers);
        Ok(SqliteStore { short_reads, long_reads, key_readers, writes, shared })
    }
}

/// A database whose tables match the declaration, or can be migrated to it. Nothing was changed yet.
#[derive(Clone, Debug)]
pub struct ExaminedSqlite {
    database: Database,
    tables: Vec<Table>,
    options: Options,
    policy: SchemaPolicy,
    due: Due,
}

impl ExaminedSqlite {
    /// Remarks about the database for the log.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.due.notes
    }

    pub(super) fn due(&self) -> &Due {
        &self.due
    }

    /// Migrates the database and opens the store. Returns a line for each change.
    ///
    /// # Errors
    /// As of [`SqliteStore::open`].
    pub fn open(self) -> Result<(SqliteStore, Vec<String>), OpenError> {
        let ExaminedSqlite { database, tables, options, policy, .. } = self;
        let first = database.first(&options).map_err(|error| unopened(&database, &error))?;
        let code = |step: &RunStep| code::run(&first, &Shared::new(tables.clone(), database.clone()), step);
        let changes = schema::apply(&first, &tables, &policy, &code);
        let changes = changes.map_err(|schema_error| refusal(&database, schema_error))?;
        let store = SqliteStore::start(database, first, tables, &options)?;
        Ok((store, changes))
    }
}

fn refusal(database: &Database, schema_error: SchemaError) -> OpenError {
    match schema_error {
        SchemaError::Refused(text) => OpenError(format!("{database} {text}")),
        SchemaError::Failed(error) => unopened(database, &error),
    }
}

impl SqliteStore {
    async fn queued(&self, select: Select, sink: BoxedSink) -> Result<BoxedSink, StoreError> {
        let (reply, answer) = oneshot::channel();
        let entry = self.shared.table(select.table)?;
        let reads = match select.is_short(entry.table.key, &entry.indexes) {
            true => &self.short_reads,
            false => &self.long_reads,
        };
        let permit = reads.permit(select.bytes())?;
        reads.push(ReadJob { select, sink, reply, permit, until: deadline::until() })?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// The SQL of the statements of a read, with its values in it.
#[must_use]
pub fn explained(table: &Table, select: &Select) -> Vec<String> {
    let texts =
        |selects: &[Select]| selects.iter().map(|select| with_values::<Sqlite>(table, select)).collect();
    match select.divided() {
        Some((near, far)) => texts(&[near, far]),
        None => texts(slice::from_ref(select)),
    }
}

impl Store for SqliteStore {
    fn read(&self, select: Select, sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            match select.key() {
                Some(_) => match self.key_readers.read(&self.shared, &select, sink) {
                    Ok(outcome) => outcome,
                    Err(sink) => self.queued(select, sink).await,
                },
                None => self.queued(select, sink).await,
            }
        })
    }

    fn write(&self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Box::pin(async move {
            let (reply, answer) = oneshot::channel();
            let (permit, claim) = (self.writes.permit(write.bytes())?, Claim::default());
            let job = WriteJob { write, sink, reply, permit, claim: claim.clone() };
            self.writes.push(Job::Write(job))?;
            claim.outcome(answer, gone).await
        })
    }

    fn begin(&self) -> Begun<'_> {
        Box::pin(async move {
            let (transaction, job, begun) = SqliteTransaction::new(self.writes.permit(0)?);
            self.writes.push(Job::Transaction(job))?;
            begun.await.unwrap_or_else(|_| Err(gone()))?;
            Ok(CancelSafe::of(transaction))
        })
    }

    fn check(&self) -> Checked<'_> {
        Box::pin(async move {
            self.shared.files.check()?;
            self.key_readers.check(&self.shared)?;
            let reads_are_served = self.short_reads.is_served() && self.long_reads.is_served();
            match self.writes.is_served() && reads_are_served {
                true => Ok(Availability::Writable),
                false => Err(gone()),
            }
        })
    }

    fn count_into(&self, metrics: &Arc<StoreMetrics>) {
        self.shared.counting.start(metrics);
    }

    fn retried(&self) {
        self.shared.counting.retry();
    }

    fn state(&self) -> StoreState {
        let reads = self.short_reads.waiting() + self.long_reads.waiting();
        StoreState { reads, writes: self.writes.waiting(), ..StoreState::default() }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // A pending read borrows the store, so no caller waits for one any more, and those that run can be interrupted.
        self.shared.closing.store(true, Ordering::Relaxed);
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("database", &self.shared.database).finish_non_exhaustive()
    }
}

/// A table and its statements.
struct TableEntry {
    table: Table,
    statements: Statements,
    /// The columns of each index.
    indexes: Vec<Vec<usize>>,
}

impl TableEntry {
    fn new(table: Table) -> Self {
        let indexes = sql::indexes::<Sqlite>(&table).into_iter().map(|index| index.columns);
        let with_key = |mut columns: Vec<usize>| {
            // SQLite adds it by itself.
            if Sqlite::indexes_end_with(&table.columns[table.key]) && !columns.contains(&table.key) {
                columns.push(table.key);
            }
            columns
        };
        let indexes = indexes.map(with_key).collect();
        TableEntry { statements: Statements::of::<Sqlite>(&table), table, indexes }
    }
}

/// The state that all threads share.
struct Shared {
    tables: Vec<TableEntry>,
    database: Database,
    files: Files,
    closing: AtomicBool,
    counting: Counting,
    /// A lock for a database in memory, whose connections do not wait for one another but fail. It makes readers and
    /// the writer wait.
    memory_lock: Option<RwLock<()>>,
}

impl Shared {
    fn new(tables: Vec<Table>, database: Database) -> Self {
        let memory_lock = database.path().is_none().then(RwLock::default);
        let tables = tables.into_iter().map(TableEntry::new).collect();
        let files = Files::of(database.path());
        let counting = Counting::default();
        Shared { tables, database, files, closing: AtomicBool::new(false), counting, memory_lock }
    }

    fn table(&self, id: TableId) -> Result<&TableEntry, StoreError> {
        table_of(&self.tables, id)
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    fn reading(&self) -> Option<RwLockReadGuard<'_, ()>> {
        self.memory_lock
            .as_ref()
            .map(|memory_lock| memory_lock.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The lock for a read that must not block, or an error while a write to the database in memory runs, which may
    /// take long.
    fn try_reading(&self) -> Result<Option<RwLockReadGuard<'_, ()>>, WriterActive> {
        match self.memory_lock.as_ref().map(RwLock::try_read) {
            None => Ok(None),
            Some(Ok(guard)) => Ok(Some(guard)),
            Some(Err(TryLockError::Poisoned(poisoned))) => Ok(Some(poisoned.into_inner())),
            Some(Err(TryLockError::WouldBlock)) => Err(WriterActive),
        }
    }

    fn writing(&self) -> Option<RwLockWriteGuard<'_, ()>> {
        self.memory_lock
            .as_ref()
            .map(|memory_lock| memory_lock.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The lock of a database in memory is held by the writer.
struct WriterActive;
