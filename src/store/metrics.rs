//! What a store tells of itself: what it counts while it writes, and how it is at present.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::meter::Histogram;

/// What a store counts, where somebody asks for it. There is one for each rocket.
#[derive(Debug)]
pub struct StoreMetrics {
    /// How many writes were committed together.
    pub(crate) groups: Histogram,
    /// How long commits took, in nanoseconds.
    pub(crate) commits: Histogram,
    retries: AtomicU64,
}

/// The bounds of the sizes of groups.
const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

const MICROSECOND: u64 = 1000;
const MILLISECOND: u64 = 1000 * MICROSECOND;

/// The bounds of the times of commits: from those of a file in memory to those of a disk that is busy.
const TIMES: &[u64] = &[
    100 * MICROSECOND,
    250 * MICROSECOND,
    500 * MICROSECOND,
    MILLISECOND,
    2 * MILLISECOND + 500 * MICROSECOND,
    5 * MILLISECOND,
    10 * MILLISECOND,
    25 * MILLISECOND,
    50 * MILLISECOND,
    100 * MILLISECOND,
    250 * MILLISECOND,
    1000 * MILLISECOND,
    5000 * MILLISECOND,
];

impl Default for StoreMetrics {
    fn default() -> Self {
        let (groups, commits) = (Histogram::new(SIZES), Histogram::new(TIMES));
        StoreMetrics { groups, commits, retries: AtomicU64::new(0) }
    }
}

impl StoreMetrics {
    /// How many writes and transactions were tried once more, after a conflict or a lost connection.
    pub(crate) fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }
}

/// Where a store counts, if anywhere.
#[derive(Debug, Default)]
pub(super) struct Counting(OnceLock<Arc<StoreMetrics>>);

impl Counting {
    /// Counts from now on.
    pub(super) fn start(&self, metrics: &Arc<StoreMetrics>) {
        let _ = self.0.set(Arc::clone(metrics));
    }

    /// Begins a commit. Nobody looks at the clock where nothing counts.
    pub(super) fn commit(&self) -> Commit<'_> {
        Commit(self.0.get().map(|metrics| (&**metrics, Instant::now())))
    }

    /// Counts an attempt that is repeated.
    pub(super) fn retry(&self) {
        if let Some(metrics) = self.0.get() {
            metrics.retries.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A commit that is under way.
pub(super) struct Commit<'a>(Option<(&'a StoreMetrics, Instant)>);

impl Commit<'_> {
    /// Counts it, with so many writes. One that has failed is not counted.
    pub(super) fn done(self, writes: usize) {
        if let Some((metrics, begun)) = self.0 {
            metrics.groups.observe(writes as u64);
            metrics.commits.observe(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX));
        }
    }
}

/// How a store is at present.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreState {
    /// How many reads wait, or are being read.
    pub reads: usize,
    /// How many writes and transactions wait, or are being written.
    pub writes: usize,
    /// The pool of connections, if it has one.
    pub pool: Option<PoolState>,
    /// The replicas, by their position in the configuration.
    pub replicas: Vec<ReplicaState>,
}

/// How a pool of connections is at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolState {
    /// How many connections there may be.
    pub max: usize,
    /// How many are open.
    pub open: usize,
    /// How many of these are in use.
    pub used: usize,
    /// How many callers wait for one.
    pub waiting: usize,
}

/// How a replica is at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplicaState {
    /// Whether it answers.
    pub is_up: bool,
    /// How many bytes of what this process has written it has not replayed yet.
    pub lag: u64,
}
