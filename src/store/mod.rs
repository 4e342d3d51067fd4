//! Where resources live. An engine is told *what* to read and write, never *how*.
//!
//! The tables are known when a store is opened; afterwards they are named by their position, and
//! every statement is one of a few kinds, so that an engine can prepare all it needs. Rows come out
//! through one erased [`Row`] into a [`Sink`], and no engine is compiled once per resource.

mod backlog;
mod draft;
mod failure;
mod opening;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod schema;
mod scope;
mod script;
mod select;
mod sql;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod statement;
mod step;
mod unbroken;
mod write;
mod written;

pub use failure::{OpenError, StoreError};
pub(crate) use opening::{Database, Opening};
pub use scope::{Comparison, Predicate, Scope};
pub use select::{Columns, Select};
pub(crate) use step::{RunStep, Running};
pub use step::{SchemaStep, Sql, StepAction, When};
pub use write::{Action, Conditions, Refusal, Write};

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::resource::{DecodeError, Row};
use crate::value::Value;

/// A table, by its position among those that the store was opened with.
pub(crate) type TableId = usize;

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
pub(crate) type BoxedSink = Box<dyn Sink>;

/// What an engine answers, in time.
pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Result<BoxedSink, StoreError>> + Send + 'a>>;

/// An engine with the tables it was opened with.
pub trait Store: Send + Sync + 'static {
    /// Reads rows into the sink.
    fn read(&self, select: Select, sink: BoxedSink) -> Answer<'_>;

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
    fn read(&mut self, select: Select, sink: BoxedSink) -> Answer<'_>;

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
pub(crate) type Begun<'a> =
    Pin<Box<dyn Future<Output = Result<Box<dyn Transaction>, StoreError>> + Send + 'a>>;

/// How a transaction ended, in time.
pub(crate) type Ended = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

impl dyn Store {
    /// Reads rows into the sink and gives it back.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn fetch<S: Sink>(&self, select: Select, sink: S) -> Result<S, StoreError> {
        self.read(select, Box::new(sink)).await.and_then(unboxed)
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
    pub async fn fetch<S: Sink>(&mut self, select: Select, sink: S) -> Result<S, StoreError> {
        self.read(select, Box::new(sink)).await.and_then(unboxed)
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
