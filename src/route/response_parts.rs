//! [`ResponseParts`], the head of an answer that dependencies add to.

use std::any::TypeId;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocket::Request;
use rocket::http::{Cookie, Status};
use rocket::route::Outcome as Routed;

use super::answer::set_cookie;
use super::background::finally;
use super::dependency::{Dependency, Refused, described};
use super::function::Call;
use super::reply::{fit_body, is_header};
use crate::function::{DependencyMeta, Plan, TypeProbe};

/// The status, headers and cookies of the answer, for dependencies and functions: FastAPI's `Response` parameter.
///
/// All that take it in one request have the same. What they set is added to an answer that succeeds, and lost with one that
/// fails. A function that has an answer of its own alone sets these in a [`Reply`](crate::Reply).
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{ResponseParts, get};
///
/// /// Counts what a client may ask yet.
/// #[crewed::depends]
/// fn counted(parts: ResponseParts) {
///     parts.header("X-Remaining", "41");
/// }
///
/// #[get("/items", depends(counted))]
/// fn read_items() -> &'static str {
///     "none"
/// }
/// ```
#[derive(Clone, Default)]
pub struct ResponseParts(Arc<Mutex<Parts>>);

#[derive(Default)]
struct Parts {
    status: Option<u16>,
    headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    cookies: Vec<String>,
}

impl ResponseParts {
    /// Sets the status, which goes before the one that the function declares.
    ///
    /// # Panics
    /// The status is not from 200 to 599.
    pub fn status(&self, status: u16) {
        assert!((200..600).contains(&status), "the status of an answer is from 200 to 599");
        self.parts().status = Some(status);
    }

    /// Sets a header, in the place of one of this name that was set before. One with an invalid value, for example with a
    /// line break, is not sent.
    pub fn header(&self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) {
        let (name, value) = (name.into(), value.into());
        let mut parts = self.parts();
        parts.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        parts.headers.push((name, value));
    }

    /// Sets a cookie, as [`Reply::cookie`](crate::Reply::cookie) does.
    pub fn cookie(&self, cookie: impl Into<Cookie<'static>>) {
        self.parts().cookies.push(set_cookie(cookie.into()));
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ResponseParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseParts(..)")
    }
}

/// That of a request.
fn of_request<'r>(request: &'r Request<'_>) -> &'r ResponseParts {
    request.local_cache(ResponseParts::default)
}

impl Dependency for ResponseParts {
    type Value = ResponseParts;
    const META: &'static DependencyMeta =
        &described::<Self>("ResponseParts").cloned(TypeProbe::<Self>::CLONED);

    async fn ask<'r>(call: &mut Call<'r, '_>) -> Result<Option<Self>, Refused<'r>> {
        Ok(Some(of_request(call.request).clone()))
    }
}

/// Adds what dependencies and the function have set to an answer that succeeds.
pub(super) fn add_parts(request: &Request<'_>, plan: &Plan, routed: &mut Routed<'_>) {
    let own = TypeId::of::<ResponseParts>();
    let Routed::Success(response) = routed else { return };
    if !plan.nodes.iter().any(|node| (node.meta.identity)() == own) || finally(request).has_failed() {
        return;
    }
    let parts = of_request(request).parts();
    if let Some(status) = parts.status {
        response.set_status(Status::new(status));
        fit_body(response);
    }
    for (name, value) in parts.headers.iter().filter(|(name, value)| is_header(name, value)) {
        let (name, value) = (name.clone().into_owned(), value.clone().into_owned());
        // A cookie stands beside others.
        match name.eq_ignore_ascii_case("set-cookie") {
            true => response.adjoin_raw_header(name, value),
            false => drop(response.set_raw_header(name, value)),
        }
    }
    for cookie in parts.cookies.iter().filter(|cookie| is_header("Set-Cookie", cookie)) {
        response.adjoin_raw_header("Set-Cookie", cookie.clone());
    }
}
