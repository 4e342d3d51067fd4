//! Writes: each connection that writes commits whatever waits for it as one group.
//!
//! A commit costs a sync of the server's disk and a way there and back, however much it carries. None of a
//! group is answered before the commit. Writes of one key go one way, so that those of one process never wait
//! for each other's locks; a write that cannot go with others (it is made of what is stored, a value is
//! taken, another process holds its row) goes by itself on a connection of the pool.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_postgres::Row;

use super::alone::{alone, show};
use super::connect::Slot;
use super::failure::Fault;
use super::open::{Open, told};
use super::replica::hash;
use super::session::Session;
use super::value::Lent;
use super::{Known, Shared, statement};
use crate::resource::Row as _;
use crate::store::{BoxedSink, StoreError, Write};
use crate::value::Value;

/// A group does not wait for what another process holds: those that must, wait by themselves. Said once for a
/// connection, or, where a pooler would not keep it, each time.
pub(super) const SETS: &str = "SET lock_timeout = 100";
const BEGIN: &str = "BEGIN";
const BEGIN_AND_SET: &str = "BEGIN; SET LOCAL lock_timeout = 100";

type Outcome = Result<BoxedSink, StoreError>;

/// A write that waits.
pub(super) struct WriteJob {
    pub(super) write: Write,
    pub(super) sink: BoxedSink,
    pub(super) reply: oneshot::Sender<Outcome>,
    pub(super) place: Place,
}

/// A place in the queue.
pub(super) struct Place(Arc<Shared>);

impl Place {
    pub(super) fn in_queue(shared: &Arc<Shared>) -> Result<Self, StoreError> {
        use std::sync::atomic::Ordering::Relaxed;
        let place = Place(Arc::clone(shared));
        if shared.waiting.fetch_add(1, Relaxed) >= shared.most {
            return Err(StoreError::Unavailable("too much is waiting for the database".to_owned()));
        }
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }
}

impl WriteJob {
    fn answer(self, outcome: Result<(), StoreError>) {
        // Whoever asked may have gone; the write stands.
        let _ = self.reply.send(outcome.map(|()| self.sink));
        drop(self.place);
    }

    /// Writes it by itself.
    pub(super) fn apart(mut self, shared: &Arc<Shared>) {
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            let outcome = alone(&shared, &self.write, &mut *self.sink).await;
            self.answer(outcome);
        });
    }
}

/// Which of so many ways a write goes; `turn` decides for those whose key is not known yet.
pub(super) fn way(write: &Write, known: &Known, ways: usize, turn: usize) -> usize {
    statement::key(write, known).map_or(turn, |key| hash(known.table.name, Some(key))) % ways
}

/// The key of a row that was written.
fn key_of(row: &Row, known: &Known) -> Option<Value> {
    let position = known.table.shown.iter().position(|column| *column == known.table.key)?;
    Lent::new(row, &known.shown).get(position).ok().map(|key| key.to_owned())
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
            self.group(std::mem::take(&mut jobs)).await;
        }
    }

    async fn group(&self, mut jobs: Vec<WriteJob>) {
        let mut tried = false;
        loop {
            let session = match self.slot.session().await {
                Ok(session) => session,
                Err(error) => {
                    let why = error.to_string();
                    jobs.into_iter().for_each(|job| job.answer(Err(StoreError::Unavailable(why.clone()))));
                    return;
                }
            };
            let attempt = timeout(self.shared.patience, self.attempt(&session, &mut jobs)).await;
            let end = attempt.unwrap_or_else(|_| End::Lost { fault: Fault::no_answer(), perhaps: true });
            match end {
                End::Written(not) => {
                    for (index, job) in jobs.into_iter().enumerate() {
                        if not.contains(&index) { job.apart(&self.shared) } else { job.answer(Ok(())) }
                    }
                }
                End::Refused(error) => {
                    if let Some(job) = jobs.pop() {
                        job.answer(Err(error));
                    }
                }
                End::Apart => jobs.into_iter().for_each(|job| job.apart(&self.shared)),
                End::Lost { perhaps: false, .. } if !tried => {
                    session.give_up();
                    tried = true;
                    continue;
                }
                End::Lost { fault, perhaps } => {
                    session.give_up();
                    let why = told(fault, perhaps).to_string();
                    jobs.into_iter().for_each(|job| job.answer(Err(StoreError::Unavailable(why.clone()))));
                }
            }
            return;
        }
    }

    async fn attempt(&self, session: &Session, jobs: &mut [WriteJob]) -> End {
        let tables = &self.shared.tables;
        let several = jobs.len() > 1;
        let mut asks = Vec::with_capacity(jobs.len());
        for job in &*jobs {
            match statement::of_write(tables, &job.write, &[], several) {
                Ok(ask) => asks.push(ask),
                Err(error) if !several => return End::Refused(error),
                Err(_) => return End::Apart,
            }
        }
        let mut ready = Vec::with_capacity(jobs.len());
        for ask in &asks {
            match session.ready(ask).await {
                Ok(statement) => ready.push((ask, statement)),
                Err(error) => return end(Fault::general(&error), several),
            }
        }
        let open = Open::new(session);
        let answers = match session.together(if self.prepared { BEGIN } else { BEGIN_AND_SET }, &ready).await
        {
            Ok(answers) => answers,
            Err(error) => {
                let fault = Fault::general(&error);
                // Where there is no transaction, each statement has been one.
                let perhaps = !matches!(fault, Fault::Lost(_));
                return End::Lost { fault, perhaps };
            }
        };
        drop(ready);
        let mut written = Vec::with_capacity(jobs.len());
        for (answer, ask) in answers.into_iter().zip(&asks) {
            match answer {
                Ok(rows) => written.push((rows, ask.table)),
                Err(error) => {
                    let fault =
                        tables.get(ask.table).map_or_else(Fault::from, |known| Fault::of(&error, known));
                    if !matches!(fault, Fault::Lost(_)) {
                        open.roll_back().await;
                    }
                    return end(fault, several);
                }
            }
        }
        drop(asks);
        let mut not = Vec::new();
        for (index, ((rows, table), job)) in written.iter().zip(jobs).enumerate() {
            if rows.is_empty() && matches!(job.write, Write::Insert { .. }) {
                not.push(index);
                continue;
            }
            job.sink.again();
            let shown = tables.get(*table).and_then(|known| show(rows, known, &mut *job.sink));
            if let Err(error) = shown {
                open.roll_back().await;
                return end(Fault::Refused(error), several);
            }
        }
        match open.commit(&self.shared).await {
            Ok(log) => {
                for (rows, table) in written.iter().filter(|_| log > 0) {
                    if let (Ok(known), Some(row)) = (tables.get(*table), rows.first()) {
                        self.shared.replicas.written(known.table.name, key_of(row, known).as_ref(), log);
                    }
                }
                End::Written(not)
            }
            Err((fault, true)) => End::Lost { fault, perhaps: true },
            Err((fault, false)) => end(fault, several),
        }
    }
}

fn end(fault: Fault, several: bool) -> End {
    match fault {
        Fault::Lost(_) => End::Lost { fault, perhaps: false },
        Fault::Refused(error) if !several => End::Refused(error),
        Fault::Refused(_) | Fault::InTheWay(_) => End::Apart,
    }
}
