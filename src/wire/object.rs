//! The traits of structs that are parsed and serialized field by field.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::secrets::includes_secrets;
use super::{Constraints, ObjectMeta, Out, Patched, Seed, Wire, constraint_error};

/// A struct that can be serialized.
pub trait Fields {
    /// The declaration of the struct.
    const META: &'static ObjectMeta;

    /// Visits each field, with its position in [`ObjectMeta::fields`].
    ///
    /// # Errors
    /// The first error of the visitor.
    fn each<V: FieldVisitor>(&self, visitor: &mut V) -> Result<(), V::Error>;
}

/// A visitor of the fields of a struct.
pub trait FieldVisitor {
    /// The error that ends the visit.
    type Error;

    /// Visits a field.
    ///
    /// # Errors
    /// The visitor's.
    fn field<T: Serialize + ?Sized>(&mut self, index: usize, value: &T) -> Result<(), Self::Error>;

    /// Visits a field of a patch, which is skipped if it is absent.
    ///
    /// # Errors
    /// The visitor's.
    fn patched<T: Wire>(&mut self, index: usize, value: &Patched<T>) -> Result<(), Self::Error> {
        if value.is_absent() { Ok(()) } else { self.field(index, &Out(value)) }
    }
}

/// A struct that can be parsed, field by field into a draft.
pub trait Object: Fields + Sized + 'static {
    /// The struct with an `Option` for each field.
    type Draft;

    /// An empty draft.
    fn draft() -> Self::Draft;

    /// Lets the visitor fill the slot of the field at this position.
    fn slot<V: SlotVisitor>(draft: &mut Self::Draft, index: usize, visitor: V) -> V::Out;

    /// Builds the struct, with defaults for missing fields, or returns `None` if a required one is missing.
    fn finish(draft: Self::Draft) -> Option<Self>;
}

/// A visitor that fills one slot of a draft.
pub trait SlotVisitor: Sized {
    /// The result.
    type Out;

    /// Fills the slot.
    fn visit<T: Wire>(self, slot: &mut Option<T>) -> Self::Out;

    /// Fills the slot of a field of a patch.
    fn patched<T: Wire>(self, slot: &mut Patched<T>) -> Self::Out {
        let mut open = None;
        let out = self.visit(&mut open);
        if let Some(value) = open {
            *slot = value;
        }
        out
    }

    /// Is called if there is no such slot.
    fn none(self) -> Self::Out;
}

/// Parses an object. A list is refused.
pub fn object_read<'de, T: Object, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    // In JSON a struct is the same as a map, but a metered deserializer does not count its fields as items.
    input.deserialize_struct("", &[], ReadObject(PhantomData))
}

struct ReadObject<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ReadObject<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<T, A::Error> {
        let mut draft = T::draft();
        let mut expected = 0;
        while let Some(member) = object.next_key_seed(MemberName { meta: T::META, expected })? {
            match member {
                Member::Field(index) => {
                    let constraints = &T::META.fields[index].constraints;
                    T::slot(
                        &mut draft,
                        index,
                        ReadSlot { object: &mut object, constraints, de: PhantomData },
                    )?;
                    expected = index + 1;
                }
                Member::Ignored => {
                    object.next_value::<Skipped>()?;
                }
                Member::Unknown => return Err(constraint_error()),
            }
        }
        T::finish(draft).ok_or_else(constraint_error)
    }
}

/// The field of a struct that a member belongs to.
pub(super) enum Member {
    Field(usize),
    Ignored,
    Unknown,
}

impl Member {
    pub(super) fn of(meta: &ObjectMeta, name: &str, expected: usize) -> Self {
        // Most members come in the order of the fields.
        match meta.fields.get(expected) {
            Some(field) if field.name == name => Member::Field(expected),
            _ => match meta.fields.iter().position(|field| field.name == name) {
                Some(index) => Member::Field(index),
                None if !meta.deny_unknown || meta.ignored.contains(&name) => Member::Ignored,
                None if meta.key == Some(name) => Member::Ignored,
                None => Member::Unknown,
            },
        }
    }
}

/// A value that is ignored, but must be valid. serde's `IgnoredAny` does not serve, since it accepts numbers and depths
/// that `serde_json::Value` does not, and that the second pass would therefore refuse.
pub(super) struct Skipped;

impl<'de> Deserialize<'de> for Skipped {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Skipped)
    }
}

impl<'de> Visitor<'de> for Skipped {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Skipped>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<Skipped, Skipped>()?.is_some() {}
        Ok(self)
    }
}

/// A seed that finds the field of a member by its name; the field at `expected` is tried first.
struct MemberName {
    meta: &'static ObjectMeta,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Member, D::Error> {
        input.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberName {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Member, E> {
        Ok(Member::of(self.meta, name, self.expected))
    }
}

struct ReadSlot<'a, 'de, A> {
    object: &'a mut A,
    constraints: &'static Constraints,
    de: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> SlotVisitor for ReadSlot<'_, 'de, A> {
    type Out = Result<(), A::Error>;

    fn visit<T: Wire>(self, slot: &mut Option<T>) -> Self::Out {
        *slot = Some(self.object.next_value_seed(Seed::new(self.constraints))?);
        Ok(())
    }

    fn none(self) -> Self::Out {
        Err(constraint_error())
    }
}

/// Serializes the fields of a struct, without those that are `write_only`, unless it is stored.
pub fn object_write<T: Fields, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
    let out = out.serialize_struct(T::META.name, T::META.fields.len())?;
    let mut writer = WriteFields { meta: T::META, out };
    value.each(&mut writer)?;
    writer.out.end()
}

struct WriteFields<O> {
    meta: &'static ObjectMeta,
    out: O,
}

impl<O: SerializeStruct> FieldVisitor for WriteFields<O> {
    type Error = O::Error;

    fn field<T: Serialize + ?Sized>(&mut self, index: usize, value: &T) -> Result<(), O::Error> {
        let field = &self.meta.fields[index];
        if field.write_only && !self.meta.sent && !includes_secrets() {
            return Ok(());
        }
        self.out.serialize_field(field.name, value)
    }
}
