//! Bounds the memory of long answers, which stay in memory until their clients have read them.
//!
//! A request of a few bytes can cause a list of 32 MiB, which its client need not read. So the sum of all unread
//! answers is limited.

use std::sync::LazyLock;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::Error;
use crate::wire::SHORT;

/// How many bytes of long answers may be unread in all. A request whose answer would exceed that is answered 503.
const MAX_UNREAD: usize = 256 << 20;

/// The remaining space for unread answers, in units of 1 KiB.
static SPACE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(MAX_UNREAD >> 10));

/// The body of an answer, whose space is freed when this is dropped.
#[derive(Debug)]
pub(crate) struct UnreadAnswer {
    bytes: Vec<u8>,
    _permit: Option<SemaphorePermit<'static>>,
}

impl UnreadAnswer {
    /// Reserves the space for an answer. A short one needs none.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if too much is unread already.
    pub(crate) fn new(bytes: Vec<u8>) -> Result<Self, Error> {
        match bytes.len() <= SHORT {
            true => Ok(UnreadAnswer { bytes, _permit: None }),
            false => UnreadAnswer::within(&SPACE, bytes),
        }
    }

    fn within(space: &'static Semaphore, bytes: Vec<u8>) -> Result<Self, Error> {
        let kibibytes = u32::try_from(bytes.len().div_ceil(1 << 10)).unwrap_or(u32::MAX);
        match space.try_acquire_many(kibibytes) {
            Ok(permit) => Ok(UnreadAnswer { bytes, _permit: Some(permit) }),
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
        let space: &'static Semaphore = Box::leak(Box::new(Semaphore::new(200)));
        let unread = |length: usize| UnreadAnswer::within(space, vec![b'x'; length]);
        let first = unread(100 << 10);
        assert_eq!(first.as_ref().map(|unread| unread.as_ref().len()).ok(), Some(100 << 10));
        let second = unread((99 << 10) + 1);
        assert!(second.is_ok());
        assert!(matches!(unread(1), Err(Error::Unavailable(_))));
        drop(first);
        assert!(unread(100 << 10).is_ok());
        drop(second);
        assert_eq!(space.available_permits(), 200);
    }
}
