//! Reads: by key where the request is, everything else on threads of its own.
//!
//! Every read is a transaction of its own, begun after it was asked for, so that it sees all that
//! was acknowledged before. Reads by key take microseconds, less than handing them to a thread; a
//! list may take long, and must not hold the threads that serve requests.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::queue::survives;
use super::row::stream_rows;
use super::{Shared, Taken};
use crate::store::backlog::QueuePermit;
use crate::store::{BoxedSink, Select, Sink, StoreError, catch_panic};

/// How many steps of SQLite's machine pass between two looks at the clock: some tens of microseconds.
const STEPS: i32 = 4000;

/// Connections for reads by key.
pub(super) struct KeyReaders(Box<[Mutex<Connection>]>);

impl KeyReaders {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        KeyReaders(connections.into_iter().map(Mutex::new).collect())
    }

    /// Reads here and now, if nobody is to be waited for: whoever writes may need this very thread to come to
    /// an end.
    pub(super) fn read(
        &self,
        shared: &Shared,
        select: &Select,
        sink: BoxedSink,
    ) -> Result<Result<BoxedSink, StoreError>, BoxedSink> {
        if let Err(error) = shared.files.known() {
            return Ok(Err(error));
        }
        let connection = self.free();
        match shared.reading_now() {
            Ok(_turn) => Ok(answer(&connection, shared, select, sink)),
            Err(Taken) => Err(sink),
        }
    }

    /// A connection that is free; where none is, this thread's own, once it is.
    fn free(&self) -> MutexGuard<'_, Connection> {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local!(static SLOT: usize = THREADS.fetch_add(1, Ordering::Relaxed));

        let slot = SLOT.with(|slot| slot % self.0.len());
        let (before, after) = self.0.split_at(slot);
        for connection in after.iter().chain(before) {
            match connection.try_lock() {
                Ok(connection) => return connection,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.0[slot].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read that waits for a thread.
pub(super) struct ReadJob {
    pub(super) select: Select,
    pub(super) sink: BoxedSink,
    pub(super) reply: oneshot::Sender<Result<BoxedSink, StoreError>>,
    pub(super) permit: QueuePermit,
}

/// A thread that reads.
pub(super) struct Reader {
    connection: Connection,
    shared: Arc<Shared>,
    limit: Arc<Deadline>,
}

impl Reader {
    pub(super) fn new(
        mut connection: Connection,
        shared: Arc<Shared>,
        timeout: Duration,
    ) -> rusqlite::Result<Self> {
        let limit = Deadline::on(&mut connection, timeout, &shared)?;
        Ok(Reader { connection, shared, limit })
    }

    pub(super) fn run(self, queue: &Receiver<ReadJob>) {
        for job in queue {
            survives("the read was answered 500", || self.read(job));
        }
    }

    fn read(&self, job: ReadJob) {
        let ReadJob { select, sink, reply, permit } = job;
        // Whoever asked may have gone while the read waited.
        if reply.is_closed() {
            return;
        }
        self.limit.start();
        let _turn = self.shared.reading();
        let outcome = self.shared.files.known();
        let outcome = outcome.and_then(|()| answer(&self.connection, &self.shared, &select, sink));
        drop(permit);
        let _ = reply.send(outcome);
    }
}

/// When what a connection is at has taken too long.
pub(super) struct Deadline {
    timeout: Duration,
    born: Instant,
    /// In milliseconds since then.
    until: AtomicU64,
}

impl Deadline {
    /// Holds a connection to it, and to the end of the store as far as it only reads.
    pub(super) fn on(
        connection: &mut Connection,
        timeout: Duration,
        shared: &Arc<Shared>,
    ) -> rusqlite::Result<Arc<Self>> {
        let limit = Arc::new(Deadline { timeout, born: Instant::now(), until: AtomicU64::new(u64::MAX) });
        let (reads, shared) =
            (connection.pragma_query_value(None, "query_only", |row| row.get(0))?, Arc::clone(shared));
        let held = Arc::clone(&limit);
        connection
            .progress_handler(STEPS, Some(move || (reads && shared.is_closing()) || held.is_reached()))?;
        Ok(limit)
    }

    /// Starts the limit of time.
    pub(super) fn start(&self) {
        self.until.store(millis(self.born.elapsed().saturating_add(self.timeout)), Ordering::Relaxed);
    }

    /// Ends the limit of time.
    pub(super) fn end(&self) {
        self.until.store(u64::MAX, Ordering::Relaxed);
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    fn is_reached(&self) -> bool {
        millis(self.born.elapsed()) >= self.until.load(Ordering::Relaxed)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn answer(
    connection: &Connection,
    shared: &Shared,
    select: &Select,
    mut sink: BoxedSink,
) -> Result<BoxedSink, StoreError> {
    catch_panic(move || {
        show(connection, shared, select, &mut *sink)?;
        Ok(sink)
    })
}

/// Shows the rows of a read.
pub(super) fn show(
    connection: &Connection,
    shared: &Shared,
    select: &Select,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let entry = shared.table(select.table)?;
    stream_rows(connection, entry, &entry.statements.select(select), sink)
}
