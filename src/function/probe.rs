//! What is asked of a function's types, which a macro does not see.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::marker::PhantomData;

use super::meta::{Answer, Described};
use crate::error_format::HttpErrors;

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
    const ABORT: Described = Described::NOTHING;
}

impl<T> TypeFallback for TypeProbe<T> {}

// Under another name a macro sees no `Result`.
impl<T, E: HttpErrors> TypeProbe<Result<T, E>> {
    pub const ERRORS: Answer = Answer::Errors(E::ERRORS);
}

impl TypeProbe<Vec<u8>> {
    pub const JSON: Answer = Answer::Media("application/octet-stream");
}

impl<E: HttpErrors> TypeProbe<E> {
    pub const ERRORS: Answer = Answer::Errors(E::ERRORS);
}
