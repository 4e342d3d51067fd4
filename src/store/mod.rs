//! Stores: the database engines that hold the rows of resources.
//!
//! An engine gets *what* to read and write as data, and never SQL, so both engines serve every operation. The tables
//! are fixed when a store is opened. Later they are identified by their position, and each statement is one of a few
//! kinds, so that an engine can prepare them all. An engine passes each row through the erased trait [`Row`] into a
//! [`Sink`], so that none of its code is generic and compiled again for each resource.

mod backlog;
mod cancel_safe;
mod claim;
pub(crate) mod deadline;
mod draft;
mod failure;
mod mask;
mod metrics;
mod opening;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod prepared;
mod schema;
mod scope;
mod script;
mod select;
mod sql;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod statement;
mod step;
pub(crate) mod timed;
mod violation;
mod write;
mod written;

pub use failure::{OpenError, StoreError};
pub use mask::Mask;
pub use metrics::{PoolState, ReplicaState, StoreMetrics, StoreState};
pub(crate) use opening::{Database, Migrations, Opening, Place, Secrecy};
pub(crate) use schema::{Due, meaning_text};
pub use scope::Scope;
pub use select::{Columns, Order, Select};
pub(crate) use sql::lasting_hash;
pub(crate) use step::{RunStep, Running};
pub use step::{SchemaStep, Sql, StepAction, When};
pub(crate) use write::is_true_at;
pub use write::{Action, BoxedConditions, Conditions, FieldCondition, Refusal, Write};

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::error::MAYBE_WRITTEN;
use crate::outage;
use crate::resource::{DecodeError, Row};
use crate::value::Value;

/// The position of a table among those that the store was opened with.
pub(crate) type TableId = usize;

/// The receiver of the rows of a read, or of the written row.
pub trait Sink: Any + Send {
    /// Receives one row.
    ///
    /// # Errors
    /// A stored value cannot be decoded as its column's type. The read ends there.
    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError>;

    /// Discards the rows that it received: the statement was rolled back, and is retried.
    fn reset(&mut self);

    /// The number of received rows.
    fn count(&self) -> u64;
}

/// A sink that is given to an engine, which gives it back with the outcome.
pub(crate) type BoxedSink = Box<dyn Sink>;

/// The future of a read or a write.
pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Result<BoxedSink, StoreError>> + Send + 'a>>;

/// A database engine, with the tables that it was opened with.
pub trait Store: Send + Sync + 'static {
    /// Reads rows into the sink.
    fn read(&self, select: Select, sink: BoxedSink) -> Answer<'_>;

    /// Writes, and passes the resulting row to the sink, or no row if there was none to change. After a delete,
    /// [`Sink::row`] is called once with the row as it was, so that the sink learns that it existed.
    fn write(&self, write: Write, sink: BoxedSink) -> Answer<'_>;

    /// Begins a transaction. It may have to wait for others.
    fn begin(&self) -> Begun<'_>;

    /// Asks whether it answers, and whether it can be written. It waits neither for what is queued nor for a lock.
    fn check(&self) -> Checked<'_>;

    /// Counts from now on what it does. A store that is never told counts nothing.
    fn count_into(&self, _: &Arc<StoreMetrics>) {}

    /// Tells that something was tried once more which conflicted with others.
    fn retried(&self) {}

    /// How it is at present, without asking the database.
    fn state(&self) -> StoreState {
        StoreState::default()
    }
}

/// What a store that answers can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It reads and writes.
    Writable,
    /// It reads, and refuses writes: a server that is a standby, say.
    ReadOnly,
}

/// The future of a check.
pub(crate) type Checked<'a> = Pin<Box<dyn Future<Output = Result<Availability, StoreError>> + Send + 'a>>;

/// A serializable transaction. Dropping it without a commit rolls it back.
pub trait Transaction: Send {
    /// As [`Store::read`]; it sees what the transaction has written.
    fn read(&mut self, select: Select, sink: BoxedSink) -> Answer<'_>;

    /// As [`Store::write`]. A write that fails leaves the transaction open and unchanged.
    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_>;

    /// Runs one statement in the engine's own SQL, with these values for `$1`, `$2` and so on, and passes its rows to
    /// the sink. A statement that begins or ends a transaction is refused.
    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_>;

    /// Commits.
    fn commit(self: Box<Self>) -> Ended;

    /// Rolls back. An engine may still be at it when this ends, but nothing of the transaction remains.
    fn roll_back(self: Box<Self>) -> Ended;
}

/// The future of the beginning of a transaction.
pub(crate) type Begun<'a> =
    Pin<Box<dyn Future<Output = Result<Box<dyn Transaction>, StoreError>> + Send + 'a>>;

/// The future of a commit or a rollback.
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

/// What a store does if tables differ from the declaration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Migrate {
    /// Makes the changes that lose no data and that an older version of the program can run beside.
    #[default]
    Apply,
    /// Also makes changes that narrow or rewrite values, unless a row prevents it.
    Convert,
    /// Reports the statements that would make the changes, and does not launch if there are any.
    Print,
    /// Reports the differences, and does not launch if there are any.
    Check,
}

/// What may be changed in the tables of a database when it is opened.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SchemaPolicy {
    /// What happens if tables differ from the declaration.
    pub migrate: Migrate,
    /// What happens if a table has a harmless column that is not declared.
    pub undeclared: Undeclared,
    /// Steps of the program's own, in the order in which they are run.
    pub steps: Vec<SchemaStep>,
}

impl From<Migrate> for SchemaPolicy {
    fn from(migrate: Migrate) -> Self {
        SchemaPolicy { migrate, ..SchemaPolicy::default() }
    }
}

/// What happens if a table has a column that is not declared and that is harmless, which means that it is nullable or
/// has a default: an `INSERT` that does not name it succeeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undeclared {
    /// The launch goes on, and a line in the log names the column.
    #[default]
    Allow,
    /// The launch stops.
    Refuse,
}

/// When a write is acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Once it is on disk, so that it survives the loss of power.
    #[default]
    Full,
    /// Once the operating system has it, so that it survives the end of the process. The last writes before a loss of
    /// power may be lost, but the database stays consistent.
    Normal,
}

/// How long to pause after this many attempts that conflicted with other transactions. It has a random part, so that
/// two that conflicted do not retry at the same moment and conflict again.
pub(crate) fn pause(tries: u32) -> Duration {
    let spread = uuid::Uuid::new_v4().as_u64_pair().1 % 16;
    Duration::from_millis((1 << tries.min(6)) + spread)
}

/// The explanation of a statement's placeholders, for errors about the number of values.
const PLACEHOLDERS: &str = "the placeholders of values are $1, $2 and so on, on both engines";

/// Turns a panic of a sink or of a computed value into an error, so that the thread and its connection survive.
fn catch_panic<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // The closure is unwind safe, as nothing that it may leave half done is used again: the statement is reset, the
    // write rolled back, and the sink dropped.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(StoreError::Internal("reading or writing a row panicked".to_owned())))
}

/// Drops a job that was withdrawn. It needs no answer and no line in the log: the request has given its own. A panic of
/// the sink's must not end the thread, which serves others too.
fn forget<Job>(job: Job) {
    let _ = catch_panic(move || {
        drop(job);
        Ok(())
    });
}

/// Sends the outcome of a write to the caller. If the caller was cancelled, nobody else learns why the write failed, so
/// that is logged; the sink is dropped here, and a panic of that must not end the thread, which serves others too.
fn answer(
    reply: oneshot::Sender<Result<BoxedSink, StoreError>>,
    sink: BoxedSink,
    outcome: Result<(), StoreError>,
) {
    let _ = catch_panic(move || {
        const LEFT: &str = "a write that nobody waits for any more has failed";
        match reply.send(outcome.map(|()| sink)) {
            Err(Err(StoreError::Internal(cause))) => log::error!("{LEFT}: {cause}"),
            Err(Err(StoreError::Unavailable(cause))) if cause.ends_with(MAYBE_WRITTEN) => {
                log::error!("{LEFT}: {cause}");
            }
            Err(Err(StoreError::Unavailable(cause))) => outage::tell(&LEFT, &cause),
            _ => {}
        }
        Ok(())
    });
}
