//! Where the values of a JSON text end. Nobody knows here whether they are JSON: that is for who reads them, each to
//! its end.

use memchr::memchr2;

/// The maximal nesting of a member. With the object around it, that is the maximum that serde_json accepts for a whole
/// body.
const MAX_DEPTH: usize = 126;

/// Calls `read` with each member of an object: with its quoted name, and the text that begins with its value. For a
/// list or an object that text ends with the value; for others `read` returns the length of the value. The result is
/// `None` if `read` returns that, or if the text is no object.
pub(super) fn each_member<'a>(
    text: &'a [u8],
    mut read: impl FnMut(&'a [u8], &'a [u8]) -> Option<usize>,
) -> Option<()> {
    let mut at = after(text, 0, b'{')?;
    if let Some(end) = after(text, at, b'}') {
        at = end;
    } else {
        loop {
            let start = space_end(text, at);
            at = string_end(text, start)?;
            let name = text.get(start..at)?;
            at = space_end(text, after(text, at, b':')?);
            let end = match text.get(at)? {
                b'[' | b'{' => nested_end(text, at)?,
                _ => text.len(),
            };
            at += read(name, text.get(at..end)?)?;
            match after(text, at, b',') {
                Some(next) => at = next,
                None => {
                    at = after(text, at, b'}')?;
                    break;
                }
            }
        }
    }
    (space_end(text, at) == text.len()).then_some(())
}

/// The position after this byte, if it is the next one.
fn after(text: &[u8], at: usize, byte: u8) -> Option<usize> {
    let at = space_end(text, at);
    (text.get(at) == Some(&byte)).then_some(at + 1)
}

fn space_end(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}

/// The position after a quoted text.
pub(super) fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    if text.get(at) != Some(&b'"') {
        return None;
    }
    at += 1;
    loop {
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        match text.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// The position after a number, `true`, `false` or `null`.
pub(super) fn scalar_end(text: &[u8], start: usize) -> usize {
    let ends = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}');
    let rest = text.get(start..).unwrap_or_default();
    start + rest.iter().position(ends).unwrap_or(rest.len())
}

/// The position after a list or an object, unless it is nested too deeply.
fn nested_end(text: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut open) = (start, 0_usize);
    loop {
        match text.get(at)? {
            // Brackets within a text do not count.
            b'"' => {
                at = string_end(text, at)?;
                continue;
            }
            b'[' | b'{' => open += 1,
            b']' | b'}' => open -= 1,
            _ => {}
        }
        at += 1;
        match open {
            0 => return Some(at),
            1..=MAX_DEPTH => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        let text_of = |bytes| String::from_utf8_lossy(bytes).into_owned();
        each_member(text.as_bytes(), |name, rest| {
            let end = match rest.first()? {
                b'"' => string_end(rest, 0)?,
                b'[' | b'{' => rest.len(),
                _ => scalar_end(rest, 0),
            };
            found.push((text_of(name), text_of(rest.get(..end)?)));
            Some(end).filter(|end| *end > 0)
        })?;
        Some(found)
    }

    #[test]
    fn members_are_found_as_they_stand() {
        let text =
            " {\"a\" : 1.50,\"b\\\"\\\\\":\r\n[{\"]\": \"}\\\"\"}, 2 ]\t, \"a\":\"\\\\\" , \"\": null} ";
        let expected = [
            ("\"a\"", "1.50"),
            ("\"b\\\"\\\\\"", "[{\"]\": \"}\\\"\"}, 2 ]"),
            ("\"a\"", "\"\\\\\""),
            ("\"\"", "null"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(members(text), Some(expected.into()));
        assert_eq!(members("{ }"), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_object_has_none() {
        for text in [
            "",
            " ",
            "{",
            "}",
            "[]",
            "1",
            "\"a\"",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":1}}",
            "{\"a\":1} 2",
            "{\"a\" 1}",
            "{\"a\":\"1}",
            "{\"a\":\"\\",
            "{\"a\\\":1}",
            "{\"a\":[1}",
            "{\"a\":1 2}",
            "{a:1}",
        ] {
            assert_eq!(members(text), None, "{text}");
        }
        // Whoever does not want one ends it.
        assert!(each_member(b"{\"a\": 1, \"b\": 2}", |name, _| (name != b"\"b\"").then_some(1)).is_none());
    }

    #[test]
    fn what_is_too_deep_is_not_looked_through() {
        for (deep, expected) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false)] {
            let text = format!("{{\"a\": {}{}}}", "[".repeat(deep), "]".repeat(deep));
            assert_eq!(members(&text).is_some(), expected, "{deep}");
        }
    }
}
