//! The query: pairs of names and values.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use crate::issue::{IssueKind, Issues, MOST_ISSUES, Trail};
use crate::wire::{ObjectMeta, Rules, Shape, Wire};

/// The pairs of a query, in the order of the request: `a=1&b` is `a`, `1` and `b`, nothing. Bytes that are not
/// UTF-8 are replaced, as FastAPI does: what functions are asked is asked by these.
pub fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(query.as_bytes())
}

/// A name and its value.
pub type Pair<'q> = (Cow<'q, str>, Cow<'q, str>);

/// The pairs of a query of a resource, and an issue for each that is not UTF-8. Were their bytes replaced, then
/// two values would become one.
pub fn unicode_pairs<'q>(query: &'q str, meta: &'static ObjectMeta) -> (Vec<Pair<'q>>, Issues) {
    let mut all = Vec::new();
    let mut trail = Trail::at("query");
    for (name, value) in sent_pairs(query) {
        let mut fault = |name: &str, input: &str, secret: bool| {
            trail.step(name.to_owned(), |trail| {
                trail.secretly(secret, |trail| {
                    trail.fault::<()>(IssueKind::StringUnicode, &Json::from(input));
                });
            });
        };
        match (decoded(name), decoded(value)) {
            (Some(name), Some(value)) => all.push((name, value)),
            (Some(name), None) => fault(&name, value, may_be_secret(meta, &name)),
            (None, _) => fault(name, name, false),
        }
    }
    (all, trail.into_issues())
}

/// The pairs as they were sent.
fn sent_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// A name or a value; `None` where it is not UTF-8.
fn decoded(sent: &str) -> Option<Cow<'_, str>> {
    match sent.contains('+') {
        true => percent_decode_str(&sent.replace('+', " "))
            .decode_utf8()
            .ok()
            .map(|text| text.into_owned().into()),
        false => percent_decode_str(sent).decode_utf8().ok(),
    }
}

/// Whether what was sent under this name may be a secret: that of a field that is one, or under a misspelt name.
fn may_be_secret(meta: &'static ObjectMeta, name: &str) -> bool {
    match meta.fields.iter().find(|field| field.name == name) {
        Some(field) => field.write_only || field.shape().has_secrets(),
        None => Shape::Object(meta).has_secrets(),
    }
}

/// One issue for each key that is not among the allowed ones.
pub fn unknown_keys(pairs: &[Pair<'_>], allowed: &[&str], meta: &'static ObjectMeta) -> Issues {
    let mut trail = Trail::at("query");
    let unknown = pairs.iter().filter(|(key, _)| !allowed.contains(&key.as_ref()));
    for (key, value) in unknown.take(MOST_ISSUES) {
        let allowed = allowed.iter().map(|name| (*name).to_owned()).collect();
        let kind = IssueKind::ExtraForbidden { allowed };
        trail.step(key.clone().into_owned(), |trail| {
            trail.secretly(may_be_secret(meta, key), |trail| trail.fault::<()>(kind, &Json::from(&**value)))
        });
    }
    trail.into_issues()
}

/// A parameter of the query as a `T`: the last of that name, or `None` where there is none.
pub fn parameter<T: Wire>(
    pairs: &[Pair<'_>],
    name: &'static str,
    rules: &Rules,
    issues: &mut Issues,
) -> Option<T> {
    let (_, last) = pairs.iter().rfind(|(key, _)| key == name)?;
    let mut trail = Trail::at("query");
    let value = trail.step(name, |trail| T::explain(&Json::from(&**last), rules, trail));
    issues.extend(trail.into_issues());
    value
}
