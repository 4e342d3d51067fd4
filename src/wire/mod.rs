//! Types of requests and answers: how each is parsed, coerced, serialized and described.
//!
//! A body is parsed at most twice. [`Wire::read`] goes straight from serde's deserializer into the type, and stops at
//! the first thing that is not exactly as declared. That is fast, and enough for most bodies. Only if it fails,
//! [`Wire::coerce`] parses the same input again: it either coerces like Pydantic's lax mode, or reports *every* issue,
//! which a serde deserializer cannot do. Whatever the first accepts, the second accepts with the same value, which a
//! property test checks.
//!
//! The second pass does not build a tree of `serde_json::Value`, which takes up to 150 bytes for each byte of the text.
//! It works on the text itself and a list of where its values are (`outline`). The first pass reads a long text by a
//! deserializer that counts the memory of its values (`metered`).
//!
//! serde's derive is not used for parsing, since it accepts lists for structs and maps for enum variants, which FastAPI
//! refuses.

mod body;
mod bytes;
mod collection;
mod constraints;
mod decimal;
mod format;
mod members;
mod meta;
mod metered;
mod misplaced;
mod number;
mod object;
mod opaque;
mod outline;
mod patched;
mod scan;
mod secrets;
mod string;
mod time;
mod tree;
mod unit_enum;

pub use body::{Body, parse};
pub(crate) use body::{
    SHORT, fits_in_memory, has_member, malformed, member, member_fault, parse_for, parse_object, read_text,
    run_blocking, without_bom,
};
pub use collection::MapKey;
pub use constraints::{CompiledPattern, Constraints, MOST_INDEXED, Pattern};
pub use format::Format;
pub use meta::{Example, FieldMeta, ObjectMeta, Presence, example_of};
pub use meta::{fields_at, patched_fields_at};
pub use object::{FieldVisitor, Fields, Object, SlotVisitor};
pub use opaque::Opaque;
pub(crate) use patched::merge;
pub use patched::{Merge, Patched};
pub use unit_enum::{UnitEnum, UnitEnumMeta};

pub(crate) use decimal::{MOST_DIGITS, exact, is_decimal, scaled};
pub(crate) use members::members_coerce;
pub use members::object_coerce;
pub(crate) use misplaced::{Secrets, shown_name};
pub use object::{object_read, object_write};
pub(crate) use outline::{Outline, check};
pub use outline::{Part, coerce_tree};
pub(crate) use secrets::with_secrets;
pub use time::AnyDateTime;
pub(crate) use time::NAIVE;
pub(crate) use time::{push_date, push_micros, push_time, text};
pub(crate) use tree::tree;
pub use unit_enum::{choice_coerce, choice_read, choice_write};

use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use crate::issue::IssueCollector;

/// A type of requests and answers.
///
/// Implemented for integers, floats, `bool`, `String`, `Uuid`, `DateTime<Utc>`,
/// `DateTime<FixedOffset>`, `NaiveDateTime`, [`AnyDateTime`], `NaiveDate`, `NaiveTime`, `Decimal`, `Vec<u8>`
/// (base64), [`serde_json::Value`], `Option`, `Vec`, `Box`, maps with `String` keys, and
/// [`Patched`]; by `#[model]` for structs and unit enums.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross the wire",
    label = "not a type of requests and answers",
    note = "a struct or an enum of your own is declared with `#[model]` above it",
    note = "a `#[resource]` has models of its own for bodies: `HeroCreate`, `HeroReplace` and `HeroPatch` of a `Hero`",
    note = "a type of another crate: a field of it is marked `#[field(opaque)]`, where it has serde's `Serialize` \
            and `Deserialize`; else, and in an argument, write what it is made of, such as `String` or `f64`, and \
            make `{Self}` of that in the function",
    note = "types of requests and answers are integers, floats, `bool`, `String`, `Uuid`, `DateTime<Utc>`, \
            `NaiveDate`, `NaiveTime`, `Decimal`, `Vec<u8>`, and `Option`, `Vec` and `HashMap<String, _>` of these"
)]
pub trait Wire: Sized + 'static {
    /// The shape of the type, for the document.
    fn shape() -> Shape;

    /// Parses a value that needs no coercion and meets the constraints, and fails at once otherwise.
    ///
    /// # Errors
    /// The error is never shown to a client: [`Wire::coerce`] reports the issues.
    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error>;

    /// Coerces the input like Pydantic's lax mode, or reports every issue and returns `None`.
    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self>;

    /// The same for a part of a text. Types that contain other values implement it, so that no tree is built of the
    /// text.
    #[doc(hidden)]
    fn coerce_part(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        match outline::wrong_kind::<Self>(input, constraints) {
            Some(kind) => collector.fault(kind, &input),
            None => Self::coerce(&input.tree(collector)?, constraints, collector),
        }
    }

    /// Serializes the value.
    ///
    /// # Errors
    /// The serializer's.
    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error>;

    /// The value of a field that was not sent. Only `Option` and [`Patched`] have one.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }

    // A `Vec<u8>` is a base64 text, and any other `Vec` is a list. Stable Rust has no specialisation, so the type of
    // the items implements its lists.
    #[doc(hidden)]
    fn list_shape() -> Shape {
        Shape::List(Self::shape)
    }
    #[doc(hidden)]
    fn read_list<'de, D: Deserializer<'de>>(
        input: D,
        constraints: &Constraints,
    ) -> Result<Vec<Self>, D::Error> {
        collection::read_list(input, constraints)
    }
    #[doc(hidden)]
    fn coerce_list(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Vec<Self>> {
        collection::coerce_list(input, constraints, collector)
    }
    #[doc(hidden)]
    fn write_list<S: Serializer>(items: &[Self], out: S) -> Result<S::Ok, S::Error> {
        collection::write_list(items, out)
    }
}

/// A type whose argument is the body of a request, if the function does not declare another place: a struct under
/// `#[model]`, a list or a map, and an `Option` of these.
pub trait Model: Wire {}

impl<T: Model> Model for Option<T> {}
impl<T: Model> Model for Box<T> {}
impl<T: Wire> Model for Vec<T> {}
impl<K, T> Model for std::collections::BTreeMap<K, T> where Self: Wire {}
impl<K, T, H> Model for std::collections::HashMap<K, T, H> where Self: Wire {}

/// The shape of a type in JSON, for the document and for the store.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// Any JSON value.
    Any,
    /// `true` or `false`.
    Boolean,
    /// An integer from `min` to `max`; `format` as OpenAPI names it.
    Integer {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
        /// `int32`, `int64` or empty.
        format: &'static str,
    },
    /// A finite floating-point number; `format` is `float` or `double`.
    Number {
        /// As OpenAPI names it.
        format: &'static str,
    },
    /// A text; `format` as JSON Schema names it, or empty.
    Text {
        /// As JSON Schema names it.
        format: &'static str,
    },
    /// A list of these.
    List(fn() -> Shape),
    /// An object whose members all have this shape.
    Map(fn() -> Shape),
    /// This or `null`.
    Nullable(fn() -> Shape),
    /// A declared struct.
    Object(&'static ObjectMeta),
    /// A declared enum.
    UnitEnum(&'static UnitEnumMeta),
}

impl Shape {
    /// Whether it is a list, or a nullable list.
    #[must_use]
    pub fn is_list(self) -> bool {
        match self {
            Shape::List(_) => true,
            Shape::Nullable(inner) => inner().is_list(),
            _ => false,
        }
    }

    /// Whether it is a single value: no list, no object, and not any JSON.
    pub(crate) fn is_scalar(self) -> bool {
        match self {
            Shape::Boolean | Shape::Integer { .. } | Shape::Number { .. } | Shape::Text { .. } => true,
            Shape::UnitEnum(_) => true,
            Shape::Nullable(inner) => inner().is_scalar(),
            Shape::Any | Shape::List(_) | Shape::Map(_) | Shape::Object(_) => false,
        }
    }

    /// Visits every field in it at any depth, with its struct. A struct that occurs several times is visited once.
    pub(crate) fn each_field(
        self,
        seen: &mut Vec<&'static ObjectMeta>,
        visit: &mut impl FnMut(&'static ObjectMeta, &'static FieldMeta),
    ) {
        match self {
            Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => {
                inner().each_field(seen, visit);
            }
            // A struct may be recursive.
            Shape::Object(meta) if !seen.iter().any(|known| std::ptr::eq(*known, meta)) => {
                seen.push(meta);
                for field in meta.fields {
                    visit(meta, field);
                    field.shape().each_field(seen, visit);
                }
            }
            _ => {}
        }
    }

    /// Whether anything in it is `write_only`, at any depth.
    #[must_use]
    pub fn has_secrets(self) -> bool {
        self.has(|_| false, |field| field.write_only)
    }

    /// Whether it has a shape or a field at any depth for which one of these is true.
    pub(crate) fn has(self, is: fn(Shape) -> bool, is_field: fn(&FieldMeta) -> bool) -> bool {
        struct Search {
            is: fn(Shape) -> bool,
            is_field: fn(&FieldMeta) -> bool,
            seen: Vec<&'static ObjectMeta>,
        }
        fn any(shape: Shape, search: &mut Search) -> bool {
            match shape {
                _ if (search.is)(shape) => true,
                Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => any(inner(), search),
                // A struct may be recursive.
                Shape::Object(meta) if !search.seen.iter().any(|known| std::ptr::eq(*known, meta)) => {
                    search.seen.push(meta);
                    meta.fields.iter().any(|field| (search.is_field)(field) || any(field.shape(), search))
                }
                _ => false,
            }
        }
        any(self, &mut Search { is, is_field, seen: Vec::new() })
    }
}

/// Serializes a borrowed value by [`Wire::write`].
#[derive(Debug)]
pub struct Out<'a, T>(pub &'a T);

impl<T: Wire> Serialize for Out<'_, T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.write(out)
    }
}

/// A serde seed that parses a value by [`Wire::read`].
struct Seed<'r, T>(&'r Constraints, std::marker::PhantomData<T>);

impl<'r, T> Seed<'r, T> {
    fn new(constraints: &'r Constraints) -> Self {
        Seed(constraints, std::marker::PhantomData)
    }
}

impl<'de, T: Wire> serde::de::DeserializeSeed<'de> for Seed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<T, D::Error> {
        T::read(input, self.0)
    }
}

/// The error of [`Wire::read`] for a value that violates a constraint. [`Wire::coerce`] then reports which.
fn constraint_error<E: serde::de::Error>() -> E {
    E::custom("a value violates a constraint of its declaration")
}
