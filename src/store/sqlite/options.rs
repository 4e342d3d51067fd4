//! What can be set about a SQLite store.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::store::Durability;

/// What can be set about a SQLite store; the defaults suit a server of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Threads for reads of more than one row: the cores, but at least 4, so that two slow lists
    /// leave room for others.
    pub readers: usize,
    /// Connections for reads by key, which happen where the request is: the cores.
    pub point_readers: usize,
    /// How long to wait for another process that holds the file: 5 s.
    pub busy_timeout: Duration,
    /// How long one read of many rows may take: 30 s.
    pub read_timeout: Duration,
    /// How long a transaction may take, while everybody else who writes waits: 5 s.
    pub transaction_timeout: Duration,
    /// How many reads, and how many writes, may wait before further ones are refused: 10 000.
    pub queue: usize,
    /// How many bytes the writes that wait may hold in all before further ones are refused: 64 MiB. One that is
    /// larger by itself is taken where nothing else waits.
    pub queue_bytes: u64,
    /// How many waiting writes are committed together at most: 512.
    pub group: usize,
    /// The page cache of each reading connection, in KiB: 2048.
    pub reader_cache: u32,
    /// The page cache of the writing connection, in KiB: 16384.
    pub writer_cache: u32,
    /// When a write counts as done: once it is on disk.
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
