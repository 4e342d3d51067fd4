//! Operations whose values stand in their URL, under `inputs = "path"` and `inputs = "query"`.

use form_urlencoded::Serializer;

use super::path::{decode, encode};
use crate::error::Error;
use crate::input::{object_of, unicode_pairs};
use crate::issue::{Issue, IssueKind, REDACTED};
use crate::operation::UrlValues;
use crate::resource::{InputStyle, Operation, ResourceMeta};
use crate::wire::FieldMeta;

/// The values that stand in a path, behind so many segments of it, or in a query.
pub(super) fn url_values(
    meta: &ResourceMeta,
    operation: Operation,
    (path, before): (&str, usize),
    query: &str,
) -> Result<UrlValues, Error> {
    if meta.inputs == InputStyle::Query {
        let (pairs, issues) = unicode_pairs(query, meta.object);
        if !issues.is_empty() {
            return Err(Error::Invalid(issues));
        }
        let known = |key: &str| meta.object.fields.iter().any(|field| field.name == key);
        let pairs = pairs.into_iter().filter(|(key, _)| known(key));
        let pairs = pairs.map(|(key, value)| (key, value.into_owned().into()));
        return Ok(UrlValues { place: "query", members: object_of(meta.object, pairs) });
    }
    // Names and values in turn; before the first slash is nothing.
    let values = path.split('/').skip(before + 2).step_by(2);
    let (mut members, mut issues) = (serde_json::Map::new(), Vec::new());
    for (index, value) in meta.url_fields(operation).into_iter().zip(values) {
        let field = &meta.object.fields[index];
        match decode(value) {
            Some(value) => drop(members.insert(field.name.to_owned(), value.into_owned().into())),
            None => issues.push(not_unicode(field, value)),
        }
    }
    match issues.is_empty() {
        true => Ok(UrlValues { place: "path", members }),
        false => Err(Error::Invalid(issues)),
    }
}

/// The issue of a segment whose bytes are no text.
pub(super) fn not_unicode(field: &FieldMeta, segment: &str) -> Issue {
    let loc = vec!["path".into(), field.name.into()];
    let input = if field.write_only { REDACTED } else { segment };
    Issue::new(IssueKind::StringUnicode, loc, input.into())
}

/// Where a row stands within its collection.
pub(super) fn location_within(style: InputStyle, meta: &ResourceMeta, key: &str) -> String {
    let name = meta.object.fields[meta.key].name;
    match style {
        InputStyle::Query => format!("?{}", Serializer::new(String::new()).append_pair(name, key).finish()),
        _ => format!("/{name}/{}", encode(key)),
    }
}
