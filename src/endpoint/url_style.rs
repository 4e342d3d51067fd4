//! The styles in which an operation's values stand in its URL: `inputs = "path"` and `inputs = "query"`, and answers
//! that say no more than that something was done: `replies = "status"`.
//!
//! They take what a function under the same path and query would: what is not asked for is passed over, and a key may
//! be empty. This is an adapter before [`execute`](crate::operation::execute) and behind it, which knows nothing of it.

use form_urlencoded::Serializer;
use serde_json::{Map, Value as Json};

use super::not_unicode;
use crate::error::Error;
use crate::http::{RequestHead, decode, encode};
use crate::input::{object_of, unicode_pairs};
use crate::issue::{Issue, IssueKind, Issues};
use crate::operation::{Command, Outcome, Service};
use crate::resource::{Change, InputStyle, Operation, ReplyStyle, ResourceMeta};
use crate::value::Value;

/// What a URL says of a row: values by the names of fields.
pub(super) struct UrlValues {
    /// `path` or `query`.
    pub(super) place: &'static str,
    /// The values, as texts or lists of texts.
    pub(super) members: Map<String, Json>,
}

/// The one answer to writes under `replies = "status"`.
const SUCCESS: &[u8] = br#"{"status":"success"}"#;

/// The values that stand in the path of a request, behind the base of so many segments, or in its query.
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
        let known = |key: &str| meta.object.fields.iter().any(|field| field.name == key);
        let pairs = pairs.into_iter().filter(|(key, _)| known(key));
        let pairs = pairs.map(|(key, value)| (key, value.into_owned().into()));
        return Ok(UrlValues { place: "query", members: object_of(meta.object, pairs) });
    }
    let before = depth + meta.path.matches('/').count();
    // Names and values in turn; before the first slash is nothing.
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

/// What the values of a URL ask for.
pub(super) fn command(service: &Service, operation: Operation, values: &UrlValues) -> Result<Command, Error> {
    let changes = || service.changes_in(values.place, &values.members);
    match operation {
        Operation::Create => changes().map(Command::Create),
        Operation::Read => key(service, values).map(Command::Read),
        Operation::Delete => key(service, values).map(Command::Delete),
        Operation::Replace => match changes() {
            // A key that clients choose is among the values, and its issues were found there.
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
    .map_err(Error::Invalid)
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

/// The issues of a generated key that is none, before those of the values.
fn with_key_issues(service: &Service, values: &UrlValues, issues: Issues) -> Issues {
    if !service.meta().has_generated_key() {
        return issues;
    }
    let mut all = key(service, values).err().unwrap_or_default();
    all.extend(issues);
    all
}

/// The body that takes the place of a row under `replies = "status"`.
pub(super) fn status(meta: &ResourceMeta, outcome: Outcome) -> Option<&'static [u8]> {
    (meta.replies == ReplyStyle::Status && outcome != Outcome::Found).then_some(SUCCESS)
}

/// Where a row stands within its collection, if not behind a slash.
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
