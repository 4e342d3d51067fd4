//! What Rocket's types add to the description of a function: the answers of responders and the errors of guards.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use rocket::fs::NamedFile;
use rocket::request::FromRequest;
use rocket::response::{Redirect, Responder};
use rocket::serde::json::Json;
use rocket::{Ignite, Rocket, Sentinel};

use crate::error_format::HttpErrors;
use crate::function::{Answer, TypeProbe};
use crate::input::Described;
use crate::wire::{Object, Wire};

/// Whether a guard aborts the launch of a rocket: `Sentinel::abort`.
pub(super) type Abort = fn(&Rocket<Ignite>) -> bool;

/// Puts `Sentinel::abort` of a type into a constant, since a description refers to a `&'static`.
struct Aborts<S>(std::marker::PhantomData<S>);

impl<S: Sentinel> Aborts<S> {
    const ABORT: Abort = S::abort;
}

impl<T: Wire> TypeProbe<Json<T>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

impl<T: Object + Wire> TypeProbe<T> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

// The macro takes `Option` and `Result` apart by their names. These are for returned types under an alias.
impl<T: Wire> TypeProbe<Option<Json<T>>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

impl<T: Wire, E> TypeProbe<Result<Json<T>, E>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

// What rocket_okapi documents for these types is not what they answer.
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

impl<'r, 'o: 'r, R: Responder<'r, 'o>> TypeProbe<R> {
    pub const IS_RESPONSE: bool = true;
}
