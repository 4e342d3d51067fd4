//! A request and its answer, from the first look at the request to the last at the answer.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use rocket::Request;
use rocket::http::Method;
use rocket::request::{FromRequest, Outcome};

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
    refusal: Mutex<Option<Response>>,
    /// The method that was sent. Rocket may take the request for one of another method later.
    method: Method,
    /// Whether it was sent as a POST, whatever Rocket has made of that before it was first seen.
    is_post: AtomicBool,
    /// Whether a fairing has seen it.
    was_seen: bool,
    /// The operation that answers, as its number in the rocket.
    operation: AtomicU32,
    /// Whether it counts as one of the requests that are being answered.
    has_entered: AtomicBool,
    id: OnceLock<RequestId>,
    /// What is noted of it for those who tell of it.
    pub(crate) notes: Notes,
}

/// The number of no operation.
const NONE: u32 = u32::MAX;

/// What is known of a request.
pub(crate) fn exchange<'r>(request: &'r Request<'_>) -> &'r Exchange {
    request.local_cache(|| Exchange::new(request, false, None, Notes::default()))
}

/// What is known of a request that is first seen, which is its id and what else is to be noted of it.
pub(crate) fn begin<'r>(request: &'r Request<'_>, id: Option<RequestId>, notes: Notes) -> &'r Exchange {
    request.local_cache(|| Exchange::new(request, true, id, notes))
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RequestId {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(exchange(request).request_id(request).clone())
    }
}

impl Exchange {
    fn new(request: &Request<'_>, was_seen: bool, id: Option<RequestId>, notes: Notes) -> Self {
        Exchange {
            started: Instant::now(),
            is_refused: AtomicBool::new(false),
            refusal: Mutex::new(None),
            method: request.method(),
            is_post: AtomicBool::new(false),
            was_seen,
            operation: AtomicU32::new(NONE),
            has_entered: AtomicBool::new(false),
            id: id.map_or_else(OnceLock::new, OnceLock::from),
            notes,
        }
    }

    /// Answers the request by this, and by nothing else.
    pub(crate) fn refuse(&self, response: Response) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
        self.is_refused.store(true, Ordering::Relaxed);
    }

    /// What the request is to be answered instead of what it asks for.
    pub(super) fn refusal(&self) -> Option<Response> {
        if !self.is_refused.load(Ordering::Relaxed) {
            return None;
        }
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
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

    /// Whether a fairing has seen it. Rocket answers those that it cannot read itself, before that.
    pub(super) fn was_seen(&self) -> bool {
        self.was_seen
    }

    /// The method that was sent.
    pub(crate) fn method(&self) -> Option<Method> {
        Some(if self.is_post.load(Ordering::Relaxed) { Method::Post } else { self.method })
    }

    /// Tells that it was sent as a POST.
    pub(super) fn sent_as_post(&self) {
        self.is_post.store(true, Ordering::Relaxed);
    }

    /// Tells that the operation leaves the request to another route.
    pub(super) fn forwarded(&self) {
        self.operation.store(NONE, Ordering::Relaxed);
    }

    /// Whether it was refused before it was routed.
    pub(crate) fn was_refused(&self) -> bool {
        self.is_refused.load(Ordering::Relaxed)
    }

    /// The id of the request: that which was sent, or one that is made.
    pub(crate) fn request_id(&self, request: &Request<'_>) -> &RequestId {
        self.id.get_or_init(|| {
            let sent = request.headers().get_one(REQUEST_ID).and_then(RequestId::sent);
            sent.unwrap_or_else(RequestId::make)
        })
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
