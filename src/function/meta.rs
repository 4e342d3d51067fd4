//! The description of a function.

use super::dependency::DependencyUse;
use crate::error_format::ErrorList;
use crate::http::Method;
use crate::input::{Described, InputMeta};
use crate::wire::Shape;

/// The declaration of a function.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FunctionMeta {
    /// Its method.
    pub method: Method,
    /// Its path, in Rocket's notation, without the query: `/items/<id>`.
    pub path: &'static str,
    /// Its Rust name.
    pub name: &'static str,
    /// Its summary. If it is empty, the document has the name in words.
    pub summary: &'static str,
    /// Its `operationId` in the document. By default it is the name.
    pub id: Option<&'static str>,
    /// Its doc comment.
    pub doc: &'static str,
    /// Its tags in the document.
    pub tags: &'static [&'static str],
    /// The status of a successful answer.
    pub status: u16,
    /// Whether clients should stop using it.
    pub deprecated: bool,
    /// Whether it is left out of the document.
    pub hidden: bool,
    /// Its inputs.
    pub inputs: &'static [InputMeta],
    /// Its request guards.
    pub guards: &'static [Guard],
    /// Its dependencies: those of its attribute, and then one for each argument that may be one.
    pub dependencies: &'static [Option<DependencyUse>],
    /// Its answers.
    pub answers: &'static [Answer],
}

impl FunctionMeta {
    /// Declares a function with this method, path and name.
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
            dependencies: &[],
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

    /// Sets the description.
    #[must_use]
    pub const fn doc(self, doc: &'static str) -> Self {
        FunctionMeta { doc, ..self }
    }

    /// Sets the tags.
    #[must_use]
    pub const fn tags(self, tags: &'static [&'static str]) -> Self {
        FunctionMeta { tags, ..self }
    }

    /// Sets the status of a successful answer.
    #[must_use]
    pub const fn status(self, status: u16) -> Self {
        FunctionMeta { status, ..self }
    }

    /// Marks it as deprecated.
    #[must_use]
    pub const fn deprecated(self) -> Self {
        FunctionMeta { deprecated: true, ..self }
    }

    /// Leaves it out of the document.
    #[must_use]
    pub const fn hidden(self) -> Self {
        FunctionMeta { hidden: true, ..self }
    }

    /// Whether this status and the declared one are both those of a redirect.
    pub(crate) fn redirects(&self, status: u16) -> bool {
        is_redirect(self.status) && is_redirect(status)
    }

    /// Sets the inputs.
    #[must_use]
    pub const fn inputs(self, inputs: &'static [InputMeta]) -> Self {
        FunctionMeta { inputs, ..self }
    }

    /// Sets the request guards.
    #[must_use]
    pub const fn guards(self, guards: &'static [Guard]) -> Self {
        FunctionMeta { guards, ..self }
    }

    /// Sets the dependencies.
    #[must_use]
    pub const fn dependencies(self, dependencies: &'static [Option<DependencyUse>]) -> Self {
        FunctionMeta { dependencies, ..self }
    }

    /// Sets the answers.
    #[must_use]
    pub const fn answers(self, answers: &'static [Answer]) -> Self {
        FunctionMeta { answers, ..self }
    }
}

/// Whether a status is that of a redirect.
pub(crate) fn is_redirect(status: u16) -> bool {
    (300..400).contains(&status)
}

/// An answer of a function, for the document.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// JSON of this shape.
    Json(fn() -> Shape),
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
