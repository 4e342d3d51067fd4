//! How a type crosses the wire: parsed, coerced, written, described.
//!
//! A body is read twice at most. [`Wire::read`] goes straight from serde's deserializer into the
//! type and gives up at the first surprise. Only then does [`Wire::coerce`] look at the same input
//! once more: it either coerces as Pydantic's lax mode does, or notes *every* fault. What the
//! first accepts, the second accepts with the same value; a property test holds them to it.
//!
//! What is coerced is no tree, which takes up to 150 bytes for each byte of a text, but the text itself, with
//! a note of where its values are (`outline`). A long text is read by a deserializer that counts what its
//! values take (`metered`).
//!
//! serde's own derive is not used for reading, since it takes lists for structs and maps for enum
//! variants, which FastAPI refuses.

mod body;
mod bytes;
mod collection;
mod constraints;
mod decimal;
mod format;
mod members;
mod meta;
mod metered;
mod number;
mod object;
mod opaque;
mod outline;
mod patched;
mod scan;
mod string;
mod time;
mod tree;
mod unit_enum;
mod whole;

pub use body::{Body, parse};
pub(crate) use body::{
    SHORT, apart, malformed, member, member_fault, parse_for, parse_object, read_text, unmarked,
};
pub use collection::MapKey;
pub use constraints::{CompiledPattern, Constraints, MOST_INDEXED, Pattern};
pub use format::Format;
pub use meta::{FieldMeta, ObjectMeta, Presence};
pub use meta::{fields_at, patched_fields_at};
pub use object::{FieldVisitor, Fields, Object, SlotVisitor};
pub use opaque::Opaque;
pub(crate) use patched::merge;
pub use patched::{Merge, Patched};
pub use unit_enum::{UnitEnum, UnitEnumMeta};

pub(crate) use decimal::{MOST_DIGITS, exact, scaled};
pub(crate) use members::members_coerce;
pub use members::object_coerce;
pub use object::{object_read, object_write};
pub(crate) use outline::{Outline, check};
pub use outline::{Part, coerce_tree};
pub use time::AnyDateTime;
pub(crate) use time::NAIVE;
pub(crate) use time::{push_date, push_time, push_utc, text};
pub(crate) use tree::tree;
pub use unit_enum::{choice_explain, choice_read, choice_write};
pub(crate) use whole::whole;

use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use crate::issue::IssueCollector;

/// A type that requests and answers are made of.
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
    /// What the document says of the type.
    fn shape() -> Shape;

    /// Reads a value that needs no coercion and breaks no rule; fails at the first surprise.
    ///
    /// # Errors
    /// Whatever serde's deserializer says; nobody but [`Wire::coerce`] answers a client.
    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error>;

    /// Coerces the input as Pydantic's lax mode does, or notes every fault and returns `None`.
    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self>;

    /// The same, of a part of a text. What holds other values looks into the text instead of making a tree
    /// of it.
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

    /// Writes the value as it reads on the wire.
    ///
    /// # Errors
    /// Whatever the serializer says.
    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error>;

    /// What stands for a field that was not sent: nothing, except for `Option` and [`Patched`].
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }

    // Lists of bytes are base64 text while other lists are lists, and stable Rust has no
    // specialisation: the element decides.
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

/// A type that is a body where a function takes it and does not say from where: a struct under
/// `#[model]`, a list or a map, and an `Option` of these.
pub trait Model: Wire {}

impl<T: Model> Model for Option<T> {}
impl<T: Model> Model for Box<T> {}
impl<T: Wire> Model for Vec<T> {}
impl<K, T> Model for std::collections::BTreeMap<K, T> where Self: Wire {}
impl<K, T, H> Model for std::collections::HashMap<K, T, H> where Self: Wire {}

/// What a type looks like on the wire, for the document and for the store.
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
    /// An object whose members are all of this shape.
    Map(fn() -> Shape),
    /// This or `null`.
    Nullable(fn() -> Shape),
    /// A declared struct.
    Object(&'static ObjectMeta),
    /// A declared enum.
    UnitEnum(&'static UnitEnumMeta),
}

impl Shape {
    /// Whether it is a list, or one that may be null.
    #[must_use]
    pub fn is_list(self) -> bool {
        match self {
            Shape::List(_) => true,
            Shape::Nullable(inner) => inner().is_list(),
            _ => false,
        }
    }

    /// Whether it is one value: no list, no object, and not anything.
    pub(crate) fn is_scalar(self) -> bool {
        match self {
            Shape::Boolean | Shape::Integer { .. } | Shape::Number { .. } | Shape::Text { .. } => true,
            Shape::UnitEnum(_) => true,
            Shape::Nullable(inner) => inner().is_scalar(),
            Shape::Any | Shape::List(_) | Shape::Map(_) | Shape::Object(_) => false,
        }
    }

    /// Every field in it, at any depth, with the struct it belongs to: of a struct that stands in several places
    /// once.
    pub(crate) fn each_field(
        self,
        seen: &mut Vec<&'static ObjectMeta>,
        visit: &mut impl FnMut(&'static ObjectMeta, &'static FieldMeta),
    ) {
        match self {
            Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => {
                inner().each_field(seen, visit);
            }
            // A struct may hold itself.
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

    /// Whether there is such a shape in it, or such a field, at any depth.
    pub(crate) fn has(self, is: fn(Shape) -> bool, is_field: fn(&FieldMeta) -> bool) -> bool {
        struct Asked {
            is: fn(Shape) -> bool,
            is_field: fn(&FieldMeta) -> bool,
            seen: Vec<&'static ObjectMeta>,
        }
        fn any(shape: Shape, asked: &mut Asked) -> bool {
            match shape {
                _ if (asked.is)(shape) => true,
                Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => any(inner(), asked),
                // A struct may hold itself.
                Shape::Object(meta) if !asked.seen.iter().any(|known| std::ptr::eq(*known, meta)) => {
                    asked.seen.push(meta);
                    meta.fields.iter().any(|field| (asked.is_field)(field) || any(field.shape(), asked))
                }
                _ => false,
            }
        }
        any(self, &mut Asked { is, is_field, seen: Vec::new() })
    }
}

/// Lends a value to a serializer as it reads on the wire.
#[derive(Debug)]
pub struct Out<'a, T>(pub &'a T);

impl<T: Wire> Serialize for Out<'_, T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.write(out)
    }
}

/// Reads one value by [`Wire::read`] where serde asks for a seed.
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

/// The error of the typed path where a value breaks a rule; [`Wire::coerce`] says which.
fn broken<E: serde::de::Error>() -> E {
    E::custom("a value breaks a rule of its declaration")
}
