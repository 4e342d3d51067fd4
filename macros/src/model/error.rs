//! Error enums.

use syn::{Fields, Ident, LitStr, Path};

/// An enum under `#[derive(HttpError)]`.
pub(crate) struct ErrorEnum {
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    /// Whether it has generic parameters, which is a mistake.
    pub(crate) generic: bool,
    pub(crate) variants: Vec<ErrorVariant>,
}

/// A variant, which is one answer.
pub(crate) struct ErrorVariant {
    pub(crate) ident: Ident,
    pub(crate) fields: Fields,
    pub(crate) doc: String,
    pub(crate) answer: ErrorAnswer,
}

/// A detail, which is a text with placeholders for fields of its variant.
pub(crate) struct Detail {
    /// As it was written.
    pub(crate) text: LitStr,
    /// The same text for `format!`, with the fields by position.
    pub(crate) format: String,
    /// The positions of the fields in it.
    pub(crate) fields: Vec<usize>,
}

/// The answer of a variant.
pub(crate) enum ErrorAnswer {
    /// A status, and a detail, if that is not the phrase of the status.
    Is { status: u16, detail: Option<Detail> },
    /// The answer of the only field.
    Transparent,
    /// It is not declared, which is an error.
    Unstated,
}
