//! The query of a request, as pairs of keys and values.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use crate::issue::{IssueCollector, IssueKind, Issues, MOST_ISSUES};
use crate::wire::{Constraints, ObjectMeta, Shape, Wire, shown_name};

/// The pairs of the query of a function, in their order: `a=1&b` is `a` with `1`, and `b` with an empty value. Bytes
/// that are not UTF-8 are replaced, as FastAPI does.
pub fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(query.as_bytes())
}

/// A key and its value.
pub(crate) type Pair<'q> = (Cow<'q, str>, Cow<'q, str>);

/// The pairs of the query of a resource, and an issue for each that is not UTF-8. If their bytes were replaced,
/// different values, two keys of rows for example, would become the same.
pub fn unicode_pairs<'q>(query: &'q str, meta: &'static ObjectMeta) -> (Vec<Pair<'q>>, Issues) {
    let mut all = Vec::new();
    let mut collector = IssueCollector::at("query");
    for (name, value) in sent_pairs(query) {
        let mut fault = |name: &str, input: &str, secret: bool| {
            collector.step(shown_name(name.into(), secret), |collector| {
                collector.secretly(secret, |collector| {
                    collector.fault::<()>(IssueKind::StringUnicode, &Json::from(input));
                });
            });
        };
        match (decoded(name), decoded(value)) {
            (Some(name), Some(value)) => all.push((name, value)),
            (Some(name), None) => fault(&name, value, may_be_secret(meta, &name)),
            (None, _) => fault(name, name, Shape::Object(meta).has_secrets()),
        }
    }
    (all, collector.into_issues())
}

/// The pairs before percent-decoding.
fn sent_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Decodes a key or a value; `None` if it is not UTF-8.
fn decoded(sent: &str) -> Option<Cow<'_, str>> {
    // Most keys and values stand as they are.
    if !sent.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(sent.into());
    }
    match sent.contains('+') {
        true => percent_decode_str(&sent.replace('+', " "))
            .decode_utf8()
            .ok()
            .map(|text| text.into_owned().into()),
        false => percent_decode_str(sent).decode_utf8().ok(),
    }
}

/// Whether the value of this key may be a secret: that of a `write_only` field, or of a misspelt key that may have
/// meant one.
fn may_be_secret(meta: &'static ObjectMeta, name: &str) -> bool {
    match meta.fields.iter().find(|field| field.name == name) {
        Some(field) => field.write_only || field.shape().has_secrets(),
        None => Shape::Object(meta).has_secrets(),
    }
}

/// One issue for each key that is not among the allowed ones.
pub fn unknown_keys(pairs: &[Pair<'_>], allowed: &[&str], meta: &'static ObjectMeta) -> Issues {
    let mut collector = IssueCollector::at("query");
    let unknown = pairs.iter().filter(|(key, _)| !allowed.contains(&key.as_ref()));
    for (key, value) in unknown.take(MOST_ISSUES) {
        let allowed = allowed.iter().map(|name| (*name).to_owned()).collect();
        unknown_key(key, value, allowed, meta, &mut collector);
    }
    collector.into_issues()
}

/// The issue of a key that is not among the allowed ones.
pub(crate) fn unknown_key(
    key: &str,
    value: &str,
    allowed: Vec<String>,
    meta: &'static ObjectMeta,
    collector: &mut IssueCollector,
) {
    let kind = IssueKind::ExtraForbidden { allowed };
    let secret = may_be_secret(meta, key);
    collector.step(shown_name(key.to_owned().into(), secret), |collector| {
        collector.secretly(secret, |collector| collector.fault::<()>(kind, &Json::from(value)))
    });
}

/// Parses a parameter of the query as a `T`: the last one of that name, or `None` if it is absent or invalid.
pub fn parameter<T: Wire>(
    pairs: &[Pair<'_>],
    name: &'static str,
    constraints: &Constraints,
    issues: &mut Issues,
) -> Option<T> {
    let (_, last) = pairs.iter().rfind(|(key, _)| key == name)?;
    let mut collector = IssueCollector::at("query");
    let value = collector.step(name, |collector| T::coerce(&Json::from(&**last), constraints, collector));
    issues.extend(collector.into_issues());
    value
}
