//! Transactions that user code holds open.
//!
//! The writer thread serves them, as it owns the only writing connection. The transaction in the user's hands is a
//! channel of requests to that thread, which makes no other write until the transaction ends or its time is up.

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Shared;
use super::change::{apart, in_savepoint, run_text};
use super::failure::{is_foreign_key, store_error};
use super::reader::{Deadline, show};
use super::row::stream_user_query;
use super::violation::refers_to_nothing;
use crate::store::backlog::QueuePermit;
use crate::store::script::{Script, within_transaction};
use crate::store::written::Written;
use crate::store::{Answer, BoxedSink, Ended, Select, Sink, StoreError, Transaction, Write, catch_panic};
use crate::value::Value;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A queued transaction, which the writer thread has not begun yet.
pub(super) struct TransactionJob {
    requests: Receiver<Request>,
    begun: Reply<()>,
    permit: QueuePermit,
}

/// A request of a transaction to the thread that serves it.
pub(super) enum Request {
    Read(Select, BoxedSink, Reply<BoxedSink>),
    Write(Write, BoxedSink, Reply<BoxedSink>),
    Query(String, Vec<Value>, BoxedSink, Reply<BoxedSink>),
    Commit(Reply<()>),
}

/// The handle of an open transaction.
pub(super) struct SqliteTransaction(Sender<Request>);

impl SqliteTransaction {
    /// A transaction, the job for the writer thread, and a receiver that reports when it has begun.
    pub(super) fn new(
        permit: QueuePermit,
    ) -> (Self, TransactionJob, oneshot::Receiver<Result<(), StoreError>>) {
        let (sender, requests) = bounded(1);
        let (begun, when) = oneshot::channel();
        (SqliteTransaction(sender), TransactionJob { requests, begun, permit }, when)
    }

    /// A handle of a transaction that is already open and that this handle neither begins nor ends, with the receiver
    /// of its requests.
    pub(super) fn within() -> (Self, Receiver<Request>) {
        let (sender, requests) = bounded(1);
        (SqliteTransaction(sender), requests)
    }

    fn send<T: Send + 'static>(
        &self,
        request: impl FnOnce(Reply<T>) -> Request + Send,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + 'static {
        let (reply, answer) = oneshot::channel();
        // The channel has a capacity of one, which suffices: `&mut self` lets one request follow the other.
        let sent = self.0.try_send(request(reply)).is_ok();
        async move {
            let timed_out =
                || StoreError::Unavailable("the transaction took too long, and was undone".to_owned());
            if !sent {
                return Err(timed_out());
            }
            answer.await.unwrap_or_else(|_| Err(timed_out()))
        }
    }
}

impl Transaction for SqliteTransaction {
    fn read(&mut self, select: Select, sink: BoxedSink) -> Answer<'_> {
        Box::pin(self.send(|reply| Request::Read(select, sink, reply)))
    }

    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Box::pin(self.send(|reply| Request::Write(write, sink, reply)))
    }

    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_> {
        let checked = within_transaction(&text, Script::Sqlite)
            .map(|()| self.send(|reply| Request::Query(text, values, sink, reply)));
        Box::pin(async { checked?.await })
    }

    fn commit(self: Box<Self>) -> Ended {
        Box::pin(async move { self.send(Request::Commit).await })
    }

    fn roll_back(self: Box<Self>) -> Ended {
        // The writer thread rolls back once the channel is closed.
        drop(self);
        Box::pin(async { Ok(()) })
    }
}

/// Serves a transaction until it ends or its deadline passes, since all other writes wait meanwhile.
pub(super) fn serve(connection: &Connection, shared: &Shared, job: TransactionJob, deadline: &Deadline) {
    let TransactionJob { requests, begun, permit } = job;
    if begun.is_closed() {
        return;
    }
    let _turn = shared.writing();
    let begin = shared.files.check_if_gone();
    let begin =
        begin.and_then(|()| run_text(connection, "BEGIN IMMEDIATE").map_err(|error| store_error(&error)));
    drop(permit);
    let failed = begin.is_err();
    if begun.send(begin).is_err() || failed {
        roll_back(connection);
        return;
    }
    deadline.start();
    let _end = EndDeadline(deadline);
    let mut written = Written::default();
    loop {
        let next = match deadline.left() {
            Some(left) => requests.recv_timeout(left),
            None => requests.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(Request::Commit(reply)) => {
                let counted = shared.counting.commit();
                let committed = still_open(connection).and_then(|()| commit(connection, &written));
                if committed.is_ok() {
                    counted.done(1);
                }
                roll_back(connection);
                let committed =
                    committed.and_then(|()| shared.files.check().map_err(StoreError::maybe_committed));
                let _ = reply.send(committed);
                return;
            }
            Ok(request) => {
                if let Request::Write(write, ..) = &request
                    && let Some(entry) = shared.tables.get(write.table)
                {
                    written.note(write, entry.table.name);
                }
                serve_one(connection, shared, request);
            }
            Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {
                roll_back(connection);
                return;
            }
        }
    }
}

fn commit(connection: &Connection, written: &Written) -> Result<(), StoreError> {
    run_text(connection, "COMMIT").map_err(|error| {
        // A commit that a deferred foreign key refuses leaves the transaction open, so its rows can still be queried.
        let violation = || written.violation(|table| refers_to_nothing(connection, table));
        is_foreign_key(&error).then(violation).flatten().unwrap_or_else(|| store_error(&error))
    })
}

/// Executes one request of a transaction.
pub(super) fn serve_one(connection: &Connection, shared: &Shared, request: Request) {
    match request {
        Request::Read(select, sink, reply) => {
            answer(connection, reply, sink, |sink| show(connection, shared, &select, sink));
        }
        Request::Write(change, mut sink, reply) => {
            let outcome = still_open(connection);
            let outcome = outcome.and_then(|()| in_savepoint(connection, shared, &change, &mut *sink));
            let _ = reply.send(outcome.map(|()| sink));
        }
        Request::Query(text, values, sink, reply) => {
            answer(connection, reply, sink, |sink| {
                apart(connection, || catch_panic(|| stream_user_query(connection, &text, &values, sink)))
            });
        }
        // The code that began the transaction commits it.
        Request::Commit(reply) => drop(reply.send(still_open(connection))),
    }
}

/// Clears a deadline when it is dropped.
struct EndDeadline<'a>(&'a Deadline);

impl Drop for EndDeadline<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn answer(
    connection: &Connection,
    reply: Reply<BoxedSink>,
    mut sink: BoxedSink,
    work: impl FnOnce(&mut dyn Sink) -> Result<(), StoreError>,
) {
    let outcome = catch_panic(move || {
        still_open(connection)?;
        work(&mut *sink)?;
        Ok(sink)
    });
    let _ = reply.send(outcome);
}

/// Fails if the transaction is no longer open: SQLite rolls it back after some errors, such as a full disk, and a
/// statement of the user's own may do so too.
fn still_open(connection: &Connection) -> Result<(), StoreError> {
    match connection.is_autocommit() {
        false => Ok(()),
        true => Err(StoreError::Unavailable("the transaction was undone before".to_owned())),
    }
}

pub(super) fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        let _ = run_text(connection, "ROLLBACK");
    }
}
