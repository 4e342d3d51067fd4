//! Parses the members of an object into the fields of a struct, by code that is compiled once for all structs.
//!
//! A generic parser would be compiled again for each struct, of which a resource has several. So only the access to the
//! slots is generic, behind the trait [`ErasedDraft`].

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value as Json;
use serde_json::de::SliceRead;

use super::metered::{Meter, Metered};
use super::object::{Member, Skipped};
use super::scan::each_member;
use super::{
    Constraints, FieldMeta, Object, ObjectMeta, Part, Patched, Presence, Secrets, Shape, SlotVisitor, Wire,
    shown_name,
};
use crate::issue::{Echo, IssueCollector, IssueKind, MOST_ECHOED, MOST_ISSUES, REDACTED};

/// A struct that is being parsed, without its type.
pub(super) trait ErasedDraft {
    /// The declaration of the struct.
    fn meta(&self) -> &'static ObjectMeta;

    /// Starts with empty fields, also for a second attempt.
    fn begin(&mut self);

    /// Parses the field at this position. Returns whether that succeeded.
    fn fill(&mut self, index: usize, value: MemberValue<'_>) -> bool;

    /// Builds the struct. Returns false if a required field is missing.
    fn finish(&mut self) -> bool;
}

/// The same with its type.
pub(super) struct TypedDraft<T: Object> {
    draft: Option<T::Draft>,
    made: Option<T>,
}

impl<T: Object> TypedDraft<T> {
    pub(super) fn new() -> Self {
        TypedDraft { draft: None, made: None }
    }

    pub(super) fn take(self) -> Option<T> {
        self.made
    }
}

impl<T: Object> ErasedDraft for TypedDraft<T> {
    fn meta(&self) -> &'static ObjectMeta {
        T::META
    }

    fn begin(&mut self) {
        self.draft = Some(T::draft());
    }

    fn fill(&mut self, index: usize, value: MemberValue<'_>) -> bool {
        self.draft.as_mut().is_some_and(|draft| T::slot(draft, index, value))
    }

    fn finish(&mut self) -> bool {
        self.made = self.draft.take().and_then(T::finish);
        self.made.is_some()
    }
}

/// A value to be parsed into a field.
pub(super) enum MemberValue<'a> {
    /// Parses straight into the type, from the beginning of `text`, and sets `length` to the length of what was read,
    /// which is the value's if there is one. The meter counts its memory, if the body is long.
    Read {
        text: &'a [u8],
        constraints: &'static Constraints,
        meter: Option<&'a Meter>,
        length: &'a mut usize,
    },
    /// Coerces, and reports issues.
    Coerce { input: Part<'a>, constraints: &'static Constraints, collector: &'a mut IssueCollector },
}

impl MemberValue<'_> {
    // Inlining would compile this once for each field instead of once for each type of a field.
    #[inline(never)]
    fn into_type<T: Wire>(self) -> Option<T> {
        match self {
            MemberValue::Read { text, constraints, meter, length } => {
                let mut input = serde_json::Deserializer::from_slice(text);
                let value = match meter {
                    None => T::read(&mut input, constraints),
                    Some(meter) => T::read(Metered::new(&mut input, meter), constraints),
                };
                *length = length_read(input);
                value.ok()
            }
            MemberValue::Coerce { input, constraints, collector } => {
                T::coerce_part(input, constraints, collector)
            }
        }
    }
}

impl SlotVisitor for MemberValue<'_> {
    type Out = bool;

    fn visit<T: Wire>(self, slot: &mut Option<T>) -> bool {
        *slot = self.into_type();
        slot.is_some()
    }

    #[inline(never)]
    fn patched<T: Wire>(self, slot: &mut Patched<T>) -> bool {
        match self.into_type() {
            Some(value) => {
                *slot = value;
                true
            }
            None => false,
        }
    }

    fn none(self) -> bool {
        false
    }
}

/// Parses an object that needs no coercion. Returns false at the first value that is not exactly as declared.
pub(super) fn read(text: &[u8], meter: Option<&Meter>, draft: &mut dyn ErasedDraft) -> bool {
    let meta = draft.meta();
    let mut expected = 0;
    draft.begin();
    let read = each_member(text, |name, text| match member_of(meta, name, expected)? {
        Member::Field(index) => {
            expected = index + 1;
            let constraints = &meta.fields[index].constraints;
            let mut length = 0;
            let value = MemberValue::Read { text, constraints, meter, length: &mut length };
            draft.fill(index, value).then_some(length)
        }
        Member::Ignored => {
            let mut input = serde_json::Deserializer::from_slice(text);
            Skipped::deserialize(&mut input).ok()?;
            Some(length_read(input))
        }
        Member::Unknown => None,
    });
    read.is_some() && draft.finish()
}

/// Finds the field of a member by its quoted name.
fn member_of(meta: &ObjectMeta, quoted: &[u8], expected: usize) -> Option<Member> {
    let name = quoted.get(1..quoted.len().checked_sub(1)?)?;
    // Most names have no escapes, and most members come in the order of the fields.
    let is_plain = || name.iter().all(|byte| *byte >= b' ' && *byte != b'\\');
    match meta.fields.get(expected) {
        Some(field) if field.name.as_bytes() == name && is_plain() => Some(Member::Field(expected)),
        _ if is_plain() => std::str::from_utf8(name).ok().map(|name| Member::of(meta, name, expected)),
        _ => serde_json::from_slice(quoted).ok().map(|name: String| Member::of(meta, &name, expected)),
    }
}

/// The number of bytes that a deserializer has read.
fn length_read(input: serde_json::Deserializer<SliceRead<'_>>) -> usize {
    input.into_iter::<IgnoredAny>().byte_offset()
}

/// Coerces an object, member by member.
pub fn object_coerce<T: Object>(input: Part<'_>, collector: &mut IssueCollector) -> Option<T> {
    let mut made = TypedDraft::new();
    coerce(input, &mut made, collector);
    made.take()
}

/// The same for an object that was not sent as such (a query, say), so that the issue of a missing member does not
/// repeat it.
pub(crate) fn members_coerce<T: Object>(input: Part<'_>, collector: &mut IssueCollector) -> Option<T> {
    let mut made = TypedDraft::new();
    coerce_members(input, false, &mut made, collector);
    made.take()
}

/// Coerces an object.
pub(super) fn coerce(input: Part<'_>, draft: &mut dyn ErasedDraft, collector: &mut IssueCollector) -> bool {
    if input.is_object() {
        return coerce_members(input, true, draft, collector);
    }
    // The value may be the whole body, and may have a secret anywhere.
    let secret = Shape::Object(draft.meta()).has_secrets();
    collector.secretly(secret, |collector| collector.fault::<()>(IssueKind::ModelAttributesType, &input));
    false
}

/// Coerces the members of an object. With `show`, the issue of a missing member repeats the object, as far as that is
/// no secret.
fn coerce_members(
    input: Part<'_>,
    show: bool,
    draft: &mut dyn ErasedDraft,
    collector: &mut IssueCollector,
) -> bool {
    let meta = draft.meta();
    let before = collector.count();
    let found = OnceCell::new();
    let secrets = || found.get_or_init(|| Secrets::of(meta.fields));
    let has_secrets = || secrets().exist();
    let shown = OnceCell::new();
    let (sent, unknown) = members(input, meta);
    // A single value has nothing in it.
    let is_secret = |field: &FieldMeta, sent: Part<'_>| match sent.is_list() || sent.is_object() {
        true => secrets().may_be_in(field, sent),
        false => field.write_only,
    };
    draft.begin();
    for (index, (field, member)) in meta.fields.iter().zip(sent).enumerate() {
        collector.step(field.name, |collector| match (member, field.presence) {
            (Some(input), _) => collector.secretly(is_secret(field, input), |collector| {
                let constraints = &field.constraints;
                draft.fill(index, MemberValue::Coerce { input, constraints, collector });
            }),
            (None, Presence::Required) if !show => {
                collector.fault::<()>(IssueKind::Missing, &Json::Null);
            }
            (None, Presence::Required) if has_secrets() => {
                let shown = shown.get_or_init(|| without_secrets(meta, secrets(), input));
                collector.fault::<()>(IssueKind::Missing, shown);
            }
            (None, Presence::Required) => {
                collector.fault::<()>(IssueKind::Missing, &input);
            }
            (None, Presence::Optional | Presence::Default(_)) => {}
        });
    }
    for (name, member) in unknown {
        // The value may be a secret under a misspelt name.
        collector.step(shown_name(name, has_secrets()), |collector| {
            collector.secretly(has_secrets(), |collector| {
                collector.fault::<()>(IssueKind::ExtraForbidden { allowed: Vec::new() }, &member)
            })
        });
    }
    collector.count() == before && draft.finish()
}

type Named<'a> = (Cow<'a, str>, Part<'a>);

/// The value of each field, and the unknown members up to the maximal number of issues. If a name is repeated, the last
/// value counts.
fn members<'a>(input: Part<'a>, meta: &ObjectMeta) -> (Vec<Option<Part<'a>>>, Vec<Named<'a>>) {
    let mut sent = vec![None; meta.fields.len()];
    let mut unknown: Vec<Named<'a>> = Vec::new();
    let mut places: HashMap<Cow<'a, str>, usize> = HashMap::new();
    let mut expected = 0;
    for (name, member) in input.members() {
        match Member::of(meta, &name, expected) {
            Member::Field(index) => {
                sent[index] = Some(member);
                expected = index + 1;
            }
            Member::Ignored => {}
            Member::Unknown => match places.get(&name) {
                Some(place) => unknown[*place].1 = member,
                // Further unknown members would not be reported.
                None if unknown.len() >= MOST_ISSUES => {}
                None => {
                    places.insert(name.clone(), unknown.len());
                    unknown.push((name, member));
                }
            },
        }
    }
    (sent, unknown)
}

fn without_secrets(meta: &ObjectMeta, secrets: &Secrets, input: Part<'_>) -> Json {
    if input.length_within(MOST_ECHOED).is_none() {
        return REDACTED.into();
    }
    // An unknown member may have a secret as its value, under a misspelt name, or even as its name.
    let is_open = |field: &FieldMeta, member: Part<'_>| {
        !(field.shape)().has_secrets() && !secrets.may_be_in(field, member)
    };
    let shown = |(name, member): Named<'_>| {
        let field = meta.fields.iter().find(|field| field.name == name);
        let is_open = field.is_some_and(|field| is_open(field, member));
        let member = if is_open { member.to_json() } else { REDACTED.into() };
        let name = if field.is_some() { name.into_owned() } else { REDACTED.to_owned() };
        (name, member)
    };
    input.members().map(shown).collect::<serde_json::Map<_, _>>().into()
}
