//! Removes components without references from the document.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::OpenApi;

const SCHEMAS: &str = "#/components/schemas/";

/// Removes each schema that no operation refers to, directly or through another schema.
pub(super) fn unreferenced(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    let mut found = Vec::new();
    references(&serde_json::to_value(&document.paths).unwrap_or_default(), &mut found);
    let others =
        (&components.responses, &components.parameters, &components.request_bodies, &components.headers);
    references(&serde_json::to_value(others).unwrap_or_default(), &mut found);
    let mut kept = BTreeSet::new();
    while let Some(name) = found.pop() {
        if let Some(schema) = components.schemas.get(&name)
            && kept.insert(name)
        {
            references(&serde_json::to_value(schema).unwrap_or_default(), &mut found);
        }
    }
    components.schemas.retain(|name, _| kept.contains(name));
}

/// Finds the names of all referenced schemas.
fn references(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::Object(members) => {
            for (name, value) in members {
                match value {
                    Json::String(to) if name == "$ref" => {
                        found.extend(to.strip_prefix(SCHEMAS).map(str::to_owned));
                    }
                    value => references(value, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
