//! Writes: each connection that writes commits whatever waits for it as one group.
//!
//! A commit costs a sync of the server's disk and a way there and back, however much it carries. None of a
//! group is answered before the commit. Writes of one key go one way, so that those of one process never wait
//! for each other's locks; a write that cannot go with others (it is made of what is stored, a value is
//! taken, another process holds its row) goes by itself on a connection of the pool.

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, Row};

use super::connect::{Slot, pooled};
use super::failure::{Fault, corrupt, said};
use super::replica::{hash, position};
use super::session::Session;
use super::value::Lent;
use super::{Known, Shared, statement};
use crate::issue::Issues;
use crate::resource::{ColumnType, Row as _, Unmade};
use crate::store::{BoxedSink, Sink, StoreError, Write, guarded, pause};
use crate::value::Value;

/// A group does not wait for what another process holds: those that must, wait by themselves. Said once for a
/// connection, or, where a pooler would not keep it, each time.
pub(super) const SETS: &str = "SET lock_timeout = 100";
const BEGIN: &str = "BEGIN";
const BEGIN_AND_SET: &str = "BEGIN; SET LOCAL lock_timeout = 100";

/// How often a write that others were in the way of is tried.
const TRIES: u32 = 6;

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
    key(write, known).map_or(turn, |key| hash(known.table.name, Some(key))) % ways
}

/// The key of the row that is written, where it is known beforehand.
fn key<'a>(write: &'a Write, known: &Known) -> Option<&'a Value> {
    match write {
        Write::Update { key, .. } | Write::Delete { key, .. } => Some(key),
        Write::Insert { values, .. } | Write::Put { values, .. } => {
            values.iter().find(|(column, _)| *column == known.table.key).map(|(_, key)| key)
        }
    }
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

/// Why a write was not acknowledged.
pub(super) fn told(fault: Fault, perhaps: bool) -> StoreError {
    match (StoreError::from(fault), perhaps) {
        (StoreError::Unavailable(why), true) => {
            StoreError::Unavailable(format!("{why}; what was being committed may have been written"))
        }
        (error, _) => error,
    }
}

/// Writes in a transaction of its own, again where others were in the way.
async fn alone(shared: &Shared, write: &Write, sink: &mut dyn Sink) -> Result<(), StoreError> {
    let mut tries = 1;
    loop {
        let session = pooled(&shared.pool).await?;
        let attempt = timeout(shared.patience, once(shared, &session, write, sink)).await;
        match attempt.unwrap_or_else(|_| Err((Fault::no_answer(), true))) {
            Ok(()) => return Ok(()),
            Err((fault, true)) => {
                session.give_up();
                return Err(told(fault, true));
            }
            Err((fault @ Fault::Lost(_), false)) => {
                session.give_up();
                if tries == TRIES {
                    return Err(told(fault, false));
                }
            }
            Err((Fault::InTheWay(_), _)) if tries < TRIES => {
                drop(session);
                sleep(pause(tries)).await;
            }
            Err((fault, _)) => {
                return Err(match StoreError::from(fault) {
                    StoreError::InTheWay(why) => StoreError::Unavailable(why),
                    error => error,
                });
            }
        }
        tries += 1;
    }
}

/// Writes once. With a fault it is said whether the write may have happened nevertheless.
async fn once(
    shared: &Shared,
    session: &Session,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), (Fault, bool)> {
    let open = Open::new(session);
    match carry_out(shared, session, Some("BEGIN"), write, sink).await {
        Ok(()) => {
            let log = open.commit(shared).await?;
            if let (true, Ok(known)) = (log > 0, shared.tables.get(write.table())) {
                shared.replicas.written(known.table.name, key(write, known), log);
            }
            Ok(())
        }
        Err(fault) => {
            if !matches!(fault, Fault::Lost(_)) {
                open.roll_back().await;
            }
            Err((fault, false))
        }
    }
}

/// Writes within a transaction, which is begun with it where there is a text for that.
pub(super) async fn carry_out(
    shared: &Shared,
    session: &Session,
    mut begin: Option<&str>,
    write: &Write,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    sink.again();
    let tables = &shared.tables;
    let known = tables.get(write.table())?;
    let mut made = Vec::new();
    if let Some(ask) = statement::stored(tables, write)? {
        let rows = asked(session, begin.take(), &ask, known).await?;
        match rows.first() {
            Some(row) => made = make(write, row, known)?,
            None => return Ok(()),
        }
    }
    let ask = statement::of_write(tables, write, &made, false)?;
    let rows = asked(session, begin.take(), &ask, known).await?;
    Ok(show(&rows, known, sink)?)
}

async fn asked(
    session: &Session,
    begin: Option<&str>,
    ask: &super::session::Ask<'_>,
    known: &Known,
) -> Result<Vec<Row>, Fault> {
    let statement = session.ready(ask).await.map_err(|error| Fault::general(&error))?;
    let rows = match begin {
        Some(begin) => {
            let answers = session.together(begin, &[(ask, statement)]).await;
            let answers = answers.map_err(|error| match Fault::general(&error) {
                fault @ Fault::Lost(_) => fault,
                // Where there is no transaction, the statement has been one.
                _ => Fault::Refused(told(Fault::Lost(said(&error)), true)),
            });
            answers?.pop().unwrap_or_else(|| Ok(Vec::new()))
        }
        None => session.rows(ask, statement).await,
    };
    rows.map_err(|error| Fault::of(&error, known))
}

/// What is made of the stored values, or every issue of all of them.
fn make(write: &Write, row: &Row, known: &Known) -> Result<Vec<(usize, Value)>, StoreError> {
    let Write::Update { changes, .. } = write else { return Ok(Vec::new()) };
    let makes: Vec<_> = statement::makes(changes).collect();
    let kinds: Vec<ColumnType> = makes.iter().map(|(column, _)| known.table.columns[*column].kind).collect();
    let (lent, mut issues, mut values) = (Lent::new(row, &kinds), Issues::new(), Vec::new());
    for (index, (column, make)) in makes.into_iter().enumerate() {
        let stored = lent.get(index).map_err(|found| corrupt(&found, known))?;
        match guarded(|| Ok(make(stored)))? {
            Ok(value) => values.push((column, value)),
            Err(Unmade::Invalid(more)) => issues.extend(more),
            Err(Unmade::Corrupt(found)) => return Err(corrupt(&found, known)),
        }
    }
    if issues.is_empty() { Ok(values) } else { Err(StoreError::Invalid(issues)) }
}

/// Shows rows of the columns that are shown.
pub(super) fn show(rows: &[Row], known: &Known, sink: &mut dyn Sink) -> Result<(), StoreError> {
    guarded(|| {
        for row in rows {
            sink.row(&Lent::new(row, &known.shown)).map_err(|found| corrupt(&found, known))?;
        }
        Ok(())
    })
}

/// See [`Open::commit`].
pub(super) async fn commit(client: &Client, shared: &Shared) -> Result<u64, (Fault, bool)> {
    let mut committed = Box::pin(client.batch_execute("COMMIT"));
    let mut log = None;
    let outcome = if shared.replicas.are_there() {
        // Sent with it, but no part of it: what comes of this says nothing of the commit.
        match (&mut committed).now_or_never() {
            Some(outcome) => outcome,
            None => {
                let mut asked = Box::pin(client.simple_query("SELECT pg_current_wal_insert_lsn()"));
                let early = (&mut asked).now_or_never();
                let outcome = committed.await;
                if outcome.is_ok() {
                    let answer = match early {
                        Some(answer) => answer,
                        None => asked.await,
                    };
                    log = answer.ok().and_then(|answer| position(&answer));
                }
                outcome
            }
        }
    } else {
        committed.await
    };
    match outcome {
        Ok(()) if shared.replicas.are_there() => {
            // Without a position nobody but the primary is asked again.
            Ok(log.unwrap_or(u64::MAX))
        }
        Ok(()) => Ok(0),
        Err(error) => {
            let fault = Fault::general(&error);
            // The server may have done it and not come to say so.
            let perhaps = error.as_db_error().is_none() || matches!(fault, Fault::Lost(_));
            Err((fault, perhaps))
        }
    }
}

/// A transaction that is under way. Where nobody comes back to end it, its connection is given up.
pub(super) struct Open<'a> {
    session: &'a Session,
    ended: bool,
}

impl<'a> Open<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Open { session, ended: false }
    }

    /// Commits, and tells how far the log had come by then where there are replicas to compare, else 0. With a
    /// fault it is said whether it may have happened nevertheless.
    pub(super) async fn commit(mut self, shared: &Shared) -> Result<u64, (Fault, bool)> {
        let outcome = commit(&self.session.client, shared).await;
        self.ended = !matches!(outcome, Err((Fault::Lost(_), _) | (_, true)));
        outcome
    }

    pub(super) async fn roll_back(mut self) {
        self.ended = self.session.client.batch_execute("ROLLBACK").await.is_ok();
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.session.give_up();
        }
    }
}
