//! The description of answers, and of the guards whose errors are some.

use crate::error_format::ErrorList;
use crate::input::Described;
use crate::wire::Shape;

/// An answer of a function, for the document.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// JSON of this shape.
    Json(fn() -> Shape),
    /// JSON of this shape, in a `Reply`, which may set the status.
    Reply(fn() -> Shape),
    /// A stream of this media type, whose items have this shape.
    Items(&'static str, fn() -> Shape),
    /// No body, and this status.
    Empty(u16),
    /// A body of this media type.
    Media(&'static str),
    /// An answer that a responder describes itself.
    Described(Described),
    /// Separates alternatives: either the answers before this succeed, or those after it.
    Or,
    /// 404, if an `Option` is `None`.
    NotFound,
    /// The variants of an error enum.
    Errors(&'static [ErrorList]),
    /// What `response(..)` declares: a status, a description, and the shape of a body.
    Declared(u16, &'static str, Option<fn() -> Shape>),
    /// An answer of a responder that describes itself, and that is the error of a function.
    Failing(Described),
    /// An error of the type with this name, and what answers it.
    Error(fn() -> &'static str, AnsweredBy),
    /// An answer without a description.
    Unknown,
}

impl Answer {
    /// Whether the body of what a function answers is there once it has returned: JSON, or a type of Rust's. What a responder
    /// of the user's own answers may be anything, and a `Reply` is crewed's own answer from the beginning.
    pub(crate) fn are_in_memory(answers: &[Answer]) -> bool {
        let is_there = |answer: &Answer| matches!(answer, Answer::Json(_) | Answer::Media(_));
        let may_be_another =
            |answer: &Answer| matches!(answer, Answer::Or | Answer::Items(..) | Answer::Reply(_));
        answers.iter().any(is_there) && !answers.iter().any(may_be_another)
    }
}

/// What answers an error where there is no handler for its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnsweredBy {
    /// It becomes an `HttpError`.
    HttpError,
    /// It is a response. A handler is not asked.
    Itself,
    /// Nothing.
    Handler,
}

impl Answer {
    /// The same answer as the error of a function.
    #[must_use]
    pub const fn failing(self) -> Self {
        match self {
            Answer::Described(described) => Answer::Failing(described),
            other => other,
        }
    }
}

/// An argument that may be a request guard.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Guard {
    /// The type, as it was written.
    pub name: &'static str,
    /// Its description for the document.
    pub described: Described,
    /// The answers of its error.
    pub errors: Answer,
    /// Whether it prevents the launch: Rocket's `Sentinel::abort`, which the routes downcast.
    pub abort: Described,
}

impl Guard {
    /// Describes an argument.
    #[must_use]
    pub const fn new(name: &'static str, described: Described, errors: Answer, abort: Described) -> Self {
        Guard { name, described, errors, abort }
    }
}
