//! What can be set about a PostgreSQL store.

use std::time::Duration;

use super::address::Address;
use crate::store::Durability;

/// What can be set about a PostgreSQL store.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Connections that reads by key and short pages share: 2.
    pub readers: usize,
    /// Connections that each commit whatever waits for them as one group: 4.
    pub writers: usize,
    /// Connections for everything else at most: longer lists, transactions, writes that cannot go with
    /// others: 16.
    pub pool: usize,
    /// How long connecting may take: 5 s.
    pub connect_timeout: Duration,
    /// How long to wait for a connection of the pool: 5 s.
    pub wait_timeout: Duration,
    /// How long one statement may take: 30 s.
    pub statement_timeout: Duration,
    /// How many writes may wait before further ones are refused: 10 000.
    pub queue: usize,
    /// How many bytes the writes that wait may hold in all before further ones are refused: 64 MiB. One that is
    /// larger by itself is taken where nothing else waits.
    pub queue_bytes: u64,
    /// How many waiting writes are committed together at most: 128.
    pub group: usize,
    /// Whether statements are prepared once for each connection. A pooler that hands out another
    /// connection for each transaction cannot have it: `false`.
    pub prepared: bool,
    /// Servers that reads by key and pages may go to instead, as far as they have what was written here.
    pub replicas: Vec<Address>,
    /// When a write counts as done: once the server has it on disk.
    pub durability: Durability,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            readers: 2,
            writers: 4,
            pool: 16,
            connect_timeout: Duration::from_secs(5),
            wait_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            queue: 10_000,
            queue_bytes: 64 << 20,
            group: 128,
            prepared: true,
            replicas: Vec::new(),
            durability: Durability::Full,
        }
    }
}
