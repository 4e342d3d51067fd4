//! Transactions of somebody's own: served by the thread that writes, for as long as they take.

use std::time::Instant;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Shared;
use super::change::{in_savepoint, run_text};
use super::failure::{is_foreign_key, store_error};
use super::precise::refers_to_nothing;
use super::reader::{Deadline, show};
use super::row::stream_user_query;
use crate::store::backlog::QueuePermit;
use crate::store::script::{Script, within_transaction};
use crate::store::written::Written;
use crate::store::{Answer, BoxedSink, Ended, Select, Sink, StoreError, Transaction, Write, catch_panic};
use crate::value::Value;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A transaction that waits for its turn.
pub(super) struct TransactionJob {
    asks: Receiver<Ask>,
    begun: Reply<()>,
    permit: QueuePermit,
}

/// What is asked of the thread that serves a transaction.
pub(super) enum Ask {
    Read(Select, BoxedSink, Reply<BoxedSink>),
    Write(Write, BoxedSink, Reply<BoxedSink>),
    Query(String, Vec<Value>, BoxedSink, Reply<BoxedSink>),
    Commit(Reply<()>),
}

/// A transaction that is under way, as whoever began it sees it.
pub(super) struct SqliteTransaction(Sender<Ask>);

impl SqliteTransaction {
    /// A transaction, what the thread needs of it, and when it has begun.
    pub(super) fn new(
        permit: QueuePermit,
    ) -> (Self, TransactionJob, oneshot::Receiver<Result<(), StoreError>>) {
        let (sender, asks) = bounded(1);
        let (begun, when) = oneshot::channel();
        (SqliteTransaction(sender), TransactionJob { asks, begun, permit }, when)
    }

    /// A part of a transaction that is under way, which is neither begun nor ended here, and what is asked of it.
    pub(super) fn within() -> (Self, Receiver<Ask>) {
        let (sender, asks) = bounded(1);
        (SqliteTransaction(sender), asks)
    }

    fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(Reply<T>) -> Ask + Send,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + 'static {
        let (reply, answer) = oneshot::channel();
        // There is room: one asks after the other.
        let sent = self.0.try_send(ask(reply)).is_ok();
        async move {
            let over = || StoreError::Unavailable("the transaction took too long, and was undone".to_owned());
            if !sent {
                return Err(over());
            }
            answer.await.unwrap_or_else(|_| Err(over()))
        }
    }
}

impl Transaction for SqliteTransaction {
    fn read(&mut self, select: Select, sink: BoxedSink) -> Answer<'_> {
        Box::pin(self.ask(|reply| Ask::Read(select, sink, reply)))
    }

    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Box::pin(self.ask(|reply| Ask::Write(write, sink, reply)))
    }

    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_> {
        let asked = within_transaction(&text, Script::Sqlite)
            .map(|()| self.ask(|reply| Ask::Query(text, values, sink, reply)));
        Box::pin(async { asked?.await })
    }

    fn commit(self: Box<Self>) -> Ended {
        let committed = self.ask(Ask::Commit);
        Box::pin(async move {
            let outcome = committed.await;
            drop(self);
            outcome
        })
    }

    fn roll_back(self: Box<Self>) -> Ended {
        // The thread sees that nobody asks any more.
        drop(self);
        Box::pin(async { Ok(()) })
    }
}

/// Serves a transaction to its end, but no longer than its limit: everybody else who writes waits.
pub(super) fn serve(connection: &Connection, shared: &Shared, job: TransactionJob, deadline: &Deadline) {
    let TransactionJob { asks, begun, permit } = job;
    if begun.is_closed() {
        return;
    }
    let _turn = shared.writing();
    let begin = shared.files.back();
    let begin =
        begin.and_then(|()| run_text(connection, "BEGIN IMMEDIATE").map_err(|error| store_error(&error)));
    drop(permit);
    let failed = begin.is_err();
    if begun.send(begin).is_err() || failed {
        roll_back(connection);
        return;
    }
    let until = Instant::now() + deadline.timeout();
    deadline.start();
    let _end = Unlimited(deadline);
    let mut written = Written::default();
    loop {
        match asks.recv_deadline(until) {
            Ok(Ask::Commit(reply)) => {
                let committed = still_open(connection).and_then(|()| commit(connection, &written));
                roll_back(connection);
                let committed = committed.and_then(|()| shared.files.look().map_err(StoreError::perhaps));
                let _ = reply.send(committed);
                return;
            }
            Ok(ask) => {
                if let Ask::Write(write, ..) = &ask
                    && let Some(entry) = shared.tables.get(write.table)
                {
                    written.note(write, entry.table.name);
                }
                serve_one(connection, shared, ask);
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
        // It is still open, and what was written can be looked at.
        let broken = || written.broken(|table| refers_to_nothing(connection, table));
        is_foreign_key(&error).then(broken).flatten().unwrap_or_else(|| store_error(&error))
    })
}

/// Does what is asked within a transaction.
pub(super) fn serve_one(connection: &Connection, shared: &Shared, ask: Ask) {
    match ask {
        Ask::Read(select, sink, reply) => {
            answer(connection, reply, sink, |sink| show(connection, shared, &select, sink));
        }
        Ask::Write(change, mut sink, reply) => {
            let outcome = still_open(connection);
            let outcome = outcome.and_then(|()| in_savepoint(connection, shared, &change, &mut *sink));
            let _ = reply.send(outcome.map(|()| sink));
        }
        Ask::Query(text, values, sink, reply) => {
            answer(connection, reply, sink, |sink| stream_user_query(connection, &text, &values, sink));
        }
        Ask::Commit(reply) => {
            let why = "this transaction is committed by whoever began it".to_owned();
            let _ = reply.send(Err(StoreError::Internal(why)));
        }
    }
}

/// Ends a limit with what it was for.
struct Unlimited<'a>(&'a Deadline);

impl Drop for Unlimited<'_> {
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

/// A full disk and the like undo the whole transaction, and a statement of somebody's own may.
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
