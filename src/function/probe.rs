//! Finds out which traits the types in a function's signature implement.
//!
//! A macro sees only the tokens of a type, and stable Rust has no specialisation. But an inherent constant takes
//! precedence over a constant of a trait, and exists only if its bounds hold. So `TypeProbe<T>::JSON` in the code of a
//! macro is the inherent constant if `T` has the trait, and else the fallback's.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::answer::{Answer, AnsweredBy};
use crate::error_format::{HttpError, HttpErrors};
use crate::input::Described;

/// Has an inherent constant for each trait that `T` implements. Other modules (`openapi`, `route`) add constants for
/// their traits.
pub struct TypeProbe<T>(PhantomData<T>);

/// The constants for a type that does not implement the trait.
pub trait TypeFallback {
    /// The answer of a type that is returned as JSON.
    const JSON: Answer = Answer::Unknown;
    /// The answer of a responder.
    const RESPONDER: Answer = Answer::Unknown;
    /// The answers of an error.
    const ERRORS: Answer = Answer::Unknown;
    /// The description of a request guard.
    const GUARD: Described = Described::NOTHING;
    /// The answers of a request guard's error.
    const GUARD_ERRORS: Answer = Answer::Unknown;
    /// Whether a request guard prevents the launch.
    const ABORT: Described = Described::NOTHING;
    /// How a value of a dependency is cloned.
    const CLONED: Described = Described::NOTHING;
    /// Whether an error is a response.
    const IS_RESPONSE: bool = false;
    /// Whether an error becomes an `HttpError`.
    const IS_HTTP_ERROR: bool = false;
    /// Is evaluated for the value of a dependency.
    const IS_VALUE: () = ();

    /// Tells a value from others. Returns whether that was possible.
    fn told<T>(_: &T, _: &mut dyn Hasher) -> bool {
        false
    }
}

impl<T> TypeFallback for TypeProbe<T> {}

// A `Result` behind a type alias, which a macro cannot recognize by its tokens.
impl<T, E: HttpErrors> TypeProbe<Result<T, E>> {
    pub const ERRORS: Answer = Answer::Errors(E::ERRORS);
}

// As the value of a dependency it would be given to whoever depends on it, and an error would not end the request.
impl<T, E> TypeProbe<Result<T, E>> {
    pub const IS_VALUE: () = panic!(
        "this dependency returns a `Result` by another name, which its attribute cannot see: write `Result<T, E>`, with \
         both types"
    );
}

impl<T: Hash> TypeProbe<T> {
    pub fn told(value: &T, mut hasher: &mut dyn Hasher) -> bool {
        value.hash(&mut hasher);
        true
    }
}

impl TypeProbe<Vec<u8>> {
    pub const JSON: Answer = Answer::Media("application/octet-stream");
}

impl<E: HttpErrors> TypeProbe<E> {
    pub const ERRORS: Answer = Answer::Errors(E::ERRORS);
}

impl<E: Into<HttpError>> TypeProbe<E> {
    pub const IS_HTTP_ERROR: bool = true;
}

/// The answer to an error of the type `E`.
#[must_use]
pub const fn error<E>(is_response: bool, is_http_error: bool) -> Answer {
    let answered_by = match (is_http_error, is_response) {
        (true, _) => AnsweredBy::HttpError,
        (false, true) => AnsweredBy::Itself,
        (false, false) => AnsweredBy::Handler,
    };
    Answer::Error(std::any::type_name::<E>, answered_by)
}
