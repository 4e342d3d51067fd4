//! Extractors: the functions of a type that parse an input of it.

use serde_json::Value as Json;

use super::form::FormValue;
use crate::http::FormPart;
use crate::issue::{IssueCollector, Issues};
use crate::wire::{Body, Constraints, FieldMeta, Part, Shape, Wire, parse_for, read_text};

/// The functions that parse an input of type `T`. They are collected here, so that the compiler reports a type that
/// cannot be an input once, where its extractor is made, and not at each function.
#[derive(Debug)]
pub struct Extractor<T> {
    /// The type in the OpenAPI document.
    pub shape: fn() -> Shape,
    pub(super) read: fn(&[u8], &Constraints) -> Option<T>,
    pub(super) coerce: fn(&Json, &Constraints, &mut IssueCollector) -> Option<T>,
    pub(super) coerce_part: fn(Part<'_>, &Constraints, &mut IssueCollector) -> Option<T>,
    pub(super) parse: fn(Body<'_>, &FieldMeta) -> Result<T, Issues>,
    pub(super) absent: fn() -> Option<T>,
}

/// The extractor of `T`.
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

/// The functions that parse a field of a form, or a whole form, of type `T`.
#[derive(Debug)]
pub struct FormExtractor<T> {
    /// The type in the OpenAPI document.
    pub shape: fn() -> Shape,
    pub(super) of_parts: fn(Vec<FormPart>, &Constraints, &mut IssueCollector) -> Option<T>,
    pub(super) of_object: fn(&Json, &Constraints, &mut IssueCollector) -> Option<T>,
    pub(super) absent: fn() -> Option<T>,
}

/// The extractor of `T` from forms.
#[must_use]
pub const fn form_extractor<T: FormValue>() -> FormExtractor<T> {
    FormExtractor {
        shape: T::form_shape,
        of_parts: T::of_parts,
        of_object: T::of_object,
        absent: T::absent_form,
    }
}
