//! What a new program serves otherwise than the one before it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

/// The differences, a line for each route, model and operation.
pub(super) fn changes(old: &Json, new: &Json) -> Vec<String> {
    let routes = |all: &Json| -> BTreeSet<String> {
        let routes = all["routes"].as_array().into_iter().flatten();
        routes
            .map(|route| {
                let text = |name: &str| route[name].as_str().unwrap_or_default().to_owned();
                format!("{} {}", text("method"), text("path"))
            })
            .collect()
    };
    let (before, after) = (routes(old), routes(new));
    let mut lines: Vec<String> = after.difference(&before).map(|route| format!("+ {route}")).collect();
    lines.extend(before.difference(&after).map(|route| format!("- {route}")));
    // An operation names its models, which may have changed.
    let former: BTreeMap<&String, &Json> = models(old).collect();
    let models: BTreeMap<&String, &Json> = models(new).collect();
    let changed =
        models.iter().filter(|(name, schema)| former.get(*name).is_some_and(|known| known != *schema));
    lines.extend(changed.map(|(name, _)| format!("~ {name}")));
    let before: BTreeMap<String, &Json> = operations(old).collect();
    let changed =
        operations(new).filter(|(name, operation)| before.get(name).is_some_and(|known| known != operation));
    lines.extend(changed.map(|(name, _)| format!("~ {name}")));
    lines
}

/// The documents of a program's APIs.
fn documents(all: &Json) -> impl Iterator<Item = &Json> {
    all["documents"].as_array().into_iter().flatten().map(|api| &api["document"])
}

fn models(all: &Json) -> impl Iterator<Item = (&String, &Json)> {
    documents(all).flat_map(|document| document["components"]["schemas"].as_object()).flatten()
}

fn operations(all: &Json) -> impl Iterator<Item = (String, &Json)> {
    let items = documents(all).flat_map(|document| document["paths"].as_object()).flatten();
    items.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}
