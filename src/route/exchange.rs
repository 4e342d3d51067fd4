//! A request and its answer, from the first look at the request to the last at the answer.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use rocket::Request;
use rocket::http::Method;
use rocket::request::{FromRequest, Outcome};

use super::headers::first;
use super::load::Load;
use super::notes::Notes;
use super::request_id::{REQUEST_ID, RequestId};
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
    /// The method that was sent. Rocket may take the request for one of another method later: it makes a GET of a HEAD
    /// that no route answers.
    method: Method,
    /// Whether it was sent as a POST, whatever Rocket has made of that before it was first seen.
    is_post: AtomicBool,
    /// Whether crewed's fairing has seen it.
    was_seen: AtomicBool,
    /// The operation that answers, as its number in the rocket.
    operation: AtomicU32,
    /// Whether it counts as one of the requests that are being answered.
    has_entered: AtomicBool,
    /// What the answer is one of, where all that are of it are the same; 0 where it is of nothing.
    unchanging: AtomicUsize,
    id: OnceLock<RequestId>,
    /// What is noted of it for those who tell of it.
    notes: OnceLock<Notes>,
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
    request.local_cache(|| Exchange::new(request))
}

/// What is known of a request when crewed's fairing sees it: its id, and what else is to be noted of it. A fairing of the
/// user's, which comes before, may have asked for some of that.
pub(crate) fn begin<'r>(request: &'r Request<'_>, id: Option<RequestId>, notes: Notes) -> &'r Exchange {
    let mut told = Some((id, notes));
    let exchange = request.local_cache(|| {
        let (id, notes) = told.take().unwrap_or_default();
        let id = id.map(OnceLock::from).unwrap_or_default();
        Exchange { id, notes: OnceLock::from(notes), ..Exchange::new(request) }
    });
    if let Some((id, notes)) = told {
        let _ = exchange.notes.set(notes);
        if let Some(id) = id {
            let _ = exchange.id.set(id);
        }
    }
    exchange.was_seen.store(true, Ordering::Relaxed);
    exchange
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RequestId {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(exchange(request).request_id(request).clone())
    }
}

impl Exchange {
    fn new(request: &Request<'_>) -> Self {
        Exchange {
            started: Instant::now(),
            is_refused: AtomicBool::new(false),
            is_no_operation: AtomicBool::new(false),
            refusal: Mutex::new(None),
            sharing: AtomicU8::new(Sharing::Unasked as u8),
            is_own: AtomicBool::new(false),
            method: request.method(),
            is_post: AtomicBool::new(false),
            was_seen: AtomicBool::new(false),
            operation: AtomicU32::new(NONE),
            has_entered: AtomicBool::new(false),
            unchanging: AtomicUsize::new(0),
            id: OnceLock::new(),
            notes: OnceLock::new(),
        }
    }

    /// Answers the request by this, and by nothing else.
    pub(crate) fn refuse(&self, response: Response) {
        self.set(Refusal::Answer(response));
    }

    /// Answers the request by this error, unless the program has a handler that answers it.
    pub(crate) fn refuse_with_error(&self, response: Response) {
        self.set(Refusal::Error(response));
    }

    /// Whether it was refused before it was routed.
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

    /// Whether a fairing has seen it. Rocket answers those that it cannot read itself, before that.
    pub(super) fn was_seen(&self) -> bool {
        self.was_seen.load(Ordering::Relaxed)
    }

    /// What is noted of it for those who tell of it.
    pub(crate) fn notes(&self) -> &Notes {
        self.notes.get_or_init(Notes::default)
    }

    /// The method that was sent.
    pub(crate) fn method(&self) -> Method {
        if self.is_post.load(Ordering::Relaxed) { Method::Post } else { self.method }
    }

    /// Whether the body of the answer is not sent.
    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::Head
    }

    /// Tells that it was sent as a POST.
    pub(super) fn sent_as_post(&self) {
        self.is_post.store(true, Ordering::Relaxed);
    }

    /// Tells that the operation leaves the request to another route.
    pub(super) fn forwarded(&self) {
        self.operation.store(NONE, Ordering::Relaxed);
    }

    /// The id of the request: that which was sent, or one that is made.
    pub(crate) fn request_id(&self, request: &Request<'_>) -> &RequestId {
        self.id.get_or_init(|| RequestId::sent_or_made(first(request.headers(), REQUEST_ID)))
    }

    /// The id of the request, if somebody has asked for it.
    pub(crate) fn known_id(&self) -> Option<&RequestId> {
        self.id.get()
    }

    /// The number of the operation that answers, if it is one of an API.
    pub(crate) fn operation(&self) -> Option<u32> {
        Some(self.operation.load(Ordering::Relaxed)).filter(|operation| *operation != NONE)
    }
}
