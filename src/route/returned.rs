//! What a function's code asks of the type that it returns, which a macro does not see.
//!
//! Rocket's `Responder` has nearly fifty implementors, and the compiler names some of them where a type is
//! none. Here each part of a returned type is asked for by itself, so that the message stands at that part
//! and says what to write.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::marker::PhantomData;

use rocket::response::Responder;
use rocket::route::Outcome as Routed;
use rocket::serde::json::Json;
use serde::Serialize;

use super::function::Call;
use crate::function::FunctionMeta;

/// A part `R` of what a function returns. Where it is Rocket's `Json`, `L` is the type that is written, behind
/// lists, maps and options; where it is something around another answer, that one; else it is `R` again.
///
/// An inherent method goes before that of a trait, and stands only where its bounds hold; and one that takes
/// the value goes before one that takes a reference.
pub struct Part<R, L>(PhantomData<fn() -> (R, L)>);

impl<R, L> Part<R, L> {
    /// Asks about it.
    #[allow(clippy::new_without_default, reason = "only macros ask")]
    #[must_use]
    pub const fn new() -> Self {
        Part(PhantomData)
    }
}

impl<'r, 'o: 'r, R: Responder<'r, 'o>, L> Part<R, L> {
    pub fn answers(self) {}

    pub fn answers_with(self) {}

    pub fn fails(self) {}
}

/// What no type implements: the message where `Json` stands around what cannot be written as JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON",
    label = "declare it with `#[model]`",
    note = "a struct or an enum of your own has `#[model]` above it, which brings all that `Json<..>` asks for",
    note = "a type of another crate has to implement serde's `Serialize`, for which the crate may have a feature; \
            or copy what it holds into a model"
)]
pub trait WrittenAsJson {}

/// A part that is Rocket's `Json` of what cannot be written.
pub trait JsonPart<L>: Sized {
    fn answers(self)
    where
        L: WrittenAsJson,
    {
    }
}

impl<T, L> JsonPart<L> for Part<Json<T>, L> {}

/// What no type implements: the message where `Json` is missing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer by itself",
    label = "write `Json<{Self}>`",
    note = "`Json` is Rocket's: `use rocket::serde::json::Json;`, and the function returns `Json(value)`"
)]
pub trait AnswerByItself {}

/// A part that serde can write, but that does not say as what.
pub trait PlainPart<R, L>: Sized {
    fn answers(self)
    where
        R: AnswerByItself,
    {
    }
}

impl<R: Serialize, L> PlainPart<R, L> for Part<R, L> {}

/// A part that holds another, `L`, which serde can write, but that does not say as what: `(Status, Item)`.
pub trait AroundPart<L>: Sized {
    fn answers_with(self)
    where
        L: AnswerByItself,
    {
    }
}

impl<R, L: Serialize> AroundPart<L> for Part<R, L> {}

/// What no type implements: the message where a part can be no answer at all.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer",
    label = "a function cannot return this",
    note = "a struct of your own is declared with `#[model]`, and returned as JSON: `Json<Item>`",
    note = "a status with an answer is Rocket's `Status` before it: `(Status, Json<Item>)`",
    note = "whatever else is returned implements Rocket's `Responder`"
)]
pub trait AnswerAtAll {}

/// What no type implements: the message where a function fails with what is no answer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer, which is what a function fails with",
    label = "fail with an `HttpError`, or with an enum of your own under `#[derive(HttpError)]`",
    note = "an error of another crate becomes one of these by `map_err`, or by `impl From<{Self}>` for the enum"
)]
pub trait FailureAtAll {}

/// A part that is no answer.
pub trait NoPart<R>: Sized {
    fn answers(self)
    where
        R: AnswerAtAll,
    {
    }

    fn answers_with(self)
    where
        R: AnswerAtAll,
    {
    }

    fn fails(self)
    where
        R: FailureAtAll,
    {
    }
}

impl<R, L> NoPart<R> for &Part<R, L> {}

/// What a function returned, and the parts of its type as the macro sees them.
pub struct Value<R, P>(R, PhantomData<fn() -> P>);

impl<R, P> Value<R, P> {
    pub const fn new(value: R) -> Self {
        Value(value, PhantomData)
    }
}

impl<'r, 'o: 'r, R: Responder<'r, 'o>, P> Value<R, P> {
    pub fn answer(self, call: &Call<'r, '_>, meta: &FunctionMeta) -> Routed<'r> {
        call.answer(meta, self.0)
    }
}

/// The parts of a type, in pairs: `(Json<T>, (HttpError, ()))`.
pub trait Answers<'r> {}

impl Answers<'_> for () {}

impl<'r, 'o: 'r, R: Responder<'r, 'o>, P: Answers<'r>> Answers<'r> for (R, P) {}

/// A value that is no answer, though each part of its type is one.
pub trait NoValue<'r, R, P: Answers<'r>>: Sized {
    fn answer(self, call: &Call<'r, '_>, _: &FunctionMeta) -> Routed<'r>
    where
        R: AnswerAtAll,
    {
        call.lost()
    }
}

impl<'r, R, P: Answers<'r>> NoValue<'r, R, P> for Value<R, P> {}

/// A value with a part that is no answer, which is told at that part.
pub trait ReturnedFallback<R, P>: Sized {
    fn answer<'r>(self, call: &Call<'r, '_>, _: &FunctionMeta) -> Routed<'r> {
        call.lost()
    }
}

impl<R, P> ReturnedFallback<R, P> for &Value<R, P> {}
