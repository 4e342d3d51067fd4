//! Reads: those by key on the thread of the request, all others on reader threads, of which half take no long ones.
//!
//! A read by key takes microseconds, less than handing it to another thread. A list may take long, and must not block a
//! thread that serves requests. Each read is a transaction of its own that begins after the request, so it sees every
//! write that was acknowledged before.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, never, select_biased};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::failure::store_error;
use super::queue::catch_and_log;
use super::row::stream_rows;
use super::{Shared, WriterActive};
use crate::store::backlog::QueuePermit;
use crate::store::{BoxedSink, Select, Sink, StoreError, catch_panic};

/// The number of virtual machine instructions between two calls of SQLite's progress handler, which checks the
/// deadline. They take some tens of microseconds.
const STEPS: i32 = 4000;

/// Connections for reads by key.
pub(super) struct KeyReaders(Box<[Mutex<Connection>]>);

impl KeyReaders {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        KeyReaders(connections.into_iter().map(Mutex::new).collect())
    }

    /// Reads on this thread, or gives the sink back if it would have to wait for the writer. It must not wait, since
    /// the transaction that the writer serves may need this very thread of the runtime in order to end.
    pub(super) fn read(
        &self,
        shared: &Shared,
        select: &Select,
        sink: BoxedSink,
    ) -> Result<Result<BoxedSink, StoreError>, BoxedSink> {
        if let Err(error) = shared.files.check_last() {
            return Ok(Err(error));
        }
        let connection = self.free();
        match shared.try_reading() {
            Ok(_guard) => Ok(answer(&connection, shared, select, sink)),
            Err(WriterActive) => Err(sink),
        }
    }

    /// Reads the first page of the database, if the writer of one in memory is not at work, which is an answer too.
    pub(super) fn check(&self, shared: &Shared) -> Result<(), StoreError> {
        let connection = self.free();
        let Ok(_guard) = shared.try_reading() else { return Ok(()) };
        let version = connection.pragma_query_value(None, "schema_version", |row| row.get::<_, i64>(0));
        version.map(drop).map_err(|error| store_error(&error))
    }

    /// A free connection. If there is none, it waits for the one that is assigned to this thread.
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

/// A queued read.
pub(super) struct ReadJob {
    pub(super) select: Select,
    pub(super) sink: BoxedSink,
    pub(super) reply: oneshot::Sender<Result<BoxedSink, StoreError>>,
    pub(super) permit: QueuePermit,
    /// When the request gives up, for which this is read.
    pub(super) until: Option<Instant>,
}

/// A reader thread.
pub(super) struct Reader {
    connection: Connection,
    shared: Arc<Shared>,
    deadline: Arc<Deadline>,
}

impl Reader {
    pub(super) fn new(
        mut connection: Connection,
        shared: Arc<Shared>,
        timeout: Duration,
    ) -> rusqlite::Result<Self> {
        let deadline = Deadline::on(&mut connection, timeout, &shared)?;
        Ok(Reader { connection, shared, deadline })
    }

    pub(super) fn run(self, queue: &Receiver<ReadJob>) {
        for job in queue {
            catch_and_log("the read was answered 500", || self.read(job));
        }
    }

    /// Works on long reads, and on short ones while there are none.
    pub(super) fn run_long(self, mut long: Receiver<ReadJob>, mut short: Receiver<ReadJob>) {
        // The store closes one queue after the other.
        let mut are_open = 2;
        while are_open > 0 {
            let (job, queue) = select_biased! {
                recv(long) -> job => (job, &mut long),
                recv(short) -> job => (job, &mut short),
            };
            match job {
                Ok(job) => drop(catch_and_log("the read was answered 500", || self.read(job))),
                Err(_) => {
                    *queue = never();
                    are_open -= 1;
                }
            }
        }
    }

    fn read(&self, job: ReadJob) {
        let ReadJob { select, sink, reply, permit, until } = job;
        // The caller may have been cancelled while the read was queued.
        if reply.is_closed() {
            return;
        }
        self.deadline.start_until(until);
        let _guard = self.shared.reading();
        let outcome = self.shared.files.check_last();
        let outcome = outcome.and_then(|()| answer(&self.connection, &self.shared, &select, sink));
        drop(permit);
        let _ = reply.send(outcome);
    }
}

/// The time at which a statement or transaction of a connection is interrupted.
pub(super) struct Deadline {
    timeout: Duration,
    created: Instant,
    /// The deadline in milliseconds since `created`, or `u64::MAX` if there is none at present.
    until: AtomicU64,
}

impl Deadline {
    /// Interrupts the statements of a connection after the deadline. A connection that only reads is also interrupted
    /// when the store is closed.
    pub(super) fn on(
        connection: &mut Connection,
        timeout: Duration,
        shared: &Arc<Shared>,
    ) -> rusqlite::Result<Arc<Self>> {
        let deadline =
            Arc::new(Deadline { timeout, created: Instant::now(), until: AtomicU64::new(u64::MAX) });
        let (reads, shared) =
            (connection.pragma_query_value(None, "query_only", |row| row.get(0))?, Arc::clone(shared));
        let deadline_for_handler = Arc::clone(&deadline);
        connection.progress_handler(
            STEPS,
            Some(move || (reads && shared.is_closing()) || deadline_for_handler.is_reached()),
        )?;
        Ok(deadline)
    }

    /// Sets the deadline, counted from now.
    pub(super) fn start(&self) {
        self.until.store(millis(self.created.elapsed().saturating_add(self.timeout)), Ordering::Relaxed);
    }

    /// Sets the deadline, counted from now, but no later than this.
    fn start_until(&self, until: Option<Instant>) {
        self.start();
        if let Some(until) = until {
            self.until.fetch_min(millis(until.saturating_duration_since(self.created)), Ordering::Relaxed);
        }
    }

    /// Clears the deadline.
    pub(super) fn end(&self) {
        self.until.store(u64::MAX, Ordering::Relaxed);
    }

    /// The time until the deadline, or `None` if there is none at present.
    pub(super) fn left(&self) -> Option<Duration> {
        match self.until.load(Ordering::Relaxed) {
            u64::MAX => None,
            until => Some(Duration::from_millis(until).saturating_sub(self.created.elapsed())),
        }
    }

    fn is_reached(&self) -> bool {
        millis(self.created.elapsed()) >= self.until.load(Ordering::Relaxed)
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

/// Passes the rows of a read to the sink.
pub(super) fn show(
    connection: &Connection,
    shared: &Shared,
    select: &Select,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let entry = shared.table(select.table)?;
    let show = |select: &Select, sink: &mut dyn Sink| {
        stream_rows(connection, entry, &entry.statements.select(select), sink)
    };
    let Some((near, far)) = select.divided() else { return show(select, sink) };
    let before = sink.count();
    show(&near, sink)?;
    match select.limit.saturating_sub(sink.count() - before) {
        0 => Ok(()),
        limit => show(&Select { limit, ..far }, sink),
    }
}
