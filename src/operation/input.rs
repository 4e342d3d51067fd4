//! Inputs of operations: the key in the path, the query, the body.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::issue::{Issue, IssueKind, Issues, MOST_ISSUES, Trail};
use crate::resource::{Changes, Column, Input, Resource, ResourceMeta};
use crate::value::Value;
use crate::wire::{Body, Rules, Wire, parse};

/// The parsers of a resource's inputs.
#[derive(Clone, Copy)]
pub struct Inputs {
    pub(super) key: fn(&'static ResourceMeta, &str) -> Result<Value, Issues>,
    pub(super) create: ReadChanges,
    pub(super) replace: ReadChanges,
    pub(super) patch: ReadChanges,
}

type ReadChanges = fn(&'static ResourceMeta, Body<'_>) -> Result<Changes, Issues>;

impl Inputs {
    /// The parsers into the types that `R` declares.
    #[must_use]
    pub fn of<R: Resource>() -> Self {
        Inputs {
            key: key::<R::Key>,
            create: changes::<R::Create>,
            replace: changes::<R::Replace>,
            patch: changes::<R::Patch>,
        }
    }
}

fn key<K: Column>(meta: &'static ResourceMeta, key: &str) -> Result<Value, Issues> {
    let field = &meta.object.fields[meta.key];
    let mut trail = Trail::at("path");
    let input = Json::String(key.to_owned());
    match trail.step(field.name, |trail| K::explain(&input, &field.rules, trail)) {
        Some(key) => Ok(key.to_value(&field.rules)),
        None => Err(trail.into_issues()),
    }
}

fn changes<I: Input>(meta: &'static ResourceMeta, body: Body<'_>) -> Result<Changes, Issues> {
    let input: I = parse(body, &Rules::NONE)?;
    let mut changes = Changes::new(meta);
    input.changes(&mut changes);
    Ok(changes)
}

/// The pairs of a query, in the order of the request: `a=1&b` is `a`, `1` and `b`, nothing.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(query.as_bytes())
}

/// One issue for each key that is not among the allowed ones.
pub(super) fn unknown_keys<'a>(
    pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    allowed: &[&str],
) -> Issues {
    pairs
        .filter(|(key, _)| !allowed.contains(&key.as_ref()))
        .take(MOST_ISSUES)
        .map(|(key, value)| {
            let allowed = allowed.iter().map(|name| (*name).to_owned()).collect();
            let kind = IssueKind::ExtraForbidden { allowed };
            Issue::new(kind, vec!["query".into(), key.into_owned().into()], value.into())
        })
        .collect()
}

/// A parameter of the query as a `T`: the last of that name, or `None` where there is none.
pub(super) fn parameter<T: Wire>(
    query: &str,
    name: &'static str,
    rules: &Rules,
    issues: &mut Issues,
) -> Option<T> {
    let (_, last) = pairs(query).filter(|(key, _)| key == name).last()?;
    let mut trail = Trail::at("query");
    let value = trail.step(name, |trail| T::explain(&Json::from(last), rules, trail));
    issues.extend(trail.into_issues());
    value
}
