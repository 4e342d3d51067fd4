//! What is asked of a function's types, which a macro does not see.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::marker::PhantomData;

use rocket::fs::NamedFile;
use rocket::request::FromRequest;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Ignite, Rocket, Sentinel};

use super::meta::{Answer, Described};
use crate::error_format::HttpErrors;
use crate::wire::Wire;

/// What a type says of itself, where it has the trait to say it by.
///
/// An inherent constant goes before that of a trait, and stands only where its bounds hold: so a macro,
/// which sees no types, can ask of one whether it has a trait. Who reads descriptions adds constants of their own.
pub struct TypeProbe<T>(PhantomData<T>);

/// Where it has none.
pub trait TypeFallback {
    /// Of a body in JSON.
    const JSON: Answer = Answer::Unknown;
    /// Of a responder.
    const RESPONDER: Answer = Answer::Unknown;
    /// Of an error.
    const ERRORS: Answer = Answer::Unknown;
    /// Of a guard.
    const GUARD: Described = Described::NOTHING;
    /// Of what a guard fails with.
    const GUARD_ERRORS: Answer = Answer::Unknown;
    /// Of what keeps a rocket from launching.
    const ABORT: Option<fn(&Rocket<Ignite>) -> bool> = None;
}

impl<T> TypeFallback for TypeProbe<T> {}

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

impl<T, E: HttpErrors> TypeProbe<Result<T, E>> {
    pub const ERRORS: Answer = Answer::Errors(E::ERRORS);
}

// What rocket_okapi says of these is not what they answer.
impl TypeProbe<Redirect> {
    pub const JSON: Answer = Answer::Empty(303);
}

impl TypeProbe<NamedFile> {
    pub const JSON: Answer = Answer::Media("application/octet-stream");
}

impl TypeProbe<Vec<u8>> {
    pub const JSON: Answer = Answer::Media("application/octet-stream");
}

impl<'r, G: FromRequest<'r>> TypeProbe<G>
where
    G::Error: HttpErrors,
{
    pub const GUARD_ERRORS: Answer = Answer::Errors(<G::Error as HttpErrors>::ERRORS);
}

impl<E: HttpErrors> TypeProbe<E> {
    pub const ERRORS: Answer = Answer::Errors(E::ERRORS);
}

impl<S: Sentinel> TypeProbe<S> {
    pub const ABORT: Option<fn(&Rocket<Ignite>) -> bool> = Some(S::abort);
}
