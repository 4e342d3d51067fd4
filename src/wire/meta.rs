//! What `#[model]` and `#[resource]` say of a struct and its fields: data, built in constants.

use serde_json::Value as Json;

use super::{Constraints, Shape};

/// What is said of a struct.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ObjectMeta {
    /// Its name in the document.
    pub name: &'static str,
    /// The path of its Rust type, for messages: `shop::items::Item`. Empty where it was written by hand.
    pub type_name: fn() -> &'static str,
    /// Its type parameters, which become part of that name.
    pub parameters: &'static [fn() -> Shape],
    /// Its doc comment.
    pub doc: &'static str,
    /// Its fields, as declared.
    pub fields: &'static [FieldMeta],
    /// Whether a member that is no field is refused.
    pub deny_unknown: bool,
    /// Members that are no fields, and are passed over even so.
    pub ignored: &'static [&'static str],
    /// The key of a row that clients choose, where the address says it: a body may repeat it. It is passed over here,
    /// and who knows the address compares the two.
    pub key: Option<&'static str>,
    /// Whether it is what clients send and no answer, so that it is written with what is `write_only` in it.
    pub sent: bool,
}

impl ObjectMeta {
    /// A struct of this name and these fields.
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
            sent: false,
        }
    }

    /// The struct `T`, by this name and with these fields.
    #[must_use]
    pub const fn of<T>(name: &'static str, doc: &'static str, fields: &'static [FieldMeta]) -> Self {
        ObjectMeta { type_name: std::any::type_name::<T>, ..ObjectMeta::new(name, doc, fields) }
    }

    /// The struct `T` that clients send for a row of a resource: it refuses what it does not know, and is written
    /// with what is `write_only` in it.
    #[must_use]
    pub const fn input<T>(name: &'static str, doc: &'static str, fields: &'static [FieldMeta]) -> Self {
        ObjectMeta { deny_unknown: true, sent: true, ..ObjectMeta::of::<T>(name, doc, fields) }
    }

    /// Names the type parameters.
    #[must_use]
    pub const fn parameters(self, parameters: &'static [fn() -> Shape]) -> Self {
        ObjectMeta { parameters, ..self }
    }

    /// Refuses members that are no fields.
    #[must_use]
    pub const fn deny_unknown(self) -> Self {
        ObjectMeta { deny_unknown: true, ..self }
    }

    /// Passes over these members.
    #[must_use]
    pub const fn ignore(self, ignored: &'static [&'static str]) -> Self {
        ObjectMeta { ignored, ..self }
    }

    /// Passes over the key of a row that the address says.
    #[must_use]
    pub const fn key(self, name: &'static str) -> Self {
        ObjectMeta { key: Some(name), ..self }
    }
}

/// What is said of a field.
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
    /// What happens where it is not sent.
    pub presence: Presence,
    /// An example value for the document.
    pub example: Option<fn() -> Json>,
    /// Whether clients should stop using it.
    pub deprecated: bool,
    /// Whether it is set by clients and never shown, not even in an issue.
    pub write_only: bool,
    /// Whether it is shown to clients and never set by them.
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
            example: None,
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

    /// Describes the field.
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

    /// Shows an example.
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

/// The fields at these positions: of a resource those that an input has.
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

/// The same in a patch; each with whether it may be null.
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

/// What happens where a field is not sent.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Presence {
    /// That is a fault.
    Required,
    /// The type says: `None` for an option, absent for a patch.
    Optional,
    /// It has this value.
    Default(fn() -> Json),
}
