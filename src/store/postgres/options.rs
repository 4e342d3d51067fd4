//! The options of a PostgreSQL store.

use std::time::Duration;

use super::address::Address;
use crate::store::Durability;

/// The options of a PostgreSQL store.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How many connections reads by key and short pages share; 2 by default.
    pub readers: usize,
    /// How many connections write. Each commits the writes that wait for it as one group; 4 by default.
    pub writers: usize,
    /// The greatest number of connections for everything else: longer lists, transactions, and writes that cannot be
    /// part of a group; 16 by default.
    pub pool: usize,
    /// How long connecting may take, with all hosts that are tried; 3 s by default.
    pub connect_timeout: Duration,
    /// How long to wait until a connection of the pool is free; 5 s by default.
    pub wait_timeout: Duration,
    /// How long one statement may take; 30 s by default.
    pub statement_timeout: Duration,
    /// How many writes may wait before further ones are refused; 10 000 by default.
    pub queue: usize,
    /// How many bytes all waiting writes together may have before further ones are refused; 64 MiB by default. A write
    /// that is larger by itself is accepted if no other waits.
    pub queue_bytes: u64,
    /// How many waiting writes are committed together at most; 128 by default.
    pub group: usize,
    /// Whether each connection prepares statements and keeps session parameters; `true` by default. It must be `false`
    /// behind a pooler that uses another connection for each transaction.
    pub prepared: bool,
    /// The replicas that reads may go to, if they have already replayed the writes of this process that the read must
    /// see; none by default.
    pub replicas: Vec<Address>,
    /// When a write counts as done; by default once the server has it on disk.
    pub durability: Durability,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            readers: 2,
            writers: 4,
            pool: 16,
            connect_timeout: Duration::from_secs(3),
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

impl Options {
    /// How long a statement is waited for on this side. The server cancels one that takes longer than its own limit; this
    /// one is for a statement whose answer does not come though the server is there.
    pub(super) fn client_timeout(&self) -> Duration {
        self.statement_timeout + Duration::from_secs(5)
    }
}
