//! Writes: each connection that writes commits whatever waits for it as one group.
//!
//! A commit costs a sync of the server's disk and a way there and back, however much it carries. None of a
//! group is answered before the commit. Writes of one key go one way, so that those of one process never wait
//! for each other's locks; a write that cannot go with others (it is made of what is stored, a value is
//! taken, another process holds its row) goes by itself on a connection of the pool.
//!
//! PostgreSQL undoes a whole transaction where one statement of it fails. So the group is written again without
//! that one, and this time with a savepoint before each of the others: what else fails costs one way there and
//! back, and not the others' work. A group in which nothing fails has no savepoints.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_postgres::Row;

use super::connect::Slot;
use super::failure::{Fault, said};
use super::replica::hash;
use super::session::Session;
use super::single_write::{show, single_write};
use super::taken::first_taken;
use super::transaction_guard::{TransactionGuard, told};
use super::value::BorrowedRow;
use super::{Known, Shared, gone};
use crate::resource::Row as _;
use crate::store::backlog::QueuePermit;
use crate::store::{Action, BoxedSink, Columns, StoreError, Write, answer};
use crate::value::Value;

/// A group does not wait for what another process holds: those that must, wait by themselves. Said once for a
/// connection, or, where a pooler would not keep it, each time.
pub(super) const SESSION_SETTINGS: &str = "SET lock_timeout = 100";
const BEGIN: &str = "BEGIN";
const BEGIN_AND_SET: &str = "BEGIN; SET LOCAL lock_timeout = 100";
const SAVE: &str = "SAVEPOINT write";
const SAVE_NEXT: &str = "RELEASE write; SAVEPOINT write";
const BACK: &str = "ROLLBACK TO write";

type Outcome = Result<BoxedSink, StoreError>;

/// A write that waits.
pub(super) struct WriteJob {
    pub(super) write: Write,
    pub(super) sink: BoxedSink,
    pub(super) reply: oneshot::Sender<Outcome>,
    pub(super) permit: QueuePermit,
}

impl WriteJob {
    fn answer(self, outcome: Result<(), StoreError>) {
        let WriteJob { sink, reply, permit, .. } = self;
        drop(permit);
        answer(reply, sink, outcome);
    }

    /// Writes it by itself.
    pub(super) fn apart(mut self, shared: &Arc<Shared>) {
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            let single_write = AssertUnwindSafe(single_write(&shared, &self.write, &mut *self.sink));
            let outcome = single_write.catch_unwind().await.unwrap_or_else(|_| Err(panicked()));
            self.answer(outcome);
        });
    }
}

/// Which of so many ways a write goes; `turn` decides for those whose key is not known yet.
pub(super) fn shard(write: &Write, known: &Known, ways: usize, turn: usize) -> usize {
    write.key(known.table.key).map_or(turn, |key| hash(known.table.name, Some(key))) % ways
}

/// The key of a row that was written.
fn key_of(row: &Row, columns: Columns, known: &Known) -> Option<Value> {
    let position = match columns {
        Columns::Visible => known.table.visible.iter().position(|column| *column == known.table.key)?,
        Columns::All => known.table.key,
    };
    BorrowedRow::new(row, known.statements.types(columns)).get(position).ok().map(|key| key.to_owned())
}

/// A connection that writes.
pub(super) struct Writer {
    pub(super) slot: Slot,
    pub(super) shared: Arc<Shared>,
    /// How many writes go together at most.
    pub(super) most: usize,
    /// Whether the connection keeps what it is told.
    pub(super) prepared: bool,
}

/// How an attempt at a group ended.
enum End {
    /// It is written, but for those at these positions.
    Written(Vec<usize>),
    /// Nothing is written; this is why the one write of it never will be.
    Refused(StoreError),
    /// Nothing is written; the one at this position cannot go with the others.
    Without(usize),
    /// Nothing is written; each is to be tried by itself.
    Apart,
    /// The connection was lost, and nothing is written, if not `perhaps`.
    Lost { fault: Fault, perhaps: bool },
}

impl Writer {
    /// Writes until nobody can ask for more, and nothing waits.
    pub(super) async fn run(self, mut queue: mpsc::UnboundedReceiver<WriteJob>) {
        let mut jobs = Vec::new();
        while queue.recv_many(&mut jobs, self.most.max(1)).await > 0 {
            // Whatever was under way on the connection is given up with it; the others go on.
            let group = AssertUnwindSafe(self.group(std::mem::take(&mut jobs)));
            if group.catch_unwind().await.is_err() {
                panicked();
            }
        }
    }

    async fn group(&self, mut jobs: Vec<WriteJob>) {
        let (mut apart, mut tried) = (Vec::new(), false);
        // None of those that go by themselves waits for what the others have not committed yet.
        while !jobs.is_empty() {
            let session = match self.slot.session().await {
                Ok(session) => session,
                Err(error) => {
                    refuse(jobs.drain(..), &error);
                    break;
                }
            };
            let attempt = self.attempt(&session, &mut jobs, !apart.is_empty());
            let end = timeout(self.shared.client_timeout, attempt).await;
            match end.unwrap_or_else(|_| End::Lost { fault: Fault::no_answer(), perhaps: true }) {
                End::Written(not) => {
                    for (index, job) in jobs.drain(..).enumerate() {
                        if not.contains(&index) { apart.push(job) } else { job.answer(Ok(())) }
                    }
                }
                End::Refused(error) => refuse(jobs.drain(..), &error),
                End::Without(index) => apart.push(jobs.remove(index)),
                End::Apart => apart.append(&mut jobs),
                End::Lost { perhaps: false, .. } if !tried => {
                    session.give_up();
                    tried = true;
                }
                End::Lost { fault, perhaps } => {
                    session.give_up();
                    refuse(jobs.drain(..), &told(fault, perhaps));
                }
            }
        }
        apart.into_iter().for_each(|job| job.apart(&self.shared));
    }

    /// Writes a group; `saved` is one in which something has failed before.
    async fn attempt(&self, session: &Session, jobs: &mut [WriteJob], saved: bool) -> End {
        let tables = &self.shared.tables;
        let several = jobs.len() > 1;
        let saved = several && saved;
        let (writes, mut sinks): (Vec<&Write>, Vec<&mut BoxedSink>) =
            jobs.iter_mut().map(|job| (&job.write, &mut job.sink)).unzip();
        let mut statements = Vec::with_capacity(writes.len());
        for (index, write) in writes.iter().enumerate() {
            let statement =
                tables.get(write.table).and_then(|known| known.statements.write(write, &[], several));
            match statement {
                Ok(statement) => statements.push(statement),
                Err(error) => return end(error.into(), index, several),
            }
        }
        let mut ready = Vec::with_capacity(writes.len());
        for (index, statement) in statements.iter().enumerate() {
            match session.prepare(statement).await {
                Ok(prepared) => ready.push((statement, prepared)),
                Err(error) => return end(Fault::general(&error), index, several),
            }
        }
        let open = TransactionGuard::new(session);
        let begin = if self.prepared { BEGIN } else { BEGIN_AND_SET };
        let (mut before, between) = match saved {
            true => (format!("{begin}; {SAVE}"), SAVE_NEXT),
            false => (begin.to_owned(), ""),
        };
        // The rows that each has written; none for those that cannot go with the others.
        let mut written: Vec<Option<Vec<Row>>> = Vec::with_capacity(writes.len());
        while written.len() < ready.len() {
            let answers = match session.pipeline(&before, between, &ready[written.len()..]).await {
                Ok(answers) => answers,
                Err(error) => {
                    let fault = Fault::general(&error);
                    // Where there is no transaction, each statement has been one.
                    let perhaps = written.is_empty() && !matches!(fault, Fault::Lost(_));
                    return End::Lost { fault, perhaps };
                }
            };
            for answer in answers {
                let index = written.len();
                match answer {
                    Ok(rows) => written.push(Some(rows)),
                    Err(error) => {
                        let write = writes[index];
                        let known = tables.get(write.table);
                        let fault =
                            known.map_or_else(Fault::from, |known| Fault::of(&error, known).of_write(write));
                        match fault {
                            Fault::Lost(_) => return end(fault, index, several),
                            // It was not even sent, and what came after it is no worse for it.
                            _ if saved && error.as_db_error().is_none() => written.push(None),
                            // All that was sent after it has failed with it, and is sent again.
                            _ if saved => {
                                before = BACK.to_owned();
                                written.push(None);
                                break;
                            }
                            fault => {
                                open.roll_back().await;
                                return match several {
                                    true => End::Without(index),
                                    false => {
                                        end(first_taken(session, tables, write, fault).await, index, false)
                                    }
                                };
                            }
                        }
                    }
                }
            }
        }
        drop(ready);
        // Where the last one failed, a commit would undo all of them and say nothing.
        if written.last().is_some_and(Option::is_none)
            && let Err(error) = session.client.batch_execute(BACK).await
        {
            return End::Lost { fault: Fault::Lost(said(&error)), perhaps: false };
        }
        let mut not = Vec::new();
        for (index, (rows, write)) in written.iter().zip(&writes).enumerate() {
            let is_insert = matches!(write.action, Action::Insert { .. });
            let Some(rows) = rows.as_ref().filter(|rows| !(several && is_insert && rows.is_empty())) else {
                not.push(index);
                continue;
            };
            let sink = &mut **sinks[index];
            let shown = tables.get(write.table).and_then(|known| show(rows, &statements[index], known, sink));
            if let Err(error) = shown {
                open.roll_back().await;
                return end(Fault::Refused(error), index, several);
            }
        }
        match open.commit(&self.shared).await {
            Ok(log) => {
                for (rows, write) in written.iter().zip(&writes).filter(|_| log.is_some()) {
                    let row = rows.as_ref().and_then(|rows| rows.first());
                    if let (Ok(known), Some(row), Some(log)) = (tables.get(write.table), row, log) {
                        let key = key_of(row, write.columns, known);
                        self.shared.replicas.written(known.table.name, key.as_ref(), log);
                    }
                }
                End::Written(not)
            }
            Err((error, perhaps)) => match Fault::general(&error) {
                fault if perhaps => End::Lost { fault, perhaps },
                fault @ Fault::Lost(_) => End::Lost { fault, perhaps: false },
                // It is said only now, and not of which of them.
                _ => End::Apart,
            },
        }
    }
}

/// Tells in the log of a panic; what it is to whoever asked.
fn panicked() -> StoreError {
    log::error!("a task that writes to PostgreSQL panicked, and what it was at was answered 500");
    gone()
}

fn end(fault: Fault, index: usize, several: bool) -> End {
    match fault {
        Fault::Lost(_) => End::Lost { fault, perhaps: false },
        _ if several => End::Without(index),
        Fault::Refused(error) => End::Refused(error),
        Fault::Contention(_) => End::Apart,
    }
}

fn refuse(jobs: impl Iterator<Item = WriteJob>, error: &StoreError) {
    jobs.for_each(|job| job.answer(Err(error.clone())));
}
