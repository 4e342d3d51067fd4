//! The description of a function.

use std::any::Any;

use crate::error_format::ErrorList;
use crate::http::Method;
use crate::input::InputMeta;
use crate::wire::Shape;

/// Everything that is said of a function.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FunctionMeta {
    /// The method that asks for it.
    pub method: Method,
    /// Its path, in Rocket's notation, without the query: `/items/<id>`.
    pub path: &'static str,
    /// Its name, which is its id in the document.
    pub name: &'static str,
    /// Its summary; empty for its name in words.
    pub summary: &'static str,
    /// Its id in the document, else its name.
    pub id: Option<&'static str>,
    /// Its doc comment.
    pub doc: &'static str,
    /// What it stands under in the document.
    pub tags: &'static [&'static str],
    /// The status of an answer that succeeds.
    pub status: u16,
    /// Whether clients should stop using it.
    pub deprecated: bool,
    /// Whether the document is silent about it.
    pub hidden: bool,
    /// What it takes.
    pub inputs: &'static [InputMeta],
    /// What its guards say of themselves.
    pub guards: &'static [Guard],
    /// What it answers.
    pub answers: &'static [Answer],
}

impl FunctionMeta {
    /// A function of this method, path and name.
    #[must_use]
    pub const fn new(method: Method, path: &'static str, name: &'static str) -> Self {
        FunctionMeta {
            method,
            path,
            name,
            id: None,
            summary: "",
            doc: "",
            tags: &[],
            status: 200,
            deprecated: false,
            hidden: false,
            inputs: &[],
            guards: &[],
            answers: &[],
        }
    }

    /// Sets the id in the document.
    #[must_use]
    pub const fn id(self, id: &'static str) -> Self {
        FunctionMeta { id: Some(id), ..self }
    }

    /// Sets the summary.
    #[must_use]
    pub const fn summary(self, summary: &'static str) -> Self {
        FunctionMeta { summary, ..self }
    }

    /// Describes it.
    #[must_use]
    pub const fn doc(self, doc: &'static str) -> Self {
        FunctionMeta { doc, ..self }
    }

    /// Sets the tags.
    #[must_use]
    pub const fn tags(self, tags: &'static [&'static str]) -> Self {
        FunctionMeta { tags, ..self }
    }

    /// Sets the status of an answer that succeeds.
    #[must_use]
    pub const fn status(self, status: u16) -> Self {
        FunctionMeta { status, ..self }
    }

    /// Marks it as deprecated.
    #[must_use]
    pub const fn deprecated(self) -> Self {
        FunctionMeta { deprecated: true, ..self }
    }

    /// Keeps it out of the document.
    #[must_use]
    pub const fn hidden(self) -> Self {
        FunctionMeta { hidden: true, ..self }
    }

    /// Whether this status and the declared one are both those of a redirect.
    pub(crate) fn redirects(&self, status: u16) -> bool {
        is_redirect(self.status) && is_redirect(status)
    }

    /// Sets what it takes.
    #[must_use]
    pub const fn inputs(self, inputs: &'static [InputMeta]) -> Self {
        FunctionMeta { inputs, ..self }
    }

    /// Sets what its guards say of themselves.
    #[must_use]
    pub const fn guards(self, guards: &'static [Guard]) -> Self {
        FunctionMeta { guards, ..self }
    }

    /// Sets what it answers.
    #[must_use]
    pub const fn answers(self, answers: &'static [Answer]) -> Self {
        FunctionMeta { answers, ..self }
    }
}

/// Whether a status is that of a redirect.
pub(crate) fn is_redirect(status: u16) -> bool {
    (300..400).contains(&status)
}

/// What a function answers.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// JSON of this shape.
    Json(fn() -> Shape),
    /// No body, and this status.
    Empty(u16),
    /// A body of this media type.
    Media(&'static str),
    /// What a responder says of itself.
    Described(Described),
    /// What stands before this, or what comes after it: of both, what succeeds.
    Or,
    /// 404, where there is nothing.
    NotFound,
    /// The variants of an error enum.
    Errors(&'static [ErrorList]),
    /// What `response(..)` declares: a status, a description, and the shape of a body.
    Declared(u16, &'static str, Option<fn() -> Shape>),
    /// What a responder says of itself where it stands for an error.
    Failing(Described),
    /// It says nothing of itself.
    Unknown,
}

impl Answer {
    /// The same answer, where it stands for an error.
    #[must_use]
    pub const fn failing(self) -> Self {
        match self {
            Answer::Described(described) => Answer::Failing(described),
            other => other,
        }
    }
}

/// What a guard or a responder says of itself, if it does, by the traits of one who reads descriptions. Only that
/// reader knows of which type it is.
#[derive(Clone, Copy)]
pub struct Described(Option<&'static (dyn Any + Send + Sync)>);

/// What is known of an argument's type that may be a guard.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Guard {
    /// The type, as it was written.
    pub name: &'static str,
    /// What it says of itself.
    pub described: Described,
    /// What it fails with.
    pub errors: Answer,
    /// Whether it keeps a rocket from launching: Rocket's `Sentinel::abort`, which the routes know.
    pub abort: Described,
}

impl Guard {
    /// All that is known of it.
    #[must_use]
    pub const fn new(name: &'static str, described: Described, errors: Answer, abort: Described) -> Self {
        Guard { name, described, errors, abort }
    }
}

impl Described {
    /// It says nothing.
    pub const NOTHING: Described = Described(None);

    /// It says this, which the reader that it is for knows.
    #[must_use]
    pub const fn new(said: &'static (dyn Any + Send + Sync)) -> Self {
        Described(Some(said))
    }

    /// What it says to a reader that knows this type.
    pub(crate) fn to<T: Any>(self) -> Option<&'static T> {
        self.0?.downcast_ref()
    }
}

impl std::fmt::Debug for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Described(..)" } else { "Described::NOTHING" })
    }
}
