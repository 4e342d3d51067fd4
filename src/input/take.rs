//! How an input is taken, by its type.

use serde_json::Value as Json;

use super::form::{FormPart, FormValue};
use crate::issue::{Issues, Trail};
use crate::wire::{Body, FieldMeta, Part, Rules, Shape, Wire, parse_for, read_text};

/// How a `T` is taken: all that is asked of the type, so that the compiler tells of one that cannot be
/// taken once, where this is made.
#[derive(Debug)]
pub struct Take<T> {
    /// What the document says of it.
    pub shape: fn() -> Shape,
    pub(super) read: fn(&[u8], &Rules) -> Option<T>,
    pub(super) explain: fn(&Json, &Rules, &mut Trail) -> Option<T>,
    pub(super) explain_part: fn(Part<'_>, &Rules, &mut Trail) -> Option<T>,
    pub(super) parse: fn(Body<'_>, &FieldMeta) -> Result<T, Issues>,
    pub(super) absent: fn() -> Option<T>,
}

/// Takes a `T` by the rules of the type.
#[must_use]
pub const fn take<T: Wire>() -> Take<T> {
    Take {
        shape: T::shape,
        read: read_text::<T>,
        explain: T::explain,
        explain_part: T::explain_part,
        parse: parse_for::<T>,
        absent: T::absent,
    }
}

/// How a `T` is taken of a form.
#[derive(Debug)]
pub struct TakeForm<T> {
    /// What the document says of it.
    pub shape: fn() -> Shape,
    pub(super) of_parts: fn(Vec<FormPart>, &Rules, &mut Trail) -> Option<T>,
    pub(super) of_object: fn(&Json, &Rules, &mut Trail) -> Option<T>,
    pub(super) absent: fn() -> Option<T>,
}

/// Takes a `T` of a form by the rules of the type.
#[must_use]
pub const fn take_form<T: FormValue>() -> TakeForm<T> {
    TakeForm { shape: T::form_shape, of_parts: T::of_parts, of_object: T::of_object, absent: T::absent_form }
}
