//! Bodies: bytes and a media type on their way into a type.

use serde_json::Value as Json;

use super::{Rules, Wire};
use crate::issue::{Issue, IssueKind, Issues, Trail};

/// The body of a request.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// Its bytes; empty where there is none.
    pub bytes: &'a [u8],
    /// Whether its media type is `application/json` or ends in `+json`.
    pub json: bool,
}

/// Reads a body: straight into the type, and only where that fails a second time, to coerce or to
/// explain.
///
/// # Errors
/// Every issue of the body, in FastAPI's order.
///
/// ```
/// use crewed::wire::{Body, Rules, parse};
///
/// let body = Body { bytes: b"[1, \"2\", 3.5]", json: true };
/// let issues = parse::<Vec<i64>>(body, &Rules::NONE).unwrap_err();
/// assert_eq!(issues.len(), 1);
/// ```
pub fn parse<T: Wire>(body: Body<'_>, rules: &Rules) -> Result<T, Issues> {
    if body.bytes.is_empty() {
        return T::absent()
            .ok_or_else(|| vec![Issue::new(IssueKind::Missing, vec!["body".into()], Json::Null)]);
    }
    if !body.json {
        // As FastAPI: what is not JSON is a text, which no model is.
        return explain(&Json::String(String::from_utf8_lossy(body.bytes).into_owned()), rules);
    }
    let bytes = unmarked(body.bytes);
    let mut input = serde_json::Deserializer::from_slice(bytes);
    if let Ok(value) = T::read(&mut input, rules)
        && input.end().is_ok()
    {
        return Ok(value);
    }
    match serde_json::from_slice(bytes) {
        Ok(input) => explain(&input, rules),
        Err(e) => Err(vec![malformed(bytes, &e)]),
    }
}

/// JSON without the byte order mark that some editors put before it.
pub(crate) fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

fn explain<T: Wire>(input: &Json, rules: &Rules) -> Result<T, Issues> {
    let mut trail = Trail::at("body");
    match T::explain(input, rules, &mut trail) {
        Some(value) if trail.count() == 0 => Ok(value),
        _ => Err(trail.into_issues()),
    }
}

/// Malformed JSON is reported alone, at the position of the fault in characters.
pub(crate) fn malformed(bytes: &[u8], error: &serde_json::Error) -> Issue {
    let lines = bytes.split_inclusive(|b| *b == b'\n').take(error.line().saturating_sub(1));
    let start: usize = lines.map(<[u8]>::len).sum();
    let end = (start + error.column().saturating_sub(1)).min(bytes.len());
    let offset = String::from_utf8_lossy(&bytes[..end]).chars().count();
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default().to_owned();
    Issue::new(
        IssueKind::JsonInvalid { error: said },
        vec!["body".into(), offset.into()],
        Json::Object(serde_json::Map::new()),
    )
}
