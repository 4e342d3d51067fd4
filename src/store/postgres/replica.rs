//! Servers that only read, as far as they have come.
//!
//! What this process has written it must see: so each write is marked with how far the primary's log had come,
//! and a read goes to a replica that has replayed as much as its own row, or its table, needs. What other
//! processes have written is there once the replica has it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_postgres::SimpleQueryMessage;

use super::connect::{Connector, Lease, Pool, Slot, pool, pooled};
use crate::store::Select;
use crate::value::Value;

/// How often a replica is asked how far it is, while it is behind and comes nearer.
const PAUSE: Duration = Duration::from_millis(5);

/// The same, where nothing was written that it might lack, or it comes no nearer, so that one that is gone is
/// noticed, and one that is back.
const LONG_PAUSE: Duration = Duration::from_millis(250);

/// How often the primary is asked for a position that could not be told, at the least.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far the primary's log has come.
pub(super) const POSITION: &str = "SELECT pg_current_wal_insert_lsn()";

/// How far a standby has replayed the log; a server that is none has all of it.
const REPLAYED: &str =
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END";

/// How many rows and tables are told apart; those that share a mark wait for each other's.
const ROWS: usize = 8192;
const TABLES: usize = 256;

/// Replicas, and what they must have replayed to be asked.
pub(super) struct Replicas {
    servers: Vec<Replica>,
    turn: AtomicUsize,
    rows: Box<[AtomicU64]>,
    /// By table, of writes to any row of it.
    tables: Box<[AtomicU64]>,
    /// By table, of writes to a row that is not known.
    unknown: Box<[AtomicU64]>,
    latest: AtomicU64,
    /// How often something was written of which it is not known where in the log it is; and how many of these are
    /// known by now to be before a position that is noted. Until they are the same, no replica is asked.
    unplaced: AtomicU64,
    placed: AtomicU64,
    wanted: Arc<Notify>,
    primary: Slot,
}

struct Replica {
    slot: Slot,
    pool: Pool,
    replayed: AtomicU64,
}

impl Replicas {
    /// Watches these servers, which follow that primary.
    pub(super) fn watch(
        primary: &Arc<Connector>,
        connectors: &[Arc<Connector>],
    ) -> Result<Arc<Self>, String> {
        let marks = |count| (0..count).map(|_| AtomicU64::new(0)).collect();
        let server = |connector: &Arc<Connector>| {
            let replayed = AtomicU64::new(0);
            Ok(Replica { slot: Slot::new(connector, ""), pool: pool(connector)?, replayed })
        };
        let replicas = Arc::new(Replicas {
            servers: connectors.iter().map(server).collect::<Result<_, String>>()?,
            turn: AtomicUsize::new(0),
            rows: marks(ROWS),
            tables: marks(TABLES),
            unknown: marks(TABLES),
            latest: AtomicU64::new(0),
            unplaced: AtomicU64::new(0),
            placed: AtomicU64::new(0),
            wanted: Arc::default(),
            primary: Slot::new(primary, ""),
        });
        for index in 0..replicas.servers.len() {
            tokio::spawn(watch(Arc::downgrade(&replicas), index));
        }
        if replicas.are_there() {
            tokio::spawn(permit(Arc::downgrade(&replicas)));
        }
        Ok(replicas)
    }

    /// Whether there are any, so that writes are to be marked.
    pub(super) fn are_there(&self) -> bool {
        !self.servers.is_empty()
    }

    /// A connection to one that has all that this read must see; one that others share, or not.
    pub(super) async fn lease(&self, table: &str, select: &Select, shares: bool) -> Option<Lease> {
        if self.servers.is_empty()
            || self.placed.load(Ordering::Acquire) != self.unplaced.load(Ordering::Acquire)
        {
            return None;
        }
        let mark = |marks: &[AtomicU64], slot: usize| marks[slot % marks.len()].load(Ordering::Acquire);
        let of_table = hash(table, None);
        let needed = match select.key() {
            Some(key) => mark(&self.rows, hash(table, Some(key))).max(mark(&self.unknown, of_table)),
            None => mark(&self.tables, of_table),
        };
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let count = self.servers.len();
        let mut servers = (0..count).map(|offset| &self.servers[(turn + offset) % count]);
        let server = servers.find(|server| {
            let replayed = server.replayed.load(Ordering::Acquire);
            replayed > 0 && replayed >= needed && server.slot.current().is_some()
        })?;
        match shares {
            true => server.slot.current().map(Lease::Shared),
            false => pooled(&server.pool).await.ok().map(|session| Lease::Pooled(Box::new(session))),
        }
    }

    /// Notes how far the log had come once this was written; a row without a key is any.
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

    /// Notes how far the log had come once anything was written.
    pub(super) fn written_anywhere(&self, log: u64) {
        for mark in self.tables.iter().chain(&self.unknown) {
            mark.fetch_max(log, Ordering::AcqRel);
        }
        self.latest.fetch_max(log, Ordering::AcqRel);
    }

    /// Notes that something may have been written, and that it is not known how far the log had come by then.
    pub(super) fn written_unplaced(&self) {
        self.unplaced.fetch_add(1, Ordering::AcqRel);
        self.wanted.notify_one();
    }
}

/// Keeps a replica connected and its position known, for as long as the store is there.
async fn watch(replicas: Weak<Replicas>, index: usize) {
    let mut pause = PAUSE;
    while let Some(all) = replicas.upgrade() {
        let server = &all.servers[index];
        let log = asked(&server.slot, REPLAYED).await.unwrap_or_default();
        // It may be behind where it was: it was made anew, or another stands in its place.
        let before = server.replayed.swap(log, Ordering::AcqRel);
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

/// Finds out how far the log has come where a write could not tell, for as long as the store is there: whatever was
/// written before it was asked is before that.
async fn permit(replicas: Weak<Replicas>) {
    let mut pause = PAUSE;
    while let Some(all) = replicas.upgrade() {
        let unplaced = all.unplaced.load(Ordering::Acquire);
        if unplaced == all.placed.load(Ordering::Acquire) {
            pause = PAUSE;
            let wanted = Arc::clone(&all.wanted);
            drop(all);
            // Nobody wakes it where the store is gone, so it looks now and then.
            let _ = timeout(PATIENCE * 10, wanted.notified()).await;
            continue;
        }
        match asked(&all.primary, POSITION).await {
            Some(log) => {
                all.written_anywhere(log);
                all.placed.store(unplaced, Ordering::Release);
            }
            None => {
                drop(all);
                sleep(pause).await;
                let longer = (pause * 2).min(LONGEST_PAUSE);
                if longer > std::mem::replace(&mut pause, longer) && longer == LONGEST_PAUSE {
                    log::warn!(
                        "the primary does not tell how far its log has come; until it does, no replica is asked"
                    );
                }
            }
        }
    }
}

/// The position that a server tells.
async fn asked(slot: &Slot, question: &str) -> Option<u64> {
    let session = slot.session().await.ok()?;
    match timeout(PATIENCE, session.client.simple_query(question)).await {
        Ok(Ok(answer)) => position(&answer),
        _ => {
            session.give_up();
            None
        }
    }
}

/// A position in the log, as a server tells it in the last row of an answer: `16/B374D848`.
pub(super) fn position(answer: &[SimpleQueryMessage]) -> Option<u64> {
    let row = answer.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten(),
        _ => None,
    });
    let (high, low) = row?.split_once('/')?;
    Some(u64::from_str_radix(high, 16).ok()? << 32 | u64::from_str_radix(low, 16).ok()?)
}

/// The same for the same row, whatever its table is called by.
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
