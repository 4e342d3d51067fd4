//! Structs, member by member: how they are read, explained and written.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use super::{ObjectMeta, Presence, Rules, Seed, Wire, broken};
use crate::issue::{Issue, IssueKind, Step, Trail};

/// A struct that can be written.
pub trait Fields {
    /// What is said of it.
    const META: &'static ObjectMeta;

    /// Shows each field to the visitor, with its position in [`ObjectMeta::fields`].
    ///
    /// # Errors
    /// The first error of the visitor.
    fn each<V: FieldVisitor>(&self, visitor: &mut V) -> Result<(), V::Error>;
}

/// Sees the fields of a struct, one after the other.
pub trait FieldVisitor {
    /// Why it stops.
    type Error;

    /// Sees one field.
    ///
    /// # Errors
    /// Whatever makes it stop.
    fn field<T: Serialize + ?Sized>(&mut self, index: usize, value: &T) -> Result<(), Self::Error>;
}

/// A struct that can be read: field by field into a draft, which is then finished.
pub trait Object: Fields + Sized + Send + 'static {
    /// The struct with every field still open.
    type Draft;

    /// Starts a draft.
    fn draft() -> Self::Draft;

    /// Shows the slot of the field at this position to the visitor.
    fn slot<V: SlotVisitor>(draft: &mut Self::Draft, index: usize, visitor: V) -> V::Out;

    /// Fills what may be left out; `None` where a required field is open.
    fn finish(draft: Self::Draft) -> Option<Self>;
}

/// Fills one slot of a draft.
pub trait SlotVisitor: Sized {
    /// What comes of it.
    type Out;

    /// Fills the slot.
    fn visit<T: Wire>(self, slot: &mut Option<T>) -> Self::Out;

    /// There is no such slot.
    fn none(self) -> Self::Out;
}

/// Reads an object; a list is none.
pub fn object_read<'de, T: Object, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    input.deserialize_map(ReadObject(PhantomData))
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
                    let rules = &T::META.fields[index].rules;
                    T::slot(&mut draft, index, ReadSlot { object: &mut object, rules, de: PhantomData })?;
                    expected = index + 1;
                }
                Member::Ignored => {
                    object.next_value::<IgnoredAny>()?;
                }
                Member::Unknown => return Err(broken()),
            }
        }
        T::finish(draft).ok_or_else(broken)
    }
}

enum Member {
    Field(usize),
    Ignored,
    Unknown,
}

impl Member {
    fn of(meta: &ObjectMeta, name: &str, expected: usize) -> Self {
        // Members mostly come in the order of the fields.
        match meta.fields.get(expected) {
            Some(field) if field.name == name => Member::Field(expected),
            _ => match meta.fields.iter().position(|field| field.name == name) {
                Some(index) => Member::Field(index),
                None if !meta.deny_unknown || meta.ignored.contains(&name) => Member::Ignored,
                None => Member::Unknown,
            },
        }
    }
}

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
    rules: &'static Rules,
    de: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> SlotVisitor for ReadSlot<'_, 'de, A> {
    type Out = Result<(), A::Error>;

    fn visit<T: Wire>(self, slot: &mut Option<T>) -> Self::Out {
        *slot = Some(self.object.next_value_seed(Seed::new(self.rules))?);
        Ok(())
    }

    fn none(self) -> Self::Out {
        Err(broken())
    }
}

/// Explains an object, member by member.
pub fn object_explain<T: Object>(input: &Json, trail: &mut Trail) -> Option<T> {
    let depth = trail.depth();
    let before = trail.count();
    let value = explain_members(input, trail);
    if trail.count() > before {
        redact(T::META, depth, trail.since(before));
        return None;
    }
    value
}

fn explain_members<T: Object>(input: &Json, trail: &mut Trail) -> Option<T> {
    let Json::Object(members) = input else {
        return trail.fault(IssueKind::ModelAttributesType, input);
    };
    let mut draft = T::draft();
    for (index, field) in T::META.fields.iter().enumerate() {
        match (members.get(field.name), field.presence) {
            (Some(member), _) => trail.step(field.name, |trail| {
                T::slot(&mut draft, index, ExplainSlot { input: member, rules: &field.rules, trail });
            }),
            (None, Presence::Required) => {
                trail.step(field.name, |trail| trail.fault::<()>(IssueKind::Missing, input));
            }
            (None, Presence::Optional | Presence::Default(_)) => {}
        }
    }
    for (name, member) in members {
        if let Member::Unknown = Member::of(T::META, name, 0) {
            trail.step(name.clone(), |trail| {
                trail.fault::<()>(IssueKind::ExtraForbidden { allowed: Vec::new() }, member)
            });
        }
    }
    T::finish(draft)
}

struct ExplainSlot<'a> {
    input: &'a Json,
    rules: &'static Rules,
    trail: &'a mut Trail,
}

impl SlotVisitor for ExplainSlot<'_> {
    type Out = ();

    fn visit<T: Wire>(self, slot: &mut Option<T>) {
        *slot = T::explain(self.input, self.rules, self.trail);
    }

    fn none(self) {}
}

/// What stands in an issue in place of a secret.
const REDACTED: &str = "**********";

/// Takes write-only values out of the inputs that issues echo.
fn redact(meta: &ObjectMeta, depth: usize, issues: &mut [Issue]) {
    let secret = |name: &str| meta.fields.iter().any(|f| f.write_only && f.name == name);
    if !meta.fields.iter().any(|f| f.write_only) {
        return;
    }
    for issue in issues {
        let whole = match issue.loc.get(depth) {
            // The body as it came, which may hold anything.
            None => true,
            Some(Step::Name(name)) => secret(name) && issue.kind != IssueKind::Missing,
            Some(Step::Index(_)) => false,
        };
        if whole {
            issue.input = REDACTED.into();
        } else if let (IssueKind::Missing, Json::Object(members)) = (&issue.kind, &mut issue.input)
            && issue.loc.len() == depth + 1
        {
            for (name, member) in members.iter_mut() {
                if secret(name) {
                    *member = REDACTED.into();
                }
            }
        }
    }
}

/// Writes the fields of a struct.
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
        self.out.serialize_field(self.meta.fields[index].name, value)
    }
}
