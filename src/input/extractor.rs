//! How an input is taken, by its type.

use serde_json::Value as Json;

use super::form::FormValue;
use crate::http::FormPart;
use crate::issue::{IssueCollector, Issues};
use crate::wire::{Body, Constraints, FieldMeta, Part, Shape, Wire, parse_for, read_text};

/// How a `T` is taken: all that is asked of the type, so that the compiler tells of one that cannot be
/// taken once, where this is made.
#[derive(Debug)]
pub struct Extractor<T> {
    /// What the document says of it.
    pub shape: fn() -> Shape,
    pub(super) read: fn(&[u8], &Constraints) -> Option<T>,
    pub(super) coerce: fn(&Json, &Constraints, &mut IssueCollector) -> Option<T>,
    pub(super) coerce_part: fn(Part<'_>, &Constraints, &mut IssueCollector) -> Option<T>,
    pub(super) parse: fn(Body<'_>, &FieldMeta) -> Result<T, Issues>,
    pub(super) absent: fn() -> Option<T>,
}

/// Takes a `T` by the rules of the type.
#[must_use]
pub const fn extractor<T: Wire>() -> Extractor<T> {
    Extractor {
        shape: T::shape,
        read: read_text::<T>,
        coerce: T::coerce,
        coerce_part: T::coerce_part,
        parse: parse_for::<T>,
        absent: T::absent,
    }
}

/// How a `T` is taken of a form.
#[derive(Debug)]
pub struct FormExtractor<T> {
    /// What the document says of it.
    pub shape: fn() -> Shape,
    pub(super) of_parts: fn(Vec<FormPart>, &Constraints, &mut IssueCollector) -> Option<T>,
    pub(super) of_object: fn(&Json, &Constraints, &mut IssueCollector) -> Option<T>,
    pub(super) absent: fn() -> Option<T>,
}

/// Takes a `T` of a form by the rules of the type.
#[must_use]
pub const fn form_extractor<T: FormValue>() -> FormExtractor<T> {
    FormExtractor {
        shape: T::form_shape,
        of_parts: T::of_parts,
        of_object: T::of_object,
        absent: T::absent_form,
    }
}
