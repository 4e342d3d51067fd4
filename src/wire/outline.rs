//! The outline of a JSON text: where each of its values begins and ends.
//!
//! A tree of [`serde_json::Value`] takes up to 150 bytes for each byte of its text (`[[[[..`, `{"":0}`). An outline
//! takes twelve for each *value*, so at most six for each byte. Nothing is copied: names and values are parsed from the
//! text when they are needed.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::object::Skipped;
use super::scan::{scalar_end, string_end};
use super::tree::{Plain, tree};
use super::{Constraints, Wire, metered};
use crate::issue::{Echo, IssueCollector, IssueKind, beginning};

/// The positions of the values of a JSON text.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    nodes: Vec<Node>,
}

/// A value. A list or an object is followed by the nodes of its content. A member is a node for its name, which is a
/// text, followed by its value.
#[derive(Clone, Copy, Debug)]
struct Node {
    start: u32,
    end: u32,
    /// The index of the next node after the content of this one.
    next: u32,
}

impl Outline {
    /// Creates the outline of a text.
    ///
    /// # Errors
    /// serde_json's error, if the text is not valid JSON.
    pub(crate) fn of(text: &[u8]) -> Result<Self, serde_json::Error> {
        if u32::try_from(text.len()).is_err() {
            return Err(serde_json::Error::custom("the text is longer than 4 GiB"));
        }
        check(text)?;
        Ok(Outline { nodes: nodes(text) })
    }

    /// The outermost value of this text, which must be the text of the outline.
    pub(crate) fn whole<'a>(&'a self, text: &'a [u8]) -> Part<'a> {
        Part { text, nodes: &self.nodes, at: 0 }
    }
}

/// Checks that a text is valid JSON.
///
/// # Errors
/// serde_json's error, if it is not.
pub(crate) fn check(text: &[u8]) -> Result<(), serde_json::Error> {
    let mut input = serde_json::Deserializer::from_slice(text);
    Skipped::deserialize(&mut input)?;
    input.end()
}

/// Finds the values of a text that is known to be valid JSON.
fn nodes(text: &[u8]) -> Vec<Node> {
    // Each value takes at least one byte, and one that separates it from the next.
    let mut nodes = Vec::with_capacity(text.len() / 2 + 1);
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at) {
        let start = at;
        at += 1;
        match first {
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => continue,
            b']' | b'}' => {
                let next = nodes.len() as u32;
                if let Some(node) = open.pop().and_then(|index| nodes.get_mut(index)) {
                    *node = Node { end: at as u32, next, ..*node };
                }
                continue;
            }
            b'[' | b'{' => open.push(nodes.len()),
            b'"' => at = string_end(text, start).unwrap_or(text.len()),
            _ => at = scalar_end(text, start),
        }
        nodes.push(Node { start: start as u32, end: at as u32, next: nodes.len() as u32 + 1 });
    }
    nodes
}

/// A value of a text that has an outline.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    text: &'a [u8],
    nodes: &'a [Node],
    at: usize,
}

impl<'a> Part<'a> {
    /// Calls `look` with a tree as a part, by serializing it.
    pub(crate) fn of_tree<T>(tree: &impl Serialize, look: impl FnOnce(Part<'_>) -> T) -> T {
        let text = serde_json::to_vec(tree).unwrap_or_default();
        let outline = Outline::of(&text).unwrap_or_default();
        look(outline.whole(&text))
    }

    fn node(&self) -> Node {
        self.nodes.get(self.at).copied().unwrap_or(Node { start: 0, end: 0, next: 0 })
    }

    /// The text of the value, so that a number has all its digits.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        let node = self.node();
        self.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    fn first(&self) -> u8 {
        self.text().first().copied().unwrap_or_default()
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.first() == b'n'
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.first() == b'['
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.first() == b'{'
    }

    /// The values directly in it.
    fn inner(&self) -> Inner<'a> {
        let inner = Part { at: self.at + 1, ..*self };
        Inner { next: inner, end: self.node().next as usize }
    }

    /// The items of a list. Any other value has none.
    pub fn items(&self) -> impl Iterator<Item = Part<'a>> + use<'a> {
        self.inner().take(if self.is_list() { usize::MAX } else { 0 })
    }

    /// The members of an object as they are in the text, where a name may be repeated. Any other value has none.
    pub fn members(&self) -> impl Iterator<Item = (Cow<'a, str>, Part<'a>)> + use<'a> {
        let mut inner = self.inner().take(if self.is_object() { usize::MAX } else { 0 });
        std::iter::from_fn(move || Some((inner.next()?.name(), inner.next()?)))
    }

    fn name(&self) -> Cow<'a, str> {
        let text = self.text();
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        match std::str::from_utf8(inner) {
            Ok(name) if !inner.contains(&b'\\') => name.into(),
            _ => serde_json::from_slice::<String>(text).unwrap_or_default().into(),
        }
    }

    /// The value as a temporary tree. If there is too little memory for it, that is reported.
    pub fn tree(&self, collector: &mut IssueCollector) -> Option<Json> {
        self.read::<Plain>(collector)?.0.ok().map(|Plain(tree)| tree)
    }

    /// Parses the value into a type that is kept, so its memory is reserved. If there is too little, that is reported.
    pub(super) fn read_owned<T: DeserializeOwned>(
        &self,
        collector: &mut IssueCollector,
    ) -> Option<Result<T, serde_json::Error>> {
        let (value, left) = self.read(collector)?;
        collector.reserve_memory(collector.memory_left() - left).then_some(value)
    }

    fn read<T: DeserializeOwned>(
        &self,
        collector: &mut IssueCollector,
    ) -> Option<(Result<T, serde_json::Error>, usize)> {
        let read = metered::read(self.text(), collector.memory_left());
        if read.is_none() {
            collector.out_of_memory();
        }
        read
    }
}

/// The issue of a list or an object that was sent for a single value. It is the same whatever the content, so the
/// content is not parsed.
pub(super) fn wrong_kind<T: Wire>(input: Part<'_>, constraints: &Constraints) -> Option<IssueKind> {
    let empty = match input.first() {
        b'[' => Json::Array(Vec::new()),
        b'{' => Json::Object(serde_json::Map::new()),
        _ => return None,
    };
    if !T::shape().is_scalar() {
        return None;
    }
    let mut collector = IssueCollector::default();
    match T::coerce(&empty, constraints, &mut collector) {
        Some(_) => None,
        None => collector.into_issues().pop().map(|issue| issue.kind),
    }
}

/// Coerces a tree by [`Wire::coerce_part`], for types that contain other values.
pub fn coerce_tree<T: Wire>(
    input: &Json,
    constraints: &Constraints,
    collector: &mut IssueCollector,
) -> Option<T> {
    Part::of_tree(input, |part| T::coerce_part(part, constraints, collector))
}

struct Inner<'a> {
    next: Part<'a>,
    end: usize,
}

impl<'a> Iterator for Inner<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let part = self.next;
        if part.at >= self.end {
            return None;
        }
        self.next.at = part.node().next as usize;
        Some(part)
    }
}

impl Echo for Part<'_> {
    fn length_within(&self, most: usize) -> Option<usize> {
        Some(self.text().len()).filter(|length| *length <= most)
    }

    fn to_json(&self) -> Json {
        tree(self.text()).unwrap_or_default()
    }

    fn beginning(&self, most: usize) -> (String, Option<usize>) {
        let text = self.text();
        // The bytes may end within a character.
        let start = String::from_utf8_lossy(&text[..text.len().min(most)]);
        (beginning(start.trim_end_matches('\u{fffd}'), most).to_owned(), Some(text.len()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(part: Part<'_>) -> Json {
        if part.is_list() {
            part.items().map(told).collect()
        } else if part.is_object() {
            let members = part.members().map(|(name, member)| (name.into_owned(), told(member)));
            Json::Object(members.collect())
        } else {
            part.to_json()
        }
    }

    #[test]
    fn an_outline_has_what_the_text_has() {
        let long = "x".repeat(1000);
        for text in [
            r#"null"#,
            r#" [ ] "#,
            "\t{ }\n",
            r#"[[],{},[[1,2.50,-3e2],"]",{"}":"{"}],null,true,false]"#,
            r#"{"a" : 1 , "b":{"c":[{"d\"":"\\"}]},"a":[2],"\u00e9\\":"\"","한":"글"}"#,
            r#"["\\","\\\"",""]"#,
            "12345678901234567890123",
            &format!(r#"["{long}",{{"{long}":"{long}"}}]"#),
        ] {
            let outline = Outline::of(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"));
            let expected: Json = serde_json::from_str(text).unwrap_or_default();
            assert_eq!(told(outline.whole(text.as_bytes())), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_has_no_outline() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for text in ["", "[", "[1,]", r#"{"a"}"#, "1e999", r#""\ud800""#, "nul", "[] []", &deep] {
            let expected = serde_json::from_str::<Json>(text).map(|_| ()).map_err(|e| e.to_string());
            assert!(expected.is_err(), "{text}");
            assert_eq!(Outline::of(text.as_bytes()).map(|_| ()).map_err(|e| e.to_string()), expected);
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let text = br#"{"b": 0, "\u0061": 1.50}"#;
        let outline = Outline::of(text).unwrap_or_default();
        let last = outline.whole(text).members().last();
        assert_eq!(last.map(|(name, a)| (name.into_owned(), a.text())), Some(("a".to_owned(), &b"1.50"[..])));
        assert_eq!(Part::of_tree(&json!({"a": [1]}), |part| part.items().count()), 0);
    }

    /// A list or an object that was sent for a single value is reported at once, and its content is not parsed.
    #[test]
    fn what_is_of_the_wrong_kind_is_not_looked_into() {
        fn told<T: Wire>() -> Vec<IssueKind> {
            let junk = vec!["[[],{}]"; 200_000].join(",");
            let kinds = [format!("[{junk}]"), format!("{{\"a\":[{junk}]}}")].map(|text| {
                let outline = Outline::of(text.as_bytes()).unwrap_or_default();
                let mut collector = IssueCollector::at("body");
                assert!(
                    T::coerce_part(outline.whole(text.as_bytes()), &Constraints::NONE, &mut collector)
                        .is_none()
                );
                collector.into_issues().into_iter().map(|issue| issue.kind)
            });
            kinds.into_iter().flatten().collect()
        }
        assert_eq!(told::<i64>(), [IssueKind::IntType, IssueKind::IntType]);
        assert_eq!(told::<Option<bool>>(), [IssueKind::BoolType, IssueKind::BoolType]);
        assert_eq!(told::<Box<String>>(), [IssueKind::StringType, IssueKind::StringType]);
        assert_eq!(told::<Vec<u8>>(), [IssueKind::BytesType, IssueKind::BytesType]);
        assert_eq!(told::<Option<Vec<u8>>>(), [IssueKind::BytesType, IssueKind::BytesType]);
    }
}
