//! Merges the documents of routes that were declared with rocket_okapi into the document of the API.

use std::collections::BTreeSet;

use okapi::merge::{merge_specs, merge_tags};
use okapi::openapi3::{Components, OpenApi, Operation, PathItem};

use crate::resource::naming::unique;

/// The document of foreign routes, and their base.
#[derive(Clone, Debug)]
pub(crate) struct Foreign {
    /// The path under which the routes are mounted.
    pub base: String,
    /// The document, from rocket_okapi's `openapi_get_routes_spec![..]`.
    pub document: OpenApi,
}

/// Merges a document, or reports its conflicts.
///
/// If two operations or components conflict, okapi keeps the first, and at most logs that. So conflicts are found
/// before the merge.
pub(super) fn merge(into: &mut OpenApi, foreign: &Foreign, faults: &mut Vec<String>) {
    let mut other = foreign.document.clone();
    let base = foreign.base.trim_end_matches('/');
    let before = faults.len();
    for (path, item) in &other.paths {
        let path = format!("{base}{path}");
        let same_place = into.paths.iter().filter(|(known, _)| anonymous(known) == anonymous(&path));
        for (known, known_item) in same_place {
            for (method, _) in operations(known_item) {
                if operations(item).any(|(other_method, _)| other_method == method) {
                    faults.push(format!(
                        "{method} {path} of the routes mounted at `{}` is documented twice: {method} {known} \
                         is there already",
                        foreign.base
                    ));
                }
            }
        }
    }
    if let (Some(ours), Some(theirs)) = (&into.components, &other.components) {
        let clashing = clashes(ours, theirs);
        faults.extend(clashing.into_iter().map(|(kind, name)| {
            format!(
                "two {kind} are called `{name}` in the document: one of the routes mounted at `{}` is not the \
                 same as the one that is there already; give one of them another name",
                foreign.base
            )
        }));
    }
    if faults.len() > before {
        return;
    }
    rename_operations(into, &mut other);
    other.openapi.clone_from(&into.openapi);
    // `merge_specs` discards the merged tags.
    let tags = merge_tags(&mut into.tags, &other.tags);
    match merge_specs(into, &base, &other).and(tags) {
        Ok(tags) => into.tags = tags,
        Err(e) => faults.push(format!("the routes mounted at `{}`: {e}", foreign.base)),
    }
}

/// A path without the names of its parameters, which do not matter to a router.
fn anonymous(path: &str) -> String {
    let segment = |s: &str| if s.starts_with('{') { "{}".to_owned() } else { s.to_owned() };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn operations(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    let all = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("OPTIONS", &item.options),
        ("HEAD", &item.head),
        ("PATCH", &item.patch),
        ("TRACE", &item.trace),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

pub(super) fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
    [get, put, post, delete, options, head, patch, trace].into_iter().flatten()
}

fn clashes(ours: &Components, theirs: &Components) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    macro_rules! compare {
        ($($map:ident: $kind:literal,)*) => {$(
            for (name, theirs) in &theirs.$map {
                if ours.$map.get(name).is_some_and(|ours| ours != theirs) {
                    found.push(($kind, name.clone()));
                }
            }
        )*};
    }
    compare! {
        schemas: "types",
        responses: "responses",
        parameters: "parameters",
        examples: "examples",
        request_bodies: "request bodies",
        headers: "headers",
        security_schemes: "security schemes",
        links: "links",
        callbacks: "callbacks",
    }
    found
}

/// Makes operation ids unique. Routes that are mounted twice have the same ids.
fn rename_operations(into: &OpenApi, other: &mut OpenApi) {
    let all = into.paths.values().flat_map(operations);
    let mut taken: BTreeSet<String> = all.filter_map(|(_, op)| op.operation_id.clone()).collect();
    for operation in other.paths.values_mut().flat_map(operations_mut) {
        if let Some(id) = &mut operation.operation_id {
            *id = unique(&mut taken, id);
        }
    }
}
