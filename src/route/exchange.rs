//! A request and its answer, from the first look at the request to the last at the answer.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rocket::Request;
use rocket::http::Method;

use super::load::Load;
use crate::error::Error;
use crate::http::Response;

/// What crewed knows of a request beside what Rocket does. It is kept in the request.
pub(crate) struct Exchange {
    /// When the request was first seen.
    pub(crate) started: Instant,
    /// Whether there is a refusal, so that those who have none need no lock.
    is_refused: AtomicBool,
    /// The same of operations of APIs alone: what else there is at its path answers.
    is_no_operation: AtomicBool,
    refusal: Mutex<Option<Refusal>>,
    /// What the answer says to pages of other origins: a `Sharing`.
    sharing: AtomicU8,
    /// Whether crewed answers, and not a route or a catcher of the user's.
    is_own: AtomicBool,
    /// The operation that answers, as its number in the rocket.
    operation: AtomicU32,
    /// Whether it counts as one of the requests that are being answered.
    has_entered: AtomicBool,
    /// Whether the body of the answer is not sent. Rocket makes a GET of a HEAD that no route answers.
    pub(crate) is_head: bool,
    /// What the answer is one of, where all that are of it are the same; 0 where it is of nothing.
    unchanging: AtomicUsize,
}

/// What a request is answered instead of what it asks for.
pub(super) enum Refusal {
    /// An answer.
    Answer(Response),
    /// An error, which a handler of the program's may answer.
    Error(Response),
}

/// What an answer says to pages of other origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// Nothing: nobody has asked, or all is said.
    Unasked,
    /// That it depends on the origin.
    Varies,
    /// That the page which asked may read it.
    Shared,
}

/// The number of no operation.
const NONE: u32 = u32::MAX;

/// What is known of a request.
pub(crate) fn exchange<'r>(request: &'r Request<'_>) -> &'r Exchange {
    request.local_cache(|| Exchange {
        started: Instant::now(),
        is_refused: AtomicBool::new(false),
        is_no_operation: AtomicBool::new(false),
        refusal: Mutex::new(None),
        sharing: AtomicU8::new(Sharing::Unasked as u8),
        is_own: AtomicBool::new(false),
        operation: AtomicU32::new(NONE),
        has_entered: AtomicBool::new(false),
        is_head: request.method() == Method::Head,
        unchanging: AtomicUsize::new(0),
    })
}

impl Exchange {
    /// Answers the request by this, and by nothing else.
    pub(crate) fn refuse(&self, response: Response) {
        self.set(Refusal::Answer(response));
    }

    /// Answers the request by this error, unless the program has a handler that answers it.
    pub(crate) fn refuse_with_error(&self, response: Response) {
        self.set(Refusal::Error(response));
    }

    /// Whether it is answered already.
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused.load(Ordering::Relaxed)
    }

    fn set(&self, refusal: Refusal) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal);
        self.is_refused.store(true, Ordering::Relaxed);
    }

    /// Answers the request by this, if it is for an operation of an API. The user's own routes answer it as ever.
    pub(crate) fn refuse_operation(&self, response: Response) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(Refusal::Answer(response));
        self.is_no_operation.store(true, Ordering::Relaxed);
    }

    /// What the request is to be answered instead of what it asks for.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        if !self.is_refused() {
            return None;
        }
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The same, where an operation would answer it.
    pub(super) fn refusal_of_operation(&self) -> Option<Refusal> {
        if !self.is_no_operation.load(Ordering::Relaxed) {
            return None;
        }
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Tells what the answer says to pages of other origins.
    pub(crate) fn share(&self, sharing: Sharing) {
        self.sharing.store(sharing as u8, Ordering::Relaxed);
    }

    /// What the answer says to pages of other origins.
    pub(crate) fn sharing(&self) -> Sharing {
        let all = [Sharing::Unasked, Sharing::Varies, Sharing::Shared];
        all[usize::from(self.sharing.load(Ordering::Relaxed))]
    }

    /// Tells that crewed answers, and not a route or a catcher of the user's.
    pub(crate) fn mark_own(&self) {
        self.is_own.store(true, Ordering::Relaxed);
    }

    /// Whether crewed answers.
    pub(crate) fn is_own(&self) -> bool {
        self.is_own.load(Ordering::Relaxed)
    }

    /// Counts it as one of the requests that are being answered, until it leaves.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if these are too many.
    pub(super) fn enter(&self, load: &Load) -> Result<(), Error> {
        if self.has_entered.load(Ordering::Relaxed) {
            return Ok(());
        }
        if !load.enter() {
            return Err(Error::Unavailable("too many requests are being answered".to_owned()));
        }
        self.has_entered.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Does not count it any more.
    pub(super) fn leave(&self, load: &Load) {
        if self.has_entered.swap(false, Ordering::Relaxed) {
            load.leave();
        }
    }

    /// Tells the operation that answers.
    pub(super) fn answered_by(&self, operation: u32) {
        self.operation.store(operation, Ordering::Relaxed);
    }

    /// Tells that this is always answered with the same body, for as long as the rocket lives; it is told from others by
    /// its address.
    pub(crate) fn answered_by_unchanging<T: ?Sized>(&self, it: &T) {
        self.unchanging.store(std::ptr::from_ref(it).cast::<u8>() as usize, Ordering::Relaxed);
    }

    /// What the answer is one of, if its body is always the same.
    pub(crate) fn unchanging(&self) -> Option<usize> {
        Some(self.unchanging.load(Ordering::Relaxed)).filter(|address| *address != 0)
    }

    /// The number of the operation that answers, if it is one of an API.
    pub(crate) fn operation(&self) -> Option<u32> {
        Some(self.operation.load(Ordering::Relaxed)).filter(|operation| *operation != NONE)
    }
}
