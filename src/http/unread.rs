//! Long answers, which are held in memory until their clients have read them.
//!
//! A few bytes ask for a list of 32 MiB, and nobody has to read it. So all of them together have a bound.

use std::sync::LazyLock;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::Error;
use crate::wire::SHORT;

/// How many bytes of long answers may be held, in all. Of what is asked for beyond that, only that is answered.
const MOST_HELD: usize = 256 << 20;

/// What may still come to be held, in pieces of 1 KiB.
static ROOM: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(MOST_HELD >> 10));

/// The body of an answer. Its room is free for others when this is dropped.
#[derive(Debug)]
pub(crate) struct UnreadAnswer {
    bytes: Vec<u8>,
    _room: Option<SemaphorePermit<'static>>,
}

impl UnreadAnswer {
    /// Takes the room for an answer; a short one needs none.
    ///
    /// # Errors
    /// Too much is held already.
    pub(crate) fn new(bytes: Vec<u8>) -> Result<Self, Error> {
        match bytes.len() <= SHORT {
            true => Ok(UnreadAnswer { bytes, _room: None }),
            false => UnreadAnswer::within(&ROOM, bytes),
        }
    }

    fn within(room: &'static Semaphore, bytes: Vec<u8>) -> Result<Self, Error> {
        let pieces = u32::try_from(bytes.len().div_ceil(1 << 10)).unwrap_or(u32::MAX);
        match room.try_acquire_many(pieces) {
            Ok(taken) => Ok(UnreadAnswer { bytes, _room: Some(taken) }),
            Err(_) => Err(Error::Unavailable("too many long answers wait for their clients".to_owned())),
        }
    }
}

impl AsRef<[u8]> for UnreadAnswer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_has_a_bound() {
        let room: &'static Semaphore = Box::leak(Box::new(Semaphore::new(200)));
        let unread = |length: usize| UnreadAnswer::within(room, vec![b'x'; length]);
        let first = unread(100 << 10);
        assert_eq!(first.as_ref().map(|unread| unread.as_ref().len()).ok(), Some(100 << 10));
        let second = unread((99 << 10) + 1);
        assert!(second.is_ok());
        assert!(matches!(unread(1), Err(Error::Unavailable(_))));
        drop(first);
        assert!(unread(100 << 10).is_ok());
        drop(second);
        assert_eq!(room.available_permits(), 200);
    }
}
