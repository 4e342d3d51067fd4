//! Compares documents, operation by operation.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::schemas::{Direction, Schemas};
use super::{Changes, Class, Turn, list, members};

/// An operation of a document.
struct Operation<'a> {
    /// The method and the path, as the document has it.
    name: String,
    operation: &'a Json,
    document: &'a Json,
}

pub(super) fn compare(old: &Json, new: &Json, changes: &mut Changes) {
    let (old, new) = (operations(old), operations(new));
    for (key, before) in &old {
        match new.get(key) {
            Some(after) => compare_operation(before, after, changes),
            None => {
                changes.add(Class::Breaking, "operation-removed", &before.name, "the operation is gone");
            }
        }
    }
    for (key, after) in &new {
        if !old.contains_key(key) {
            changes.add(Class::Compatible, "operation-added", &after.name, "the operation is new");
        }
    }
}

/// The operations of all documents, by their method and their path, in which the names of parameters do not count.
fn operations(documents: &Json) -> BTreeMap<String, Operation<'_>> {
    let mut all = BTreeMap::new();
    for document in list(documents).map(|api| &api["document"]) {
        for (path, item) in members(&document["paths"]) {
            for (method, operation) in
                members(item).filter(|(_, operation)| operation["responses"].is_object())
            {
                let method = method.to_uppercase();
                let key = format!("{method} {}", without_names(path));
                all.insert(key, Operation { name: format!("{method} {path}"), operation, document });
            }
        }
    }
    all
}

/// `/users/{}` for `/users/{name}`.
fn without_names(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment.starts_with('{') && segment.ends_with('}') {
        true => "{}",
        false => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn compare_operation(before: &Operation<'_>, after: &Operation<'_>, changes: &mut Changes) {
    let schemas = Schemas { old: before.document, new: after.document };
    compare_parameters(before, after, &schemas, changes);
    compare_body(before, after, &schemas, changes);
    compare_answers(before, after, &schemas, changes);
    let is_deprecated = |operation: &Json| operation["deprecated"] == true;
    if is_deprecated(after.operation) && !is_deprecated(before.operation) {
        changes.add(Class::Compatible, "operation-deprecated", &after.name, "the operation is deprecated");
    }
    compare_security(before, after, changes);
}

/// The parameters by their place and name. A header's name has no case, and a path's parameters are told apart by where
/// they stand in it.
fn parameters<'a>(operation: &Operation<'a>) -> BTreeMap<(String, String), &'a Json> {
    let segments = operation.name.split('/');
    let in_path: Vec<&str> =
        segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect();
    let all = list(&operation.operation["parameters"]);
    let keyed = all.map(|parameter| {
        let text = |name: &str| parameter[name].as_str().unwrap_or_default().to_owned();
        let name = match text("in").as_str() {
            "header" => text("name").to_lowercase(),
            "path" => format!("{:?}", in_path.iter().position(|name| *name == text("name"))),
            _ => text("name"),
        };
        ((text("in"), name), parameter)
    });
    keyed.collect()
}

fn compare_parameters(
    before: &Operation<'_>,
    after: &Operation<'_>,
    schemas: &Schemas<'_>,
    changes: &mut Changes,
) {
    let (old, new) = (parameters(before), parameters(after));
    let is_required = |parameter: &Json| parameter["required"] == true;
    let at = |place: &str, parameter: &Json| {
        format!("{} {place} {}", after.name, parameter["name"].as_str().unwrap_or_default())
    };
    for (key, parameter) in &old {
        let at = at(&key.0, parameter);
        match new.get(key) {
            None => {
                let message = "the parameter is gone, and clients send it";
                changes.add(Class::Breaking, "parameter-removed", &at, message);
            }
            Some(now) => {
                changes.turned(
                    (is_required(parameter), is_required(now)),
                    &at,
                    Turn(
                        Class::Breaking,
                        "parameter-required",
                        "the parameter is required now, and clients may not send it",
                    ),
                    Turn(Class::Compatible, "parameter-optional", "the parameter may be left out now"),
                );
                schemas.compare(&parameter["schema"], &now["schema"], Direction::Request, &at, changes);
            }
        }
    }
    for (key, parameter) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        let at = at(&key.0, parameter);
        match is_required(parameter) {
            true => changes.add(
                Class::Breaking,
                "parameter-added-required",
                &at,
                "the parameter is new and required, and clients do not send it",
            ),
            false => changes.add(Class::Compatible, "parameter-added", &at, "the parameter is new"),
        }
    }
}

fn compare_body(before: &Operation<'_>, after: &Operation<'_>, schemas: &Schemas<'_>, changes: &mut Changes) {
    let at = format!("{} request", after.name);
    let (old, new) = (&before.operation["requestBody"], &after.operation["requestBody"]);
    let is_required = |body: &Json| body["required"] == true;
    match (old.is_object(), new.is_object()) {
        (false, false) => {}
        (true, false) => {
            changes.add(Class::Breaking, "body-removed", &at, "the operation takes no body any more");
        }
        (false, true) if is_required(new) => {
            changes.add(Class::Breaking, "body-added-required", &at, "the operation requires a body now");
        }
        (false, true) => changes.add(Class::Compatible, "body-added", &at, "the operation takes a body now"),
        (true, true) => {
            changes.turned(
                (is_required(old), is_required(new)),
                &at,
                Turn(Class::Breaking, "body-required", "the body is required now"),
                Turn(Class::Compatible, "body-optional", "the body may be left out now"),
            );
            compare_media(&old["content"], &new["content"], Direction::Request, &at, schemas, changes);
        }
    }
}

/// Compares what a body may be, by its media types.
fn compare_media(
    old: &Json,
    new: &Json,
    direction: Direction,
    at: &str,
    schemas: &Schemas<'_>,
    changes: &mut Changes,
) {
    for (kind, content) in members(old) {
        match new.get(kind) {
            Some(now) => schemas.compare(&content["schema"], &now["schema"], direction, at, changes),
            None => changes.add(
                Class::Breaking,
                "media-type-removed",
                at,
                format!("the media type `{kind}` is gone"),
            ),
        }
    }
    for (kind, _) in members(new).filter(|(kind, _)| old.get(kind.as_str()).is_none()) {
        let class = match direction {
            Direction::Request => Class::Compatible,
            Direction::Answer => Class::Unknown,
        };
        changes.add(class, "media-type-added", at, format!("the media type `{kind}` is new"));
    }
}

fn compare_answers(
    before: &Operation<'_>,
    after: &Operation<'_>,
    schemas: &Schemas<'_>,
    changes: &mut Changes,
) {
    let (old, new) = (&before.operation["responses"], &after.operation["responses"]);
    let is_error = |status: &str| status.starts_with('4') || status.starts_with('5');
    for (status, answer) in members(old) {
        let at = format!("{} answer {status}", after.name);
        match new.get(status) {
            Some(now) => {
                compare_media(&answer["content"], &now["content"], Direction::Answer, &at, schemas, changes);
            }
            None if is_error(status) => {
                let message = "the operation does not fail in this way any more";
                changes.add(Class::Compatible, "error-removed", &at, message);
            }
            None => {
                changes.add(
                    Class::Breaking,
                    "status-removed",
                    &at,
                    "the operation does not answer so any more",
                );
            }
        }
    }
    for (status, _) in members(new).filter(|(status, _)| old.get(status.as_str()).is_none()) {
        let at = format!("{} answer {status}", after.name);
        match is_error(status) {
            true => changes.add(Class::Unknown, "error-added", &at, "the operation may fail in this way now"),
            false => changes.add(Class::Unknown, "status-added", &at, "the operation may answer so now"),
        }
    }
}

fn compare_security(before: &Operation<'_>, after: &Operation<'_>, changes: &mut Changes) {
    let of = |operation: &Operation<'_>| -> Json {
        let own = &operation.operation["security"];
        if own.is_null() { operation.document["security"].clone() } else { own.clone() }
    };
    let schemes = |operation: &Operation<'_>, security: &Json| -> Vec<Json> {
        let ways = list(security).flat_map(members);
        ways.map(|(name, _)| operation.document["components"]["securitySchemes"][name].clone()).collect()
    };
    let (old, new) = (of(before), of(after));
    if old == new && schemes(before, &old) == schemes(after, &new) {
        return;
    }
    let is_open = |security: &Json| {
        security
            .as_array()
            .is_none_or(|ways| ways.is_empty() || ways.iter().any(|way| *way == serde_json::json!({})))
    };
    let (class, kind, message) = match (is_open(&old), is_open(&new)) {
        (true, false) => (Class::Breaking, "security-added", "the operation asks for credentials now"),
        (false, true) => {
            (Class::Compatible, "security-removed", "the operation asks for no credentials any more")
        }
        _ => (Class::Unknown, "security-changed", "the operation asks for other credentials"),
    };
    changes.add(class, kind, &after.name, message);
}
