//! The declaration of a struct under `#[model]` or `#[resource]` as data, which the macros build in constants.

use serde::Serialize;
use serde_json::Value as Json;

use super::{Constraints, Shape};

/// The declaration of a struct.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ObjectMeta {
    /// Its name in the document.
    pub name: &'static str,
    /// The path of its Rust type, for messages: `shop::items::Item`. It is empty if the declaration was written by
    /// hand.
    pub type_name: fn() -> &'static str,
    /// Its type parameters, which become part of the name.
    pub parameters: &'static [fn() -> Shape],
    /// Its doc comment.
    pub doc: &'static str,
    /// Its fields, as declared.
    pub fields: &'static [FieldMeta],
    /// Whether unknown members are refused.
    pub deny_unknown: bool,
    /// Unknown members that are ignored nevertheless.
    pub ignored: &'static [&'static str],
    /// The key of a row, if clients choose it and it is in the path. A body may repeat it. It is ignored here, and
    /// compared with the path where that is known.
    pub key: Option<&'static str>,
    /// Its title in the document, or an empty text for its name.
    pub title: &'static str,
    /// Examples of the whole.
    pub examples: &'static [Example],
    /// Whether only clients send it, and it is no answer. Its `write_only` fields are then serialized, too.
    pub sent: bool,
}

impl ObjectMeta {
    /// Declares a struct with a name and fields.
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str, fields: &'static [FieldMeta]) -> Self {
        ObjectMeta {
            name,
            type_name: || "",
            parameters: &[],
            doc,
            fields,
            deny_unknown: false,
            ignored: &[],
            key: None,
            title: "",
            examples: &[],
            sent: false,
        }
    }

    /// Declares the struct `T` with a name and fields.
    #[must_use]
    pub const fn of<T>(name: &'static str, doc: &'static str, fields: &'static [FieldMeta]) -> Self {
        ObjectMeta { type_name: std::any::type_name::<T>, ..ObjectMeta::new(name, doc, fields) }
    }

    /// Declares the struct `T` that clients send for a row of a resource. It refuses unknown members, and its
    /// `write_only` fields are serialized, too.
    #[must_use]
    pub const fn input<T>(name: &'static str, doc: &'static str, fields: &'static [FieldMeta]) -> Self {
        ObjectMeta { deny_unknown: true, sent: true, ..ObjectMeta::of::<T>(name, doc, fields) }
    }

    /// Sets the type parameters.
    #[must_use]
    pub const fn parameters(self, parameters: &'static [fn() -> Shape]) -> Self {
        ObjectMeta { parameters, ..self }
    }

    /// Sets the title.
    #[must_use]
    pub const fn title(self, title: &'static str) -> Self {
        ObjectMeta { title, ..self }
    }

    /// Sets the examples.
    #[must_use]
    pub const fn examples(self, examples: &'static [Example]) -> Self {
        ObjectMeta { examples, ..self }
    }

    /// Refuses unknown members.
    #[must_use]
    pub const fn deny_unknown(self) -> Self {
        ObjectMeta { deny_unknown: true, ..self }
    }

    /// Ignores these members.
    #[must_use]
    pub const fn ignore(self, ignored: &'static [&'static str]) -> Self {
        ObjectMeta { ignored, ..self }
    }

    /// Ignores the key of a row, which is in the path.
    #[must_use]
    pub const fn key(self, name: &'static str) -> Self {
        ObjectMeta { key: Some(name), ..self }
    }
}

/// An example of several.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Example {
    /// Its name, which may be empty.
    pub name: &'static str,
    /// The value.
    pub value: fn() -> Json,
}

impl Example {
    /// An example with a name.
    #[must_use]
    pub const fn new(name: &'static str, value: fn() -> Json) -> Self {
        Example { name, value }
    }
}

/// The value of an example. One that cannot be written as JSON is `null`.
pub fn example_of<T: Serialize + ?Sized>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

/// The declaration of a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FieldMeta {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// The shape of its type.
    pub shape: fn() -> Shape,
    /// Its constraints.
    pub constraints: Constraints,
    /// What happens if it is not sent.
    pub presence: Presence,
    /// Its title in the document, or an empty text for the one that its name makes.
    pub title: &'static str,
    /// An example value for the document.
    pub example: Option<fn() -> Json>,
    /// Several example values for the document.
    pub examples: &'static [Example],
    /// Whether the document leaves it out, which only an input of a function may be.
    pub hidden: bool,
    /// Whether clients should stop using it.
    pub deprecated: bool,
    /// Whether clients set it and never see it, not even in an issue.
    pub write_only: bool,
    /// Whether clients see it and never set it.
    pub read_only: bool,
}

impl FieldMeta {
    /// A required field without constraints.
    #[must_use]
    pub const fn new(name: &'static str, shape: fn() -> Shape) -> Self {
        FieldMeta {
            name,
            doc: "",
            shape,
            constraints: Constraints::NONE,
            presence: Presence::Required,
            title: "",
            example: None,
            examples: &[],
            hidden: false,
            deprecated: false,
            write_only: false,
            read_only: false,
        }
    }

    /// The shape of its type.
    #[must_use]
    pub fn shape(&self) -> Shape {
        (self.shape)()
    }

    /// Sets the description.
    #[must_use]
    pub const fn doc(self, doc: &'static str) -> Self {
        FieldMeta { doc, ..self }
    }

    /// Sets the constraints.
    #[must_use]
    pub const fn constraints(self, constraints: Constraints) -> Self {
        FieldMeta { constraints, ..self }
    }

    /// The field may be left out.
    #[must_use]
    pub const fn optional(self) -> Self {
        FieldMeta { presence: Presence::Optional, ..self }
    }

    /// The field may be left out and then has this value.
    #[must_use]
    pub const fn default(self, value: fn() -> Json) -> Self {
        FieldMeta { presence: Presence::Default(value), ..self }
    }

    /// Sets the title.
    #[must_use]
    pub const fn title(self, title: &'static str) -> Self {
        FieldMeta { title, ..self }
    }

    /// Leaves it out of the document.
    #[must_use]
    pub const fn hidden(self) -> Self {
        FieldMeta { hidden: true, ..self }
    }

    /// Sets the examples.
    #[must_use]
    pub const fn examples(self, examples: &'static [Example]) -> Self {
        FieldMeta { examples, ..self }
    }

    /// The first example.
    pub(crate) fn first_example(&self) -> Option<Json> {
        let first = self.examples.first().map(|example| example.value);
        self.example.or(first).map(|value| value())
    }

    /// Sets the example.
    #[must_use]
    pub const fn example(self, value: fn() -> Json) -> Self {
        FieldMeta { example: Some(value), ..self }
    }

    /// Marks the field as deprecated.
    #[must_use]
    pub const fn deprecated(self) -> Self {
        FieldMeta { deprecated: true, ..self }
    }

    /// Marks the field as set by clients and never shown.
    #[must_use]
    pub const fn write_only(self) -> Self {
        FieldMeta { write_only: true, ..self }
    }

    /// Marks the field as shown to clients and never set by them.
    #[must_use]
    pub const fn read_only(self) -> Self {
        FieldMeta { read_only: true, ..self }
    }

    /// The same field in a patch, where every field may be left out.
    #[must_use]
    pub const fn patched(self, nullable: bool) -> Self {
        let constraints = Constraints { not_null: !nullable, ..self.constraints };
        FieldMeta { constraints, presence: Presence::Optional, ..self }
    }
}

/// The fields at these positions. An input of a resource has some of the resource's fields.
#[must_use]
pub const fn fields_at<const N: usize>(fields: &[FieldMeta], positions: [usize; N]) -> [FieldMeta; N] {
    let mut chosen = [FieldMeta::new("", || Shape::Any); N];
    let mut next = 0;
    while next < N {
        chosen[next] = fields[positions[next]];
        next += 1;
    }
    chosen
}

/// The same for a patch. Each position comes with whether the field is nullable.
#[must_use]
pub const fn patched_fields_at<const N: usize>(
    fields: &[FieldMeta],
    positions: [(usize, bool); N],
) -> [FieldMeta; N] {
    let mut chosen = [FieldMeta::new("", || Shape::Any); N];
    let mut next = 0;
    while next < N {
        let (position, nullable) = positions[next];
        chosen[next] = fields[position].patched(nullable);
        next += 1;
    }
    chosen
}

/// What happens if a field is not sent.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Presence {
    /// An issue is reported.
    Required,
    /// It has the value that its type defines: `None` for an `Option`, `Absent` for a patched field.
    Optional,
    /// It has this value.
    Default(fn() -> Json),
}
