//! SQLite: a file, or a database in memory, in the process itself.
//!
//! Reads by key happen on the calling thread, other reads on a few threads, writes on one, which
//! commits what is waiting as one group. Only this module names rusqlite.

mod change;
mod code;
mod connection;
mod dialect;
mod failure;
mod files;
mod options;
mod precise;
mod queue;
mod reader;
mod row;
mod schema;
mod target;
mod transaction;
mod writer;

use std::fmt;
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
use super::sql::Dialect as _;
use super::statement::{Statements, table_of};
use super::unbroken::Unbroken;
use super::{
    Answer, Begun, BoxedSink, OpenError, RunStep, SchemaPolicy, Select, Store, StoreError, TableId, Write,
};
use crate::resource::Table;

/// How many statements of other shapes a connection keeps prepared.
const UNUSUAL: usize = 64;

/// A SQLite database with the tables it was opened with.
///
/// When it is dropped it finishes the writes that wait, and empties the log into the file.
pub struct SqliteStore {
    // Dropped in this order: the last connection to be closed is the one that writes, and it empties
    // the log.
    reads: Queue<ReadJob>,
    key_readers: KeyReaders,
    writes: Queue<Job>,
    shared: Arc<Shared>,
}

impl SqliteStore {
    /// Opens a database, and makes the tables that it lacks.
    ///
    /// # Errors
    /// Where the file cannot be used, or its tables are not as declared; the text has the whole path,
    /// and every difference of every table.
    pub fn open(
        location: Location,
        tables: Vec<Table>,
        options: Options,
        policy: impl Into<SchemaPolicy>,
    ) -> Result<SqliteStore, OpenError> {
        Self::examine(location, tables, options, policy)?.open().map(|(store, _)| store)
    }

    /// Looks at a database and compares its tables with these, but changes nothing and makes no file.
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
            .map_err(|error| OpenError(format!("the current folder cannot be told: {error}")))?;
        let policy = policy.into();
        let notes = {
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
        Ok(ExaminedSqlite { database, tables, options, policy, notes })
    }

    fn start(
        database: Database,
        writer: Connection,
        tables: Vec<Table>,
        options: &Options,
    ) -> Result<SqliteStore, OpenError> {
        let failed = |error| unopened(&database, &error);
        let mut writer = database.writer(writer, options).map_err(failed)?;
        // A patch of other columns is another statement.
        writer.set_prepared_statement_cache_capacity(16 * tables.len() + UNUSUAL);
        let reader = || {
            let reader = database.reader(options).map_err(failed)?;
            // By key and a page, of the columns that clients may see and of all.
            reader.set_prepared_statement_cache_capacity(4 * tables.len() + UNUSUAL);
            Ok::<_, OpenError>(reader)
        };
        let key_readers = (0..options.point_readers.max(1)).map(|_| reader()).collect::<Result<_, _>>()?;
        let readers = (0..options.readers.max(1)).map(|_| reader()).collect::<Result<Vec<_>, _>>()?;

        let shared = Arc::new(Shared::new(tables, database.clone()));
        let (mut writes, jobs) = Queue::new(options.queue, options.queue_bytes);
        let group = options.group.max(1);
        let deadline = Deadline::on(&mut writer, options.transaction_timeout, &shared).map_err(failed)?;
        let writer = Writer { connection: writer, shared: Arc::clone(&shared), most: group, deadline };
        writes.serve("crewed-write", move || writer.run(&jobs))?;
        let (mut reads, jobs) = Queue::new(options.queue, options.queue_bytes);
        for connection in readers {
            let reader = Reader::new(connection, Arc::clone(&shared), options.read_timeout)
                .map_err(|error| unopened(&database, &error))?;
            let jobs = jobs.clone();
            reads.serve("crewed-read", move || reader.run(&jobs))?;
        }
        Ok(SqliteStore { reads, key_readers: KeyReaders::new(key_readers), writes, shared })
    }
}

/// A database that was found to fit, or that can be made to, and that nothing was changed of yet.
#[derive(Clone, Debug)]
pub struct ExaminedSqlite {
    database: Database,
    tables: Vec<Table>,
    options: Options,
    policy: SchemaPolicy,
    notes: Vec<String>,
}

impl ExaminedSqlite {
    /// What is worth a line in the log about the database as it stands.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Makes the changes and opens the store; tells what was changed, a line for each.
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
        let permit = self.reads.permit(select.bytes())?;
        self.reads.push(ReadJob { select, sink, reply, permit })?;
        answer.await.unwrap_or_else(|_| Err(gone()))
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
            let permit = self.writes.permit(write.bytes())?;
            self.writes.push(Job::Write(WriteJob { write, sink, reply, permit }))?;
            answer.await.unwrap_or_else(|_| Err(gone()))
        })
    }

    fn begin(&self) -> Begun<'_> {
        Box::pin(async move {
            let (transaction, job, begun) = SqliteTransaction::new(self.writes.permit(0)?);
            self.writes.push(Job::Transaction(job))?;
            begun.await.unwrap_or_else(|_| Err(gone()))?;
            Ok(Unbroken::of(transaction))
        })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Nobody waits for a read any more: an answer borrows the store.
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
}

/// What all threads look at.
struct Shared {
    tables: Vec<TableEntry>,
    database: Database,
    files: Files,
    closing: AtomicBool,
    /// Connections to memory do not wait for each other, they fail: so they take turns.
    turns: Option<RwLock<()>>,
}

impl Shared {
    fn new(tables: Vec<Table>, database: Database) -> Self {
        let turns = database.path().is_none().then(RwLock::default);
        let entry = |table| TableEntry { statements: Statements::of(&table, Sqlite::parameter), table };
        let tables = tables.into_iter().map(entry).collect();
        let files = Files::of(database.path());
        Shared { tables, database, files, closing: AtomicBool::new(false), turns }
    }

    fn table(&self, id: TableId) -> Result<&TableEntry, StoreError> {
        table_of(&self.tables, id)
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    fn reading(&self) -> Option<RwLockReadGuard<'_, ()>> {
        self.turns.as_ref().map(|turns| turns.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The turn of a read that must not wait for it: while somebody writes to a database in memory, perhaps for
    /// long, there is none.
    fn reading_now(&self) -> Result<Option<RwLockReadGuard<'_, ()>>, Taken> {
        match self.turns.as_ref().map(RwLock::try_read) {
            None => Ok(None),
            Some(Ok(turn)) => Ok(Some(turn)),
            Some(Err(TryLockError::Poisoned(poisoned))) => Ok(Some(poisoned.into_inner())),
            Some(Err(TryLockError::WouldBlock)) => Err(Taken),
        }
    }

    fn writing(&self) -> Option<RwLockWriteGuard<'_, ()>> {
        self.turns.as_ref().map(|turns| turns.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Somebody writes.
struct Taken;
