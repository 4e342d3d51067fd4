//! Parses bodies into types.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use tokio::runtime::{Handle, RuntimeFlavor};

use super::members::{self, ErasedDraft, TypedDraft};
use super::metered::{self, Meter, Metered};
use super::misplaced::Secrets;
use super::outline::Outline;
use super::tree::Plain;
use super::{Constraints, FieldMeta, Object, ObjectMeta, Part, Wire};
use crate::issue::{Issue, IssueCollector, IssueKind, Issues, most_memory};

/// The body of a request.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// Its bytes, or an empty slice if there is no body.
    pub bytes: &'a [u8],
    /// Whether its media type is `application/json` or ends in `+json`.
    pub json: bool,
}

impl Body<'_> {
    /// No body at all.
    pub const NONE: Body<'static> = Body { bytes: b"", json: false };
}

/// Parses a body: straight into the type, and only if that fails again, with coercion and issues.
///
/// # Errors
/// Every issue of the body, in FastAPI's order.
pub fn parse<T: Wire>(body: Body<'_>, constraints: &Constraints) -> Result<T, Issues> {
    parsed(body, constraints, false)
}

/// The same with the constraints of an input. If the input is secret, issues repeat nothing of it.
pub(crate) fn parse_for<T: Wire>(body: Body<'_>, input: &FieldMeta) -> Result<T, Issues> {
    parsed(body, &input.constraints, input.write_only)
}

/// Parses a body that is an object, member by member, by code that is compiled once for all types.
pub(crate) fn parse_object<T: Object>(body: Body<'_>) -> Result<T, Issues> {
    let mut made = TypedDraft::new();
    parse_into(body, &mut made)?;
    made.take().ok_or_else(missing)
}

fn parse_into(body: Body<'_>, draft: &mut dyn ErasedDraft) -> Result<(), Issues> {
    if body.bytes.is_empty() {
        return Err(missing());
    }
    if !body.json {
        return coerced(body.bytes.len(), false, |collector| {
            Part::of_tree(&as_text(body), |part| members::coerce(part, draft, collector)).then_some(())
        });
    }
    let text = without_bom(body.bytes);
    run_blocking(text.len(), || {
        let meter = (text.len() > UNCOUNTED).then(|| Meter::new(most_memory(text.len())));
        if members::read(text, meter.as_ref(), draft) {
            return Ok(());
        }
        let outline = Outline::of(text).map_err(|e| vec![malformed(text, &e)])?;
        coerced(text.len(), false, |collector| {
            members::coerce(outline.whole(text), draft, collector).then_some(())
        })
    })
}

fn missing() -> Issues {
    vec![Issue::new(IssueKind::Missing, vec!["body".into()], Json::Null)]
}

/// A body whose media type is not JSON, as a text. As in FastAPI, that is then reported as no valid object.
fn as_text(body: Body<'_>) -> Json {
    Json::String(String::from_utf8_lossy(body.bytes).into_owned())
}

fn parsed<T: Wire>(body: Body<'_>, constraints: &Constraints, secret: bool) -> Result<T, Issues> {
    if body.bytes.is_empty() {
        return T::absent().ok_or_else(missing);
    }
    if !body.json {
        let text = as_text(body);
        return coerced(body.bytes.len(), secret, |collector| T::coerce(&text, constraints, collector));
    }
    let text = without_bom(body.bytes);
    run_blocking(text.len(), || match read_text(text, constraints) {
        Some(value) => Ok(value),
        None => {
            let outline = Outline::of(text).map_err(|e| vec![malformed(text, &e)])?;
            coerced(text.len(), secret, |collector| {
                T::coerce_part(outline.whole(text), constraints, collector)
            })
        }
    })
}

/// Whether a JSON text can be parsed into a tree within the memory that a body of its length may take.
pub(crate) fn fits_in_memory(text: &[u8]) -> bool {
    text.len() <= UNCOUNTED || metered::read::<Plain>(text, most_memory(text.len())).is_some()
}

/// The length in bytes up to which a body counts as short, and is parsed on the thread of the request.
pub(crate) const SHORT: usize = 64 << 10;

/// The length in bytes up to which the memory of a text's values is not counted. It must be small: three bytes of text,
/// `{},`, can be a struct of any size, so that a few kilobytes may already take some MiB.
const UNCOUNTED: usize = 4 << 10;

/// Parses a text straight into a type. The result is `None` if it needs coercion, has an issue, or if its values take
/// too much memory.
pub(crate) fn read_text<T: Wire>(text: &[u8], constraints: &Constraints) -> Option<T> {
    let mut input = serde_json::Deserializer::from_slice(text);
    let value = match text.len() <= UNCOUNTED {
        true => T::read(&mut input, constraints),
        false => T::read(Metered::new(&mut input, &Meter::new(most_memory(text.len()))), constraints),
    };
    value.ok().filter(|_| input.end().is_ok())
}

/// Does the work on a body with this length. For a long one, the runtime moves the other tasks of this thread to
/// another thread, so that they are not held up.
pub(crate) fn run_blocking<T>(length: usize, work: impl FnOnce() -> T) -> T {
    let others = length > SHORT
        && Handle::try_current().is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::MultiThread);
    match others {
        true => tokio::task::block_in_place(work),
        false => work(),
    }
}

/// JSON without the byte order mark that some editors add.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

fn coerced<T>(
    length: usize,
    secret: bool,
    coerce: impl FnOnce(&mut IssueCollector) -> Option<T>,
) -> Result<T, Issues> {
    let mut collector = IssueCollector::in_body(length);
    match collector.secretly(secret, coerce) {
        Some(value) if collector.count() == 0 => Ok(value),
        _ => Err(collector.into_issues()),
    }
}

/// The issue of one member of a body. If the member is secret, the issue repeats nothing of it.
pub(crate) fn member_fault(body: &[u8], field: &FieldMeta, kind: IssueKind) -> Issues {
    let mut collector = IssueCollector::at("body");
    collector.step(field.name, |collector| {
        collector.secretly(field.write_only, |collector| match member_text(without_bom(body), field.name) {
            Some(member) => {
                let outline = Outline::of(member).unwrap_or_default();
                collector.fault::<()>(kind, &outline.whole(member))
            }
            None => collector.fault(kind, &Json::Null),
        })
    });
    collector.into_issues()
}

/// Whether a body has the member of a field.
pub(crate) fn has_member(body: &[u8], field: &FieldMeta) -> bool {
    member_text(without_bom(body), field.name).is_some()
}

/// Parses a single member of a body, if it exists, which the type of the body ignores. A malformed body is not reported
/// here, but where the whole of it is parsed.
pub(crate) fn member<T: Wire>(
    body: Body<'_>,
    object: &'static ObjectMeta,
    field: &FieldMeta,
) -> Result<Option<T>, Issues> {
    let text = without_bom(body.bytes);
    let sent = body.json.then(|| run_blocking(text.len(), || member_text(text, field.name))).flatten();
    let Some(member) = sent else { return Ok(None) };
    let outline = Outline::of(member).unwrap_or_default();
    let part = outline.whole(member);
    let secret = Secrets::of(object.fields).may_be_in(field, part);
    let coerce = |collector: &mut IssueCollector| {
        collector.step(field.name, |collector| T::coerce_part(part, &field.constraints, collector))
    };
    coerced(member.len(), secret, coerce).map(Some)
}

/// The text of the last member of a JSON object with this name, or `None` if there is none or the text is no object.
fn member_text<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    // Most bodies do not have the member, and need not be parsed for it: a name is written literally or with escapes.
    let whole = std::str::from_utf8(text).ok()?;
    let quoted = |(at, _)| whole[..at].ends_with('"') && whole[at + name.len()..].starts_with('"');
    if !whole.match_indices(name).any(quoted) && !whole.contains('\\') {
        return None;
    }
    let member = serde_json::Deserializer::from_str(whole).deserialize_map(LastNamed(name)).ok()?;
    member.map(|member| member.get().as_bytes())
}

/// A visitor that finds the last member with a name.
struct LastNamed<'n>(&'n str);

impl<'de> Visitor<'de> for LastNamed<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_it) = object.next_key_seed(IsNamed(self.0))? {
            match is_it {
                true => found = Some(object.next_value()?),
                false => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// A seed that compares the name of a member.
struct IsNamed<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for IsNamed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<bool, D::Error> {
        input.deserialize_str(self)
    }
}

impl Visitor<'_> for IsNamed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

/// The issue of malformed JSON, which has the position of the fault in characters, as FastAPI's has.
pub(crate) fn malformed(bytes: &[u8], error: &serde_json::Error) -> Issue {
    let lines = bytes.split_inclusive(|b| *b == b'\n').take(error.line().saturating_sub(1));
    let start: usize = lines.map(<[u8]>::len).sum();
    let end = (start + error.column().saturating_sub(1)).min(bytes.len());
    // Each character has exactly one byte that is no continuation byte.
    let offset = bytes[..end].iter().filter(|byte| (**byte & 0xc0) != 0x80).count();
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default().to_owned();
    Issue::new(
        IssueKind::JsonInvalid { error: said },
        vec!["body".into(), offset.into()],
        Json::Object(serde_json::Map::new()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_member_of_a_name_is_found_as_it_stands() {
        let cases = [
            (r#"{"a": 1, "b": {"a": 2}, "\u0061": 1.50, "c": "a"}"#, Some("1.50")),
            (r#"{"aa": 1, "b": {"a": [2]}, "c": ["\"a\":1"]}"#, None),
            (r#" {"b": [[{}]], "a" : [ 1 ] } "#, Some("[ 1 ]")),
            (r#"{"a": null}"#, Some("null")),
            (r#"[{"a": 1}]"#, None),
            (r#""a""#, None),
            (r#"{"a": 1, "b": }"#, None),
            (r#"{"a": 1"#, None),
            ("", None),
        ];
        for (text, expected) in cases {
            let found = member_text(text.as_bytes(), "a").map(String::from_utf8_lossy);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        assert_eq!(member_text(b"{\"a\": 1, \"b\": \"\xff\"}", "a"), None);
        assert_eq!(member_text("{\"ключ\": 1}".as_bytes(), "ключ"), Some(&b"1"[..]));
    }
}
