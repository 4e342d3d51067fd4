//! Finds secrets that were sent in the wrong place.
//!
//! An issue repeats the value that it is about, but never a secret. A client that makes one mistake more, and sends a
//! whole object one level too deep or under another name, sends its secrets with it, in a value that is none itself.
//! So where an object has secrets, its other values are searched for them before an issue repeats one.

use std::borrow::Cow;

use super::{FieldMeta, Part, Shape};
use crate::issue::REDACTED;

/// The names of all `write_only` fields of an object, or of the inputs of an operation, at any depth.
pub(crate) struct Secrets(Vec<&'static str>);

impl Secrets {
    /// The secrets of these fields.
    pub(crate) fn of<'f>(fields: impl IntoIterator<Item = &'f FieldMeta>) -> Self {
        let (mut names, mut seen) = (Vec::new(), Vec::new());
        for field in fields {
            let mut add = |field: &FieldMeta| {
                if field.write_only {
                    names.push(field.name);
                }
            };
            add(field);
            field.shape().each_field(&mut seen, &mut |_, field| add(field));
        }
        Secrets(names)
    }

    pub(crate) fn exist(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether a value that was sent for a field is one of these secrets, or may have one although the field has none:
    /// it is not built as the field is, or has a member with the name of a secret.
    pub(crate) fn may_be_in(&self, field: &FieldMeta, value: Part<'_>) -> bool {
        if field.write_only || !self.exist() {
            return field.write_only;
        }
        let shape = field.shape();
        // A field with secrets of its own has such members in their right places.
        is_of_other_kind(shape, value) || (!shape.has_secrets() && self.are_named_in(value))
    }

    fn are_named_in(&self, value: Part<'_>) -> bool {
        value.items().any(|item| self.are_named_in(item))
            || value.members().any(|(name, member)| self.0.contains(&&*name) || self.are_named_in(member))
    }
}

/// A name that a client has sent, for the `loc` of an issue, unless it may be a secret or have some: a name that looks
/// like none may be a whole body that was sent as a form.
pub(crate) fn shown_name(name: Cow<'_, str>, may_be_secret: bool) -> String {
    if is_name(&name) || !may_be_secret { name.into_owned() } else { REDACTED.to_owned() }
}

/// Whether a text may be the misspelt name of a field.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Whether there is a list or an object where the shape has something else, at any depth. An object with secrets of its
/// own looks at its own members when it is coerced. Looking at them here too would take as many rounds as it is deep.
fn is_of_other_kind(shape: Shape, value: Part<'_>) -> bool {
    match shape {
        Shape::Any => false,
        Shape::Nullable(inner) => is_of_other_kind(inner(), value),
        Shape::List(inner) => value.is_object() || value.items().any(|item| is_of_other_kind(inner(), item)),
        Shape::Map(inner) => {
            value.is_list() || value.members().any(|(_, member)| is_of_other_kind(inner(), member))
        }
        Shape::Object(_) if shape.has_secrets() => value.is_list(),
        Shape::Object(meta) => {
            let is_other = |(name, member): (Cow<'_, str>, Part<'_>)| {
                let field = meta.fields.iter().find(|field| field.name == name);
                field.is_some_and(|field| is_of_other_kind(field.shape(), member))
            };
            value.is_list() || value.members().any(is_other)
        }
        Shape::Boolean
        | Shape::Integer { .. }
        | Shape::Number { .. }
        | Shape::Text { .. }
        | Shape::UnitEnum(_) => value.is_list() || value.is_object(),
    }
}
