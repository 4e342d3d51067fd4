//! The query: pairs of names and values.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::issue::{IssueKind, Issues, MOST_ISSUES, Trail};
use crate::wire::{Rules, Wire};

/// The pairs of a query, in the order of the request: `a=1&b` is `a`, `1` and `b`, nothing.
pub fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(query.as_bytes())
}

/// One issue for each key that is not among the allowed ones.
pub fn unknown_keys<'a>(
    pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    allowed: &[&str],
) -> Issues {
    let mut trail = Trail::at("query");
    for (key, value) in pairs.filter(|(key, _)| !allowed.contains(&key.as_ref())).take(MOST_ISSUES) {
        let allowed = allowed.iter().map(|name| (*name).to_owned()).collect();
        let kind = IssueKind::ExtraForbidden { allowed };
        trail.step(key.into_owned(), |trail| trail.fault::<()>(kind, &Json::from(value)));
    }
    trail.into_issues()
}

/// A parameter of the query as a `T`: the last of that name, or `None` where there is none.
pub fn parameter<T: Wire>(query: &str, name: &'static str, rules: &Rules, issues: &mut Issues) -> Option<T> {
    let (_, last) = pairs(query).filter(|(key, _)| key == name).last()?;
    let mut trail = Trail::at("query");
    let value = trail.step(name, |trail| T::explain(&Json::from(last), rules, trail));
    issues.extend(trail.into_issues());
    value
}
