//! How the type that a function returns is checked to be a response, with error messages that say what to write.
//!
//! The bound `Responder` alone would do the check, but the compiler's message would list some of its nearly fifty
//! implementors and mark the whole type. So each part of the returned type is checked by itself, and the message marks
//! that part. As in `probe`, a macro does not know what a type implements, and method resolution decides.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::marker::PhantomData;

use rocket::response::Responder;
use rocket::route::Outcome as Routed;
use rocket::serde::json::Json;
use serde::Serialize;

use super::function::Call;
use crate::function::FunctionMeta;
use crate::wire::Object;

/// The probe of a part `R` of what a function returns. `L` is the type inside: for Rocket's `Json` the type that is
/// serialized, without the lists, maps and options around it; for a type around another response, such as
/// `(Status, Item)`, that response; for any other `R`, again `R`.
pub struct Part<R, L>(PhantomData<fn() -> (R, L)>);

impl<R, L> Part<R, L> {
    /// A probe of `R`.
    #[allow(clippy::new_without_default, reason = "only macros call this")]
    #[must_use]
    pub const fn new() -> Self {
        Part(PhantomData)
    }
}

impl<'r, 'o: 'r, R: Responder<'r, 'o>, L> Part<R, L> {
    pub fn answers(self) {}

    pub fn answers_alone(self) {}

    pub fn answers_with(self) {}

    pub fn fails(self) {}
}

/// A trait that no type implements, for its error message: what is in a `Json` cannot be serialized.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON",
    label = "declare it with `#[model]`",
    note = "a struct or an enum of your own has `#[model]` above it, which brings all that `Json<..>` asks for",
    note = "a type of another crate has to implement serde's `Serialize`, for which the crate may have a feature; \
            or copy what it holds into a model"
)]
pub trait WrittenAsJson {}

/// The error for a `Json` of a type that cannot be serialized.
pub trait JsonPart<L>: Sized {
    fn answers(self)
    where
        L: WrittenAsJson,
    {
    }

    fn answers_alone(self)
    where
        L: WrittenAsJson,
    {
    }
}

impl<T, L> JsonPart<L> for Part<Json<T>, L> {}

/// A trait that no type implements, for its error message: `Json` is missing around a type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer by itself",
    label = "write `Json<{Self}>`",
    note = "`Json` is Rocket's: `use rocket::serde::json::Json;`, and the function returns `Json(value)`"
)]
pub trait AnswerByItself {}

/// The error for a part that is serializable, but has no `Json` around it.
pub trait PlainPart<R, L>: Sized {
    fn answers(self)
    where
        R: AnswerByItself,
    {
    }

    fn answers_alone(self)
    where
        R: AnswerByItself,
    {
    }
}

impl<R: Serialize, L> PlainPart<R, L> for &Part<R, L> {}

/// A model that is the whole of what a function returns needs no `Json` around it.
pub trait ModelPart: Sized {
    fn answers_alone(self) {}
}

impl<R: Object, L> ModelPart for Part<R, L> {}

/// The error for a part around another one, `L`, that is serializable but has no `Json` around it: `(Status, Item)`.
pub trait AroundPart<L>: Sized {
    fn answers_with(self)
    where
        L: AnswerByItself,
    {
    }
}

impl<R, L: Serialize> AroundPart<L> for &Part<R, L> {}

/// A trait that no type implements, for its error message: a part is neither a response nor serializable.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer",
    label = "a function cannot return this",
    note = "a struct of your own is declared with `#[model]`: `-> Item`, or several as JSON, `-> Json<Vec<Item>>`",
    note = "a status with an answer is Rocket's `Status`, no number, before it: `(Status, Json<Item>)`",
    note = "whatever else is returned implements Rocket's `Responder`"
)]
pub trait AnswerAtAll {}

/// A trait that no type implements, for its error message: the error type of a function is no response.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error type of a function, since it is no response",
    label = "fail with an `HttpError`, or with an enum of your own under `#[derive(HttpError)]`",
    note = "an error of another crate becomes one of these by `map_err`, or by `impl From<{Self}>` for the enum"
)]
pub trait FailureAtAll {}

/// The error for a part that is no response.
pub trait NoPart<R>: Sized {
    fn answers(self)
    where
        R: AnswerAtAll,
    {
    }

    fn answers_alone(self)
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

impl<R, L> NoPart<R> for &mut Part<R, L> {}

/// What a function returned. `P` is the list of the parts of its type, as the macro finds them in its tokens.
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

/// A model, which is answered as JSON.
pub trait ModelValue<'r>: Sized {
    fn answer(self, call: &Call<'r, '_>, meta: &FunctionMeta) -> Routed<'r>;
}

impl<'r, R: Object + Serialize, P> ModelValue<'r> for Value<R, P> {
    fn answer(self, call: &Call<'r, '_>, meta: &FunctionMeta) -> Routed<'r> {
        call.answer(meta, Json(self.0))
    }
}

/// A list of parts, as nested pairs, of which each is a response: `(Json<T>, (HttpError, ()))`.
pub trait Answers<'r> {}

impl Answers<'_> for () {}

impl<'r, 'o: 'r, R: Responder<'r, 'o>, P: Answers<'r>> Answers<'r> for (R, P) {}

/// The error for a value that is no response although each part of its type is one.
pub trait NoValue<'r, R, P: Answers<'r>>: Sized {
    fn answer(self, call: &Call<'r, '_>, _: &FunctionMeta) -> Routed<'r>
    where
        R: AnswerAtAll,
    {
        call.lost()
    }
}

impl<'r, R, P: Answers<'r>> NoValue<'r, R, P> for Value<R, P> {}

/// A value with a part that is no response. It compiles, so that the only error is the one at that part.
pub trait ReturnedFallback<R, P>: Sized {
    fn answer<'r>(self, call: &Call<'r, '_>, _: &FunctionMeta) -> Routed<'r> {
        call.lost()
    }
}

impl<R, P> ReturnedFallback<R, P> for &Value<R, P> {}
