//! What Rocket's own types say of themselves, as part of the description of a function.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use rocket::fs::NamedFile;
use rocket::request::FromRequest;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Ignite, Rocket, Sentinel};

use crate::error_format::HttpErrors;
use crate::function::{Answer, Described, TypeProbe};
use crate::wire::Wire;

/// Whether a guard keeps a rocket from launching.
pub(super) type Abort = fn(&Rocket<Ignite>) -> bool;

/// Keeps what a sentinel is asked, so that a description can hold it.
struct Aborts<S>(std::marker::PhantomData<S>);

impl<S: Sentinel> Aborts<S> {
    const ABORT: Abort = S::abort;
}

impl<T: Wire> TypeProbe<Json<T>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

// Under another name a macro sees no `Option` and no `Result`.
impl<T: Wire> TypeProbe<Option<Json<T>>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

impl<T: Wire, E> TypeProbe<Result<Json<T>, E>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

// What rocket_okapi says of these is not what they answer.
impl TypeProbe<Redirect> {
    pub const JSON: Answer = Answer::Empty(303);
}

impl TypeProbe<NamedFile> {
    pub const JSON: Answer = Answer::Media("application/octet-stream");
}

impl<'r, G: FromRequest<'r>> TypeProbe<G>
where
    G::Error: HttpErrors,
{
    pub const GUARD_ERRORS: Answer = Answer::Errors(<G::Error as HttpErrors>::ERRORS);
}

impl<S: Sentinel> TypeProbe<S> {
    pub const ABORT: Described = Described::new(&Aborts::<S>::ABORT);
}
