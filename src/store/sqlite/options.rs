//! The options of a SQLite store.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::store::Durability;

/// The options of a SQLite store. The defaults suit a machine that runs little else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The number of threads for reads of more than one row, at least 2: half of them take no long ones. The default is the
    /// number of cores, but at least 4, so that one slow list does not hold up the other long ones.
    pub readers: usize,
    /// The number of connections for reads by key, which run on the thread of the request. The default is the number of
    /// cores.
    pub point_readers: usize,
    /// How long to wait for another process that has locked the file. The default is 5 s.
    pub busy_timeout: Duration,
    /// How long a read of many rows may take. The default is 30 s.
    pub read_timeout: Duration,
    /// How long a transaction may take, during which all other writes wait. The default is 5 s.
    pub transaction_timeout: Duration,
    /// How many reads, and how many writes, may be queued before further ones are refused. The default is 10 000.
    pub queue: usize,
    /// How many bytes the queued writes may have in all before further ones are refused. A single write that is larger
    /// is accepted if nothing else is queued. The default is 64 MiB.
    pub queue_bytes: u64,
    /// How many queued writes are committed together at most. The default is 512.
    pub group: usize,
    /// The page cache of each reading connection in KiB. The default is 2048.
    pub reader_cache: u32,
    /// The page cache of the writing connection in KiB. The default is 16384.
    pub writer_cache: u32,
    /// When a write is acknowledged. The default is once it is on disk.
    pub durability: Durability,
}

impl Default for Options {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Options {
            readers: cores.max(4),
            point_readers: cores,
            busy_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            transaction_timeout: Duration::from_secs(5),
            queue: 10_000,
            queue_bytes: 64 << 20,
            group: 512,
            reader_cache: 2048,
            writer_cache: 16_384,
            durability: Durability::Full,
        }
    }
}
