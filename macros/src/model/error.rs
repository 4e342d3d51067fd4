//! Enums of errors.

use syn::{Fields, Ident, LitStr, Path};

/// An enum under `#[derive(HttpError)]`.
pub(crate) struct ErrorEnum {
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    /// Whether it has parameters, which is a mistake.
    pub(crate) generic: bool,
    pub(crate) variants: Vec<ErrorVariant>,
}

/// A variant of it, which is one answer.
pub(crate) struct ErrorVariant {
    pub(crate) ident: Ident,
    pub(crate) fields: Fields,
    pub(crate) doc: String,
    pub(crate) answer: ErrorAnswer,
}

/// A detail: a text that may name fields of its variant.
pub(crate) struct Detail {
    /// As it was written.
    pub(crate) text: LitStr,
    /// The same for `format!`, its fields by position.
    pub(crate) format: String,
    /// The positions of the fields that stand there.
    pub(crate) fields: Vec<usize>,
}

/// What a variant is answered with.
pub(crate) enum ErrorAnswer {
    /// A status, and a detail where it is not the phrase of the status.
    Is { status: u16, detail: Option<Detail> },
    /// What the one field is answered with.
    Transparent,
    /// It is not said, which is an error.
    Unstated,
}
