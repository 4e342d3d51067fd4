//! The styles of a resource whose values are sent in the URL, `inputs = "path"` and `inputs = "query"`, and whose
//! answers to writes only report success, `replies = "status"`.
//!
//! These operations accept what a FastAPI function with the same path and query would: unknown query keys are ignored,
//! and a key may be empty. Of the endpoints only this file knows what the styles mean; [`execute`] is the same for all
//! of them.
//!
//! [`execute`]: crate::operation::execute()

use form_urlencoded::Serializer;
use serde_json::{Map, Value as Json};

use super::not_unicode;
use crate::error::Error;
use crate::http::{RequestHead, decode, encode};
use crate::input::{object_of, unicode_pairs};
use crate::issue::{Issue, IssueKind, Issues};
use crate::operation::{Command, Outcome, Service, invalid};
use crate::resource::{Change, InputStyle, Operation, ReplyStyle, ResourceMeta};
use crate::value::Value;

/// The values of a row's fields that were sent in a URL.
pub(super) struct UrlValues {
    /// The part of the URL that they were sent in: `path` or `query`.
    pub(super) place: &'static str,
    /// The values by the names of fields, as texts or lists of texts.
    pub(super) members: Map<String, Json>,
}

/// The body of every answer to a write under `replies = "status"`.
const SUCCESS: &[u8] = br#"{"status":"success"}"#;

/// Reads the values from the query of a request, or from its path, in which the base of the API takes `depth` segments.
pub(super) fn values(
    meta: &ResourceMeta,
    operation: Operation,
    head: &RequestHead<'_>,
    depth: usize,
) -> Result<UrlValues, Error> {
    if meta.inputs == InputStyle::Query {
        let (pairs, issues) = unicode_pairs(head.query, meta.object);
        if !issues.is_empty() {
            return Err(Error::Invalid(issues));
        }
        let is_field = |key: &str| meta.object.fields.iter().any(|field| field.name == key);
        let pairs = pairs.into_iter().filter(|(key, _)| is_field(key));
        let pairs = pairs.map(|(key, value)| (key, value.into_owned().into()));
        return Ok(UrlValues { place: "query", members: object_of(meta.object, pairs) });
    }
    let before = depth + meta.path.matches('/').count();
    // Names and values alternate: `/heroes/name/Ada/age/36`. The first part of the split, before the first slash, is
    // empty.
    let values = head.path.split('/').skip(before + 2).step_by(2);
    let (mut members, mut issues) = (Map::new(), Vec::new());
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

/// The command for an operation with these values.
pub(super) fn command(service: &Service, operation: Operation, values: &UrlValues) -> Result<Command, Error> {
    let changes = || service.changes_in(values.place, &values.members);
    match operation {
        Operation::Create => changes().map(Command::Create),
        Operation::Read => key(service, values).map(Command::read),
        Operation::Delete => key(service, values).map(Command::Delete),
        Operation::Replace => match changes() {
            // If clients choose the key, it is one of the values, whose issues are all reported together.
            Ok(mut changes) => match changes.take(service.meta().key) {
                Some(Change::Set(key)) => Ok(Command::Replace(key, changes)),
                _ => key(service, values).map(|key| Command::Replace(key, changes)),
            },
            Err(issues) => Err(with_key_issues(service, values, issues)),
        },
        Operation::List | Operation::Patch => {
            return Err(Error::Internal(format!("{operation:?} takes no values of a URL")));
        }
    }
    .map_err(invalid)
}

fn key(service: &Service, values: &UrlValues) -> Result<Value, Issues> {
    let meta = service.meta();
    let name = meta.object.fields[meta.key].name;
    match values.members.get(name) {
        Some(key) => service.key_in(values.place, key),
        None => {
            let loc = vec![values.place.into(), name.into()];
            Err(vec![Issue::new(IssueKind::Missing, loc, Json::Null)])
        }
    }
}

/// Puts the issues of a malformed generated key, which is not one of the values, before those of the values.
fn with_key_issues(service: &Service, values: &UrlValues, issues: Issues) -> Issues {
    if !service.meta().has_generated_key() {
        return issues;
    }
    let mut all = key(service, values).err().unwrap_or_default();
    all.extend(issues);
    all
}

/// The body that replaces the row in the answer to a write under `replies = "status"`.
pub(super) fn status(meta: &ResourceMeta, outcome: Outcome) -> Option<&'static [u8]> {
    (meta.replies == ReplyStyle::Status && outcome != Outcome::Found).then_some(SUCCESS)
}

/// The part of a row's `Location` after the path of its collection, or `None` for the default, `/<key>`.
pub(super) fn location(meta: &ResourceMeta, key: &str) -> Option<String> {
    let name = meta.object.fields[meta.key].name;
    match meta.inputs {
        InputStyle::Json => None,
        InputStyle::Path => Some(format!("/{name}/{}", encode(key))),
        InputStyle::Query => {
            Some(format!("?{}", Serializer::new(String::new()).append_pair(name, key).finish()))
        }
    }
}
