//! Where resources live. An engine is told *what* to read and write, never *how*.
//!
//! The tables are known when a store is opened; afterwards they are named by their position, and
//! every statement is one of a few kinds, so that an engine can prepare all it needs. Rows come out
//! through one erased [`Row`] into a [`Sink`], and no engine is compiled once per resource.

mod backlog;
mod failure;
mod opening;
#[cfg(feature = "postgres")]
pub mod postgres;
mod schema;
mod script;
mod sql;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod step;
mod unbroken;
mod written;

pub use failure::{OpenError, StoreError};
pub(crate) use opening::{Database, Opening};
pub use step::{RunStep, Running, SchemaStep, Sql, StepAction, When};

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::resource::{Change, DecodeError, Row};
use crate::value::Value;

/// A table, by its position among those that the store was opened with.
pub type TableId = usize;

/// What is to be read. Rows hold the columns of [`Table::shown`](crate::resource::Table), in that
/// order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Read {
    /// The row of this key, if there is one.
    One {
        /// Where.
        table: TableId,
        /// The key.
        key: Value,
    },
    /// A page of rows, by ascending key.
    Page {
        /// Where.
        table: TableId,
        /// How many rows to pass over.
        skip: u64,
        /// How many rows to read at most.
        limit: u64,
    },
}

/// What is to be written. It happens whole or not at all, and is on disk when it is answered.
#[derive(Debug)]
#[non_exhaustive]
pub enum Write {
    /// Adds a row; every column has a value but a key that the store counts up.
    Insert {
        /// Where.
        table: TableId,
        /// The values, by column.
        values: Vec<(usize, Value)>,
    },
    /// Adds a row, or overwrites the one that has its key but for the columns that it keeps.
    Upsert {
        /// Where.
        table: TableId,
        /// The values, by column: of every column.
        values: Vec<(usize, Value)>,
    },
    /// Changes the row of this key, if there is one.
    Update {
        /// Where.
        table: TableId,
        /// The key.
        key: Value,
        /// What happens, by column; at least to one.
        changes: Vec<(usize, Change)>,
    },
    /// Removes the row of this key, if there is one.
    Delete {
        /// Where.
        table: TableId,
        /// The key.
        key: Value,
    },
}

impl Read {
    /// Where.
    fn table(&self) -> TableId {
        match self {
            Read::One { table, .. } | Read::Page { table, .. } => *table,
        }
    }

    /// How many bytes it holds, about.
    fn bytes(&self) -> u64 {
        match self {
            Read::One { key, .. } => key.bytes() as u64,
            Read::Page { .. } => 0,
        }
    }
}

impl Write {
    /// Where.
    fn table(&self) -> TableId {
        match self {
            Write::Insert { table, .. }
            | Write::Upsert { table, .. }
            | Write::Update { table, .. }
            | Write::Delete { table, .. } => *table,
        }
    }

    /// Whether a value is made of the stored one.
    fn is_made(&self) -> bool {
        match self {
            Write::Update { changes, .. } => changes.iter().any(|(_, change)| change.make().is_some()),
            _ => false,
        }
    }

    /// How many bytes it holds, about.
    fn bytes(&self) -> u64 {
        let bytes = match self {
            Write::Insert { values, .. } | Write::Upsert { values, .. } => {
                values.iter().map(|(_, value)| value.bytes()).sum()
            }
            Write::Update { key, changes, .. } => {
                key.bytes() + changes.iter().map(|(_, change)| change.bytes()).sum::<usize>()
            }
            Write::Delete { key, .. } => key.bytes(),
        };
        bytes as u64
    }
}

/// Takes the rows of a read, or the row that was written.
pub trait Sink: Any + Send {
    /// Takes one row.
    ///
    /// # Errors
    /// Where a stored value does not mean what its column should; the read ends there.
    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError>;

    /// Forgets what it took: it was undone, and is tried again.
    fn reset(&mut self);

    /// How many rows it took.
    fn count(&self) -> u64;
}

/// A sink on its way to the engine and back.
pub type BoxedSink = Box<dyn Sink>;

/// What an engine answers, in time.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<BoxedSink, StoreError>> + Send + 'a>>;

/// An engine with the tables it was opened with.
pub trait Store: Send + Sync + 'static {
    /// Reads rows into the sink.
    fn read(&self, read: Read, sink: BoxedSink) -> Answer<'_>;

    /// Writes, and shows the sink the row as it now is; no row, where there was none to change. Of a
    /// deleted row nothing is shown but that it was there: [`Sink::row`] is called once, on the row
    /// as it was.
    fn write(&self, write: Write, sink: BoxedSink) -> Answer<'_>;

    /// Begins a transaction, once it is its turn.
    fn begin(&self) -> Begun<'_>;
}

/// Reads and writes that happen together or not at all, as if nobody else were there. Dropped without a
/// commit it is as if it had never been.
pub trait Transaction: Send {
    /// As [`Store::read`], with what the transaction has written.
    fn read(&mut self, read: Read, sink: BoxedSink) -> Answer<'_>;

    /// As [`Store::write`]; what is refused leaves the transaction as it was.
    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_>;

    /// Runs one statement of the engine's own SQL, with these values for `$1`, `$2` and so on, and shows its
    /// rows. One that begins or ends a transaction is refused.
    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_>;

    /// Makes it stay.
    fn commit(self: Box<Self>) -> Ended;

    /// Makes it as if it had never been, and waits for that.
    fn roll_back(self: Box<Self>) -> Ended;
}

/// A transaction, in time.
pub type Begun<'a> = Pin<Box<dyn Future<Output = Result<Box<dyn Transaction>, StoreError>> + Send + 'a>>;

/// How a transaction ended, in time.
pub type Ended = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

impl dyn Store {
    /// Reads rows into the sink and gives it back.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn fetch<S: Sink>(&self, read: Read, sink: S) -> Result<S, StoreError> {
        self.read(read, Box::new(sink)).await.and_then(unboxed)
    }

    /// Writes, and gives back the sink with the row as it now is.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute<S: Sink>(&self, write: Write, sink: S) -> Result<S, StoreError> {
        self.write(write, Box::new(sink)).await.and_then(unboxed)
    }
}

impl dyn Transaction + '_ {
    /// Reads rows into the sink and gives it back.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn fetch<S: Sink>(&mut self, read: Read, sink: S) -> Result<S, StoreError> {
        self.read(read, Box::new(sink)).await.and_then(unboxed)
    }

    /// Writes, and gives back the sink with the row as it now is.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute<S: Sink>(&mut self, write: Write, sink: S) -> Result<S, StoreError> {
        self.write(write, Box::new(sink)).await.and_then(unboxed)
    }

    /// Runs a statement, and gives back the sink with its rows.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn run<S: Sink>(&mut self, text: String, values: Vec<Value>, sink: S) -> Result<S, StoreError> {
        self.query(text, values, Box::new(sink)).await.and_then(unboxed)
    }
}

pub(crate) fn unboxed<S: Sink>(sink: BoxedSink) -> Result<S, StoreError> {
    let sink: Box<dyn Any> = sink;
    match sink.downcast::<S>() {
        Ok(sink) => Ok(*sink),
        Err(_) => Err(StoreError::Internal("the engine gave back another sink".to_owned())),
    }
}

/// What a store does about tables that are not as declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Migrate {
    /// Does what loses nothing, and what a former program goes on beside.
    #[default]
    Apply,
    /// Does also what narrows or rewrites values, where no row stands in the way.
    Convert,
    /// Tells the statements that would make it, and does not launch.
    Print,
    /// Tells what is missing, and does not launch.
    Check,
}

/// What may be done to the tables of a database when it is opened.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SchemaPolicy {
    /// What happens to tables that are not as declared.
    pub migrate: Migrate,
    /// What happens where a table has a column that is not declared, and that harms nobody.
    pub undeclared: Undeclared,
    /// Steps of the program's own, in the order in which they are run.
    pub steps: Vec<SchemaStep>,
}

impl From<Migrate> for SchemaPolicy {
    fn from(migrate: Migrate) -> Self {
        SchemaPolicy { migrate, ..SchemaPolicy::default() }
    }
}

/// What happens where a table has a column that is not declared, and that is nullable or has a default: an
/// `INSERT` that does not name it succeeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undeclared {
    /// The launch goes on, and a line in the log names the column.
    #[default]
    Allow,
    /// The launch stops.
    Refuse,
}

/// When a write counts as done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Once it is on disk: it survives the loss of power.
    #[default]
    Full,
    /// Once the system has it: it survives the end of the process, and the last ones before a loss
    /// of power may be gone. The database stays whole.
    Normal,
}

/// How long to pause after so many tries that others were in the way of: those who were in each other's way must
/// not meet again.
pub(crate) fn pause(tries: u32) -> Duration {
    let spread = uuid::Uuid::new_v4().as_u64_pair().1 % 16;
    Duration::from_millis((1 << tries.min(6)) + spread)
}

/// What is said where a value that a statement asks for is not given as it should be.
const PLACEHOLDERS: &str = "values are asked for by $1, $2 and so on, on both engines";

/// Keeps a thread and its connection alive through a panic of what was handed in.
fn catch_panic<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // Nothing that the closure leaves half done is looked at again: the statement is reset, the
    // write undone, and the sink dropped.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(StoreError::Internal("reading or writing a row panicked".to_owned())))
}

/// Answers whoever asked. They may have gone, and then the sink is dropped here; whatever that does is nothing to
/// others.
fn answer(
    reply: oneshot::Sender<Result<BoxedSink, StoreError>>,
    sink: BoxedSink,
    outcome: Result<(), StoreError>,
) {
    let _ = catch_panic(move || {
        drop(reply.send(outcome.map(|()| sink)));
        Ok(())
    });
}
