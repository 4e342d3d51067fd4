//! Reads from replicas that already have every write of this process.
//!
//! A replica replays the primary's write-ahead log (WAL) with a delay, so a client could read from it and miss its own
//! write. The delay has no bound, so that no fixed waiting time after a write would be right. Instead, each write of
//! this process is recorded with the position of the WAL after its commit, and a read goes to a replica only if that
//! has replayed the position which the row (for reads by key) or the table (for lists) needs. Writes of other processes
//! become visible when the replica has replayed them.
//!
//! Positions are kept in fixed arrays that are indexed by a hash of the table and the key, so that they need no lock
//! and no memory that grows. Rows with the same hash share a position, and then wait for each other's writes, which is
//! only a matter of speed. Where the position of a write is unknown (its connection was lost while it committed, say),
//! no replica is read until a query of the primary's present position, which every earlier write precedes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::{sleep, sleep_until, timeout};
use tokio_postgres::SimpleQueryMessage;

use super::connect::{Connector, Lease, Need, Pool, Slot, Unreachable, pool, pooled};
use super::failure::Fault;
use super::pulse::{PATIENCE, watch_by};
use crate::store::{Availability, ReplicaState, Select};
use crate::value::Value;

/// The pause between two queries of a replica's position while it lags behind and is catching up.
const PAUSE: Duration = Duration::from_millis(5);

/// The longest pause between two queries of a replica's position, while it does not lag or makes no progress. It is
/// still queried then, to notice that it went away or came back.
const LONG_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two attempts to query the position of the primary.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long the query of a position may take.
const QUERY_TIMEOUT: Duration = Duration::from_secs(1);

/// How long after its last position a replica counts as silent. It leaves time for another query on a new connection,
/// and for the primary after that.
const SILENT_AFTER: Duration = Duration::from_millis(1800);

/// The present position of the primary's WAL.
pub(super) const POSITION: &str = "SELECT pg_current_wal_insert_lsn()";

/// The position of the WAL that a standby has replayed. A server that is no standby has all of its own WAL.
const REPLAYED: &str =
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END";

/// How many positions are kept for rows, and how many for tables.
const ROWS: usize = 8192;
const TABLES: usize = 256;

/// The replicas, and the positions that they must have replayed before they are read.
pub(super) struct Replicas {
    servers: Vec<Replica>,
    next: AtomicUsize,
    /// The position of the last write to a row, by the hash of table and key.
    rows: Box<[AtomicU64]>,
    /// The position of the last write to any row of a table, by the hash of the table.
    tables: Box<[AtomicU64]>,
    /// The position of the last write to a row whose key is unknown, by the hash of the table.
    unknown: Box<[AtomicU64]>,
    /// The position of the last write of all.
    latest: AtomicU64,
    /// How many writes have an unknown position, and how many of these are known by now to precede a position that is
    /// recorded. Until the two are equal, no replica is read.
    unlocated: AtomicU64,
    located: AtomicU64,
    /// Wakes the task that resolves unknown positions.
    wanted: Arc<Notify>,
    primary: Slot,
}

/// A replica, and how far it has come.
pub(super) struct Replica {
    connector: Arc<Connector>,
    slot: Slot,
    pool: Pool,
    /// The position that it has replayed, or 0 where it does not tell.
    replayed: AtomicU64,
    /// When it has told that last.
    told: Mutex<Instant>,
}

impl Replica {
    fn replayed(&self) -> u64 {
        self.replayed.load(Ordering::Acquire)
    }

    fn told(&self) -> Instant {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does some work on this replica, for as long as it tells its position.
    ///
    /// # Errors
    /// The fault of the replica, if the work has not ended.
    pub(super) async fn watch<T>(&self, work: impl Future<Output = T>) -> Result<T, Fault> {
        let ask = || async {
            let told = self.told();
            sleep_until((told + SILENT_AFTER).into()).await;
            match self.told() == told {
                true => Err(Unreachable::Silent("it does not tell its position".to_owned())),
                false => Ok(Availability::ReadOnly),
            }
        };
        watch_by(PATIENCE, self.connector.options().client_timeout(), work, ask).await
    }
}

impl Replicas {
    /// Starts to watch the positions of these replicas of a primary.
    pub(super) fn watch(
        primary: &Arc<Connector>,
        connectors: &[Arc<Connector>],
    ) -> Result<Arc<Self>, String> {
        let marks = |count| (0..count).map(|_| AtomicU64::new(0)).collect();
        let server = |connector: &Arc<Connector>| {
            let (slot, replayed) = (Slot::new(connector, "", Need::Reading), AtomicU64::new(0));
            let (connector, pool) = (Arc::clone(connector), pool(connector)?);
            Ok(Replica { connector, slot, pool, replayed, told: Mutex::new(Instant::now()) })
        };
        let replicas = Arc::new(Replicas {
            servers: connectors.iter().map(server).collect::<Result<_, String>>()?,
            next: AtomicUsize::new(0),
            rows: marks(ROWS),
            tables: marks(TABLES),
            unknown: marks(TABLES),
            latest: AtomicU64::new(0),
            unlocated: AtomicU64::new(0),
            located: AtomicU64::new(0),
            wanted: Arc::default(),
            primary: Slot::new(primary, "", Need::Writing),
        });
        for index in 0..replicas.servers.len() {
            tokio::spawn(watch(Arc::downgrade(&replicas), index));
        }
        if replicas.are_configured() {
            tokio::spawn(resolve_positions(Arc::downgrade(&replicas)));
        }
        Ok(replicas)
    }

    /// Whether there are replicas. Without any, the positions of writes need not be queried.
    pub(super) fn are_configured(&self) -> bool {
        !self.servers.is_empty()
    }

    /// How they are at present.
    pub(super) fn states(&self) -> Vec<ReplicaState> {
        let latest = self.latest.load(Ordering::Acquire);
        let state = |server: &Replica| {
            let replayed = server.replayed();
            let is_up = replayed > 0;
            ReplicaState { is_up, lag: if is_up { latest.saturating_sub(replayed) } else { 0 } }
        };
        self.servers.iter().map(state).collect()
    }

    /// A connection to a replica that has every write which this read must see, with the replica, or `None` where there is
    /// none. `shares` says whether it may be a shared connection.
    pub(super) async fn lease(
        &self,
        table: &str,
        select: &Select,
        shares: bool,
    ) -> Option<(Lease, &Replica)> {
        if self.servers.is_empty()
            || self.located.load(Ordering::Acquire) != self.unlocated.load(Ordering::Acquire)
        {
            return None;
        }
        let mark = |marks: &[AtomicU64], slot: usize| marks[slot % marks.len()].load(Ordering::Acquire);
        let of_table = hash(table, None);
        let needed = match select.key() {
            Some(key) => mark(&self.rows, hash(table, Some(key))).max(mark(&self.unknown, of_table)),
            None => mark(&self.tables, of_table),
        };
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.servers.len();
        let mut servers = (0..count).map(|offset| &self.servers[(next + offset) % count]);
        let server = servers.find(|server| {
            let replayed = server.replayed();
            replayed > 0 && replayed >= needed && server.slot.current().is_some()
        })?;
        let lease = match shares {
            true => Lease::Shared(server.slot.current()?),
            false => Lease::Pooled(Box::new(server.watch(pooled(&server.pool)).await.ok()?.ok()?)),
        };
        Some((lease, server))
    }

    /// Records the position of a write. Without a key, it may have been to any row of the table.
    pub(super) fn written(&self, table: &str, key: Option<&Value>, log: u64) {
        let note = |marks: &[AtomicU64], slot: usize| {
            marks[slot % marks.len()].fetch_max(log, Ordering::AcqRel);
        };
        note(&self.tables, hash(table, None));
        match key {
            Some(key) => note(&self.rows, hash(table, Some(key))),
            None => note(&self.unknown, hash(table, None)),
        }
        self.latest.fetch_max(log, Ordering::AcqRel);
    }

    /// Records the position of writes that may have been to any row of any table.
    pub(super) fn written_anywhere(&self, log: u64) {
        for mark in self.tables.iter().chain(&self.unknown) {
            mark.fetch_max(log, Ordering::AcqRel);
        }
        self.latest.fetch_max(log, Ordering::AcqRel);
    }

    /// Records that something may have been written at an unknown position.
    pub(super) fn written_somewhere(&self) {
        self.unlocated.fetch_add(1, Ordering::AcqRel);
        self.wanted.notify_one();
    }
}

/// Queries the position of a replica again and again, until the store is dropped.
async fn watch(replicas: Weak<Replicas>, index: usize) {
    let mut pause = PAUSE;
    while let Some(all) = replicas.upgrade() {
        let server = &all.servers[index];
        let log = query_position(&server.slot, REPLAYED).await.unwrap_or_default();
        // The position may have gone back, if the replica was rebuilt or another server has its address now.
        let before = server.replayed.swap(log, Ordering::AcqRel);
        if log > 0 {
            *server.told.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        } else if before > 0 {
            // What was sent on any of its connections may be lost, and nobody would notice once it is back.
            server.connector.is_lost(0);
        }
        let behind = log < all.latest.load(Ordering::Acquire);
        pause = match (behind, log > before) {
            (true, true) => PAUSE,
            (true, false) => (pause * 2).min(LONG_PAUSE),
            (false, _) => LONG_PAUSE,
        };
        drop(all);
        sleep(pause).await;
    }
}

/// Resolves unknown positions, until the store is dropped: it queries the present position of the primary, which every
/// earlier write precedes.
async fn resolve_positions(replicas: Weak<Replicas>) {
    let mut pause = PAUSE;
    while let Some(all) = replicas.upgrade() {
        let unlocated = all.unlocated.load(Ordering::Acquire);
        if unlocated == all.located.load(Ordering::Acquire) {
            pause = PAUSE;
            let wanted = Arc::clone(&all.wanted);
            drop(all);
            // A store that is dropped does not wake this task, so it checks for that from time to time.
            let _ = timeout(QUERY_TIMEOUT * 10, wanted.notified()).await;
            continue;
        }
        match query_position(&all.primary, POSITION).await {
            Some(log) => {
                all.written_anywhere(log);
                all.located.store(unlocated, Ordering::Release);
            }
            None => {
                drop(all);
                sleep(pause).await;
                let longer = (pause * 2).min(LONGEST_PAUSE);
                if longer > std::mem::replace(&mut pause, longer) && longer == LONGEST_PAUSE {
                    log::warn!(
                        "the position of the primary's WAL cannot be queried; no replica is read until it can"
                    );
                }
            }
        }
    }
}

async fn query_position(slot: &Slot, query: &str) -> Option<u64> {
    let session = slot.session().await.ok()?;
    match timeout(QUERY_TIMEOUT, session.client.simple_query(query)).await {
        Ok(Ok(answer)) => position(&answer),
        _ => {
            session.close();
            None
        }
    }
}

/// Parses the position of the WAL in the last row of an answer, which is written like `16/B374D848`.
pub(super) fn position(answer: &[SimpleQueryMessage]) -> Option<u64> {
    let row = answer.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten(),
        _ => None,
    });
    let (high, low) = row?.split_once('/')?;
    Some(u64::from_str_radix(high, 16).ok()? << 32 | u64::from_str_radix(low, 16).ok()?)
}

/// A hash of the name of a table and of a key. It hashes the name, not the table's id: one table may have several ids,
/// whose writes must find the same position.
pub(super) fn hash(table: &str, key: Option<&Value>) -> usize {
    let mut hasher = DefaultHasher::new();
    table.hash(&mut hasher);
    match key {
        Some(Value::Integer(i)) => i.hash(&mut hasher),
        Some(Value::Text(text)) => text.hash(&mut hasher),
        Some(Value::Blob(bytes)) => bytes.hash(&mut hasher),
        Some(Value::Real(_) | Value::Null) | None => {}
    }
    hasher.finish() as usize
}
