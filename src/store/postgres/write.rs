//! Group commit: each connection that writes commits all writes that wait for it in one transaction.
//!
//! A commit costs a sync of the server's disk and a round trip, however much it contains, so committing each write by
//! itself would be limited by the syncs of the disk. No write of a group is acknowledged before the commit. All writes
//! of one key go to the same connection, so that writes of one process never wait for each other's locks.
//!
//! The difficulty is that PostgreSQL aborts a whole transaction if one statement fails. A savepoint before every write
//! would contain the failure, but costs two statements for each write although hardly any fails. So a group is first
//! written without savepoints. If a write fails, the group is rolled back and written again without that one, this time
//! with savepoints, so that each further failure costs one round trip and not the work of the others. A write that left
//! its group is repeated by itself on a connection of the pool, where it fails or succeeds on its own. Writes that
//! compute values from stored ones, or that their conditions may refuse, never enter a group.
//!
//! A group does not wait for locks of other processes either, since one locked row would delay all of its writes:
//! `lock_timeout` is short, and a write that runs into it is repeated by itself.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::Row;

use super::connect::Slot;
use super::failure::{Fault, error_text};
use super::replica::hash;
use super::session::Session;
use super::single_write::{show, single_write};
use super::transaction_guard::{TransactionGuard, unacknowledged};
use super::value::BorrowedRow;
use super::violation::first_violation;
use super::{Shared, TableEntry, gone};
use crate::resource::Row as _;
use crate::store::backlog::QueuePermit;
use crate::store::claim::Claim;
use crate::store::{Action, BoxedSink, Columns, StoreError, Write, answer, forget};
use crate::value::Value;

/// The setting of a connection that writes, which is sent once after connecting, or with each `BEGIN` where a pooler
/// would not keep it.
pub(super) const SESSION_SETTINGS: &str = "SET lock_timeout = 100";
const BEGIN: &str = "BEGIN";
const BEGIN_AND_SET: &str = "BEGIN; SET LOCAL lock_timeout = 100";
const SAVE: &str = "SAVEPOINT write";
const SAVE_NEXT: &str = "RELEASE write; SAVEPOINT write";
const BACK: &str = "ROLLBACK TO write";

type Outcome = Result<BoxedSink, StoreError>;

/// A write that waits to be executed, and the channel for its outcome.
pub(super) struct WriteJob {
    pub(super) write: Write,
    pub(super) sink: BoxedSink,
    pub(super) reply: oneshot::Sender<Outcome>,
    pub(super) permit: QueuePermit,
    pub(super) claim: Claim,
}

impl WriteJob {
    fn answer(self, outcome: Result<(), StoreError>) {
        let WriteJob { sink, reply, permit, .. } = self;
        drop(permit);
        answer(reply, sink, outcome);
    }

    /// Executes the write by itself, on a task of its own.
    pub(super) fn spawn_single(mut self, shared: &Arc<Shared>) {
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            let single_write =
                AssertUnwindSafe(single_write(&shared, &self.write, &mut *self.sink, &self.claim));
            match single_write.catch_unwind().await.unwrap_or_else(|_| Some(Err(panicked()))) {
                Some(outcome) => self.answer(outcome),
                None => forget(self),
            }
        });
    }
}

/// The connection, of `count`, that a write goes to. `next` decides for a write whose key the database generates.
pub(super) fn shard(write: &Write, entry: &TableEntry, count: usize, next: usize) -> usize {
    write.key(entry.table.key).map_or(next, |key| hash(entry.table.name, Some(key))) % count
}

/// The key of a row that a write has returned.
fn key_of(row: &Row, columns: Columns, entry: &TableEntry) -> Option<Value> {
    let position = match columns {
        Columns::Visible => entry.table.visible.iter().position(|column| *column == entry.table.key)?,
        Columns::All => entry.table.key,
        Columns::Count => return None,
    };
    BorrowedRow::new(row, entry.statements.types(columns)).get(position).ok().map(|key| key.to_owned())
}

/// The task of one connection that writes.
pub(super) struct Writer {
    pub(super) slot: Slot,
    pub(super) shared: Arc<Shared>,
    /// The greatest number of writes in a group.
    pub(super) max_group: usize,
    /// Whether the connection keeps its settings, since no pooler is in between.
    pub(super) prepared: bool,
}

/// The server of a group says nothing any more.
struct Silence;

/// How an attempt to write a group ended.
enum End {
    /// The group is committed, except for the writes at these positions, which are to be repeated one by one.
    Written(Vec<usize>),
    /// Nothing is committed. The group was a single write, which would fail again with this error.
    Refused(StoreError),
    /// Nothing is committed. The write at this position must leave the group.
    Excluding(usize),
    /// Nothing is committed. All writes are to be repeated one by one, since any of them may be the cause.
    OneByOne,
    /// The connection was lost. Nothing is committed, unless `maybe_committed` says that the commit may have happened.
    Lost { fault: Fault, maybe_committed: bool },
}

impl Writer {
    /// Writes group after group, until the store is dropped and the queue is empty.
    pub(super) async fn run(self, mut queue: mpsc::UnboundedReceiver<WriteJob>) {
        let mut jobs = Vec::new();
        while queue.recv_many(&mut jobs, self.max_group.max(1)).await > 0 {
            // A panic fails the writes of this group, and closes the connection if a transaction is open on it. The
            // task goes on with the next group.
            let group = AssertUnwindSafe(self.group(std::mem::take(&mut jobs)));
            match group.catch_unwind().await {
                Ok(Ok(())) => {}
                // Those that came meanwhile have waited as long, and would wait again while the next one connects.
                Ok(Err(Silence)) => {
                    let queued = std::iter::from_fn(|| queue.try_recv().ok()).collect();
                    refuse(begun(queued).into_iter(), &Fault::Silent.into());
                }
                Err(_) => drop(panicked()),
            }
        }
    }

    /// Writes a group, in as many attempts as it takes. All of its writes are answered, also where the server says nothing.
    async fn group(&self, mut jobs: Vec<WriteJob>) -> Result<(), Silence> {
        // The writes that left the group are repeated after its commit, so that they do not wait for its locks.
        let (mut singles, mut tried, mut outcome) = (Vec::new(), false, Ok(()));
        while !jobs.is_empty() {
            let session = match self.slot.session().await {
                Ok(session) => session,
                Err(why) => {
                    refuse(begun(jobs).into_iter(), &why.into());
                    break;
                }
            };
            jobs = begun(jobs);
            if jobs.is_empty() {
                break;
            }
            let attempt = self.attempt(&session, &mut jobs, !singles.is_empty());
            let end = self.shared.pulse.watch_on(&session, attempt).await;
            match end.unwrap_or_else(|fault| End::Lost { fault, maybe_committed: true }) {
                End::Written(repeated) => {
                    for (index, job) in jobs.drain(..).enumerate() {
                        if repeated.contains(&index) { singles.push(job) } else { job.answer(Ok(())) }
                    }
                }
                End::Refused(error) => refuse(jobs.drain(..), &error),
                End::Excluding(index) => singles.push(jobs.remove(index)),
                End::OneByOne => singles.append(&mut jobs),
                End::Lost { maybe_committed: false, .. } if !tried => {
                    session.close();
                    tried = true;
                    self.shared.counting.retry();
                }
                End::Lost { fault, maybe_committed } => {
                    session.close();
                    if matches!(fault, Fault::Silent) {
                        outcome = Err(Silence);
                    }
                    refuse(jobs.drain(..), &unacknowledged(fault, maybe_committed));
                }
            }
        }
        if outcome.is_err() {
            refuse(singles.drain(..), &Fault::Silent.into());
        }
        for job in singles {
            self.shared.counting.retry();
            job.spawn_single(&self.shared);
        }
        outcome
    }

    /// Makes one attempt to write a group, with savepoints if a write has left it before.
    async fn attempt(&self, session: &Session, jobs: &mut [WriteJob], saved: bool) -> End {
        let tables = &self.shared.tables;
        let several = jobs.len() > 1;
        let saved = several && saved;
        let (writes, mut sinks): (Vec<&Write>, Vec<&mut BoxedSink>) =
            jobs.iter_mut().map(|job| (&job.write, &mut job.sink)).unzip();
        let mut statements = Vec::with_capacity(writes.len());
        for (index, write) in writes.iter().enumerate() {
            let statement =
                tables.get(write.table).and_then(|entry| entry.statements.write(write, &[], several));
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
        // The rows that each write has returned, or `None` for a write that must leave the group.
        let mut written: Vec<Option<Vec<Row>>> = Vec::with_capacity(writes.len());
        while written.len() < ready.len() {
            let answers = match session.pipeline(&before, between, &ready[written.len()..]).await {
                Ok(answers) => answers,
                Err(error) => {
                    let fault = Fault::general(&error);
                    // If BEGIN has failed, each of the statements was committed in a transaction of its own.
                    let maybe_committed = written.is_empty() && !matches!(fault, Fault::Lost(_));
                    return End::Lost { fault, maybe_committed };
                }
            };
            for answer in answers {
                let index = written.len();
                match answer {
                    Ok(rows) => written.push(Some(rows)),
                    Err(error) => {
                        let write = writes[index];
                        let entry = tables.get(write.table);
                        let fault =
                            entry.map_or_else(Fault::from, |entry| Fault::of(&error, entry).of_write(write));
                        match fault {
                            Fault::Lost(_) => return end(fault, index, several),
                            // The write was not sent, since a value could not be encoded, so the transaction is intact.
                            _ if saved && error.as_db_error().is_none() => written.push(None),
                            // The transaction is aborted, and with it all statements that were sent after this one.
                            // They are sent again after a rollback to the savepoint.
                            _ if saved => {
                                before = BACK.to_owned();
                                written.push(None);
                                break;
                            }
                            fault => {
                                open.roll_back().await;
                                return match several {
                                    true => End::Excluding(index),
                                    false => end(
                                        first_violation(session, tables, write, fault).await,
                                        index,
                                        false,
                                    ),
                                };
                            }
                        }
                    }
                }
            }
        }
        drop(ready);
        // If the last write has failed, the transaction is still aborted, and COMMIT would roll it back without an
        // error.
        if written.last().is_some_and(Option::is_none)
            && let Err(error) = session.client.batch_execute(BACK).await
        {
            return End::Lost { fault: Fault::Lost(error_text(&error)), maybe_committed: false };
        }
        // An insert into a group does nothing where a unique value is taken (ON CONFLICT DO NOTHING). It is repeated by
        // itself, to get the error.
        let mut repeated = Vec::new();
        for (index, (rows, write)) in written.iter().zip(&writes).enumerate() {
            let is_insert = matches!(write.action, Action::Insert { .. });
            let Some(rows) = rows.as_ref().filter(|rows| !(several && is_insert && rows.is_empty())) else {
                repeated.push(index);
                continue;
            };
            let sink = &mut **sinks[index];
            let shown = tables.get(write.table).and_then(|entry| show(rows, &statements[index], entry, sink));
            if let Err(error) = shown {
                open.roll_back().await;
                return end(Fault::Refused(error), index, several);
            }
        }
        let counted = self.shared.counting.commit();
        match open.commit(&self.shared).await {
            Ok(log) => {
                counted.done(writes.len() - repeated.len());
                for (rows, write) in written.iter().zip(&writes).filter(|_| log.is_some()) {
                    let row = rows.as_ref().and_then(|rows| rows.first());
                    if let (Ok(entry), Some(row), Some(log)) = (tables.get(write.table), row, log) {
                        let key = key_of(row, write.columns, entry);
                        self.shared.replicas.written(entry.table.name, key.as_ref(), log);
                    }
                }
                End::Written(repeated)
            }
            Err((error, maybe_committed)) => match Fault::general(&error) {
                fault if maybe_committed => End::Lost { fault, maybe_committed },
                // A constraint that is checked at the commit has failed, and PostgreSQL does not report for which
                // write.
                _ => End::OneByOne,
            },
        }
    }
}

/// Logs a panic, and returns the error for the writes that it has failed.
fn panicked() -> StoreError {
    log::error!("a task that writes to PostgreSQL panicked; its writes were answered with status 500");
    gone()
}

/// How an attempt ends by the fault of one write.
fn end(fault: Fault, index: usize, several: bool) -> End {
    match fault {
        Fault::Lost(_) | Fault::Silent => End::Lost { fault, maybe_committed: false },
        _ if several => End::Excluding(index),
        Fault::Refused(error) => End::Refused(error),
        Fault::Contention(_) => End::OneByOne,
    }
}

/// Begins these writes, except for those that were withdrawn.
fn begun(jobs: Vec<WriteJob>) -> Vec<WriteJob> {
    let (begun, withdrawn): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.claim.begin());
    withdrawn.into_iter().for_each(forget);
    begun
}

fn refuse(jobs: impl Iterator<Item = WriteJob>, error: &StoreError) {
    jobs.for_each(|job| job.answer(Err(error.clone())));
}
