//! What is remembered of each client, which has a bound however many there are.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use hashlink::LruCache;

use super::client::Client;

/// Into how many parts the clients are divided, so that threads seldom wait for each other.
const PARTS: usize = 16;

/// How many clients are remembered in all, which takes some megabytes. Of more, those that were quiet longest are forgotten.
const MOST: usize = 1 << 16;

/// For each client the time at which it will have all of its rate again.
#[derive(Clone)]
pub(super) struct Memory {
    parts: Arc<[Mutex<LruCache<Client, Nanos, RandomState>>; PARTS]>,
    hasher: RandomState,
}

impl Memory {
    pub(super) fn new() -> Self {
        let part = |_| Mutex::new(LruCache::with_hasher(MOST / PARTS, RandomState::new()));
        Memory { parts: Arc::new(std::array::from_fn(part)), hasher: RandomState::new() }
    }

    /// Takes a request back that was counted, and whose part of the time was `each`.
    pub(super) fn take_back(&self, client: &Client, each: Nanos) {
        if let Some(time) = self.part(client).get_mut(client) {
            *time = time.as_u64().saturating_sub(each.as_u64()).into();
        }
    }

    fn part(&self, client: &Client) -> MutexGuard<'_, LruCache<Client, Nanos, RandomState>> {
        let part = self.hasher.hash_one(client) as usize % PARTS;
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.lock().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }
}

impl StateStore for Memory {
    type Key = Client;

    fn measure_and_replace<T, F, E>(&self, client: &Client, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut part = self.part(client);
        let known = part.get_mut(client);
        let (decided, time) = decide(known.as_deref().copied())?;
        match known {
            Some(known) => *known = time,
            None => drop(part.insert(*client, time)),
        }
        Ok(decided)
    }
}
