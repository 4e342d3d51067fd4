//! The description of a function.

use super::answer::{Answer, Guard};
use super::dependency::DependencyUse;
use crate::http::Method;
use crate::input::InputMeta;
use crate::rate::Rate;

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
    /// Whether it blocks its thread.
    pub blocking: bool,
    /// How many requests each client may send.
    pub rate_limit: Option<Rate>,
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
            blocking: false,
            rate_limit: None,
            inputs: &[],
            guards: &[],
            dependencies: &[],
            answers: &[],
        }
    }

    /// Its id in the document, in metrics and in the log.
    #[must_use]
    pub fn operation_id(&self) -> &'static str {
        self.id.unwrap_or(self.name)
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

    /// Marks it as one that blocks its thread.
    #[must_use]
    pub const fn blocking(self) -> Self {
        FunctionMeta { blocking: true, ..self }
    }

    /// Sets how many requests each client may send.
    #[must_use]
    pub const fn rate_limit(self, rate: Rate) -> Self {
        FunctionMeta { rate_limit: Some(rate), ..self }
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
