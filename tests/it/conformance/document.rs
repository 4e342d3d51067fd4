//! The documents of the programs say what FastAPI's say, as far as OpenAPI 3.0 and 3.1 can be compared:
//! the same paths, parameters, constraints, bodies and statuses.
//!
//! Both are brought into one form: references are followed, `anyOf` with null and `nullable` are one, and
//! words for people (titles, summaries, descriptions, names of components and operations) are left out.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{departures, recorded};
use crate::program::{example, get, start};

/// The programs, and whose document each has.
const PROGRAMS: &[(&str, &str)] = &[
    ("hello", "hello"),
    ("path_param", "path_param"),
    ("query_param", "query_param"),
    ("multi_param", "multi_param"),
    ("crud_path", "crud_path"),
    ("declared_path", "crud_path"),
    ("crud_query", "crud_query"),
    ("declared_query", "crud_query"),
    ("crud_pydantic", "crud_pydantic"),
    ("params", "params"),
    ("bodies", "bodies"),
    ("recorded_security_scopes", "security_scopes"),
    ("recorded_security_schemes", "security_schemes"),
    ("recorded_dependencies", "dependencies"),
    ("recorded_dependencies_global", "dependencies_global"),
    ("recorded_dependencies_overridden", "dependencies_overridden"),
    ("bigger", "bigger"),
    ("recorded_routers", "routers"),
    ("recorded_errors", "errors"),
    ("recorded_errors_handlers", "errors_handlers"),
    ("recorded_errors_body", "errors_body"),
    ("recorded_answers", "answers"),
    ("recorded_documented", "documented"),
];

#[test]
fn documents_say_what_fastapis_say() {
    let allowed = departures("Documents");
    let (mut met, mut failures) = (BTreeSet::new(), Vec::new());
    for (program, theirs) in PROGRAMS {
        let folder = tempfile::tempdir().unwrap();
        let running = start(&example(program), folder.path());
        let ours: Value = serde_json::from_slice(&get(running.port, "/openapi.json").body).unwrap();
        let theirs = recorded(&format!("fastapi_openapi/{theirs}.json"));
        let mut lines = Vec::new();
        compare(&paths(&theirs), &paths(&ours), "", &mut lines);
        for (at, told) in lines {
            let rule = ["*".to_owned(), (*program).to_owned()].into_iter().find_map(|program| {
                allowed.keys().find(|key| {
                    let mut parts = key.split(" / ");
                    let (p, what, place) = (parts.next(), parts.next(), parts.next());
                    p == Some(&program)
                        && what.is_some_and(|w| at.ends_with(w))
                        && place.is_some_and(|p| p == "all" || at.contains(p))
                })
            });
            match rule {
                Some(rule) => drop(met.insert(rule.clone())),
                None => failures.push(format!("{program}{at}: {told}")),
            }
        }
    }
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
    let unmet: Vec<_> = allowed.keys().filter(|rule| !met.contains(*rule)).collect();
    assert!(unmet.is_empty(), "docs/conformance.md lists what does not differ any more: {unmet:#?}");
}

/// Every operation of a document, in the one form.
fn paths(document: &Value) -> Value {
    let operation = |operation: &Value| {
        let mut parameters = Map::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name =
                format!("{} {}", parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
            let required = parameter["required"].as_bool().unwrap_or(false);
            let schema = schema(&parameter["schema"], document);
            parameters.insert(name, json!({ "required": required, "schema": schema }));
        }
        let body = operation.get("requestBody").map(|body| {
            let required = body["required"].as_bool().unwrap_or(false);
            json!({ "required": required, "content": content(&body["content"], document) })
        });
        let responses = operation["responses"].as_object().unwrap().iter();
        let responses: Map<String, Value> =
            responses.map(|(status, r)| (status.clone(), content(&r["content"], document))).collect();
        json!({ "parameters": parameters, "body": body, "responses": responses })
    };
    let paths = document["paths"].as_object().unwrap().iter().map(|(path, item)| {
        let operations = item.as_object().unwrap().iter();
        (path.clone(), operations.map(|(method, o)| (method.clone(), operation(o))).collect())
    });
    Value::Object(paths.collect())
}

fn content(content: &Value, document: &Value) -> Value {
    let bodies = content.as_object().into_iter().flatten();
    bodies.map(|(media_type, body)| (media_type.clone(), schema(&body["schema"], document))).collect()
}

/// A schema in the one form.
fn schema(given: &Value, document: &Value) -> Value {
    if let Some(reference) = given["$ref"].as_str() {
        let mut whole = schema(document.pointer(&reference[1..]).unwrap(), document);
        // What stands beside a reference is said besides: a default.
        let mut beside = given.as_object().unwrap().clone();
        beside.remove("$ref");
        whole.as_object_mut().unwrap().extend(schema(&beside.into(), document).as_object().unwrap().clone());
        return whole;
    }
    let mut out = Map::new();
    let Some(members) = given.as_object() else { return given.clone() };
    for (key, value) in members {
        match key.as_str() {
            "title" | "description" | "example" | "examples" | "deprecated" | "writeOnly" | "readOnly" => {}
            // FastAPI says nothing of an integer's width.
            "format" if ["int32", "int64", "float", "double"].contains(&value.as_str().unwrap()) => {}
            "anyOf" => {
                let all = value.as_array().unwrap().iter();
                let is_null = |s: &&Value| s["type"] == "null" || s["enum"] == json!([null]);
                let (nulls, others): (Vec<_>, Vec<_>) = all.partition(is_null);
                if !nulls.is_empty() {
                    out.insert("nullable".to_owned(), true.into());
                }
                match others[..] {
                    [one] => out.extend(schema(one, document).as_object().unwrap().clone()),
                    _ => {
                        let all = others.iter().map(|s| schema(s, document)).collect();
                        out.insert("anyOf".to_owned(), Value::Array(all));
                    }
                }
            }
            "allOf" => {
                let all = value.as_array().unwrap();
                all.iter().for_each(|one| out.extend(schema(one, document).as_object().unwrap().clone()));
            }
            "const" => drop(out.insert("enum".to_owned(), json!([value]))),
            "properties" => {
                let members = value.as_object().unwrap().iter();
                let members = members.map(|(name, s)| (name.clone(), schema(s, document)));
                out.insert(key.clone(), Value::Object(members.collect()));
            }
            "items" | "additionalProperties" => drop(out.insert(key.clone(), schema(value, document))),
            "required" => {
                let mut names: Vec<&str> =
                    value.as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
                names.sort_unstable();
                out.insert(key.clone(), names.into());
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value == true => {
                let bound = if key == "exclusiveMinimum" { "minimum" } else { "maximum" };
                out.insert(key.clone(), members[bound].clone());
            }
            "minimum" if members.get("exclusiveMinimum") == Some(&Value::Bool(true)) => {}
            "maximum" if members.get("exclusiveMaximum") == Some(&Value::Bool(true)) => {}
            _ => drop(out.insert(key.clone(), value.clone())),
        }
    }
    // Any object is one that says no more of its members.
    if out.get("additionalProperties").is_some_and(|more| *more == true || *more == json!({})) {
        out.remove("additionalProperties");
    }
    Value::Object(out)
}

fn compare(theirs: &Value, ours: &Value, at: &str, lines: &mut Vec<(String, String)>) {
    match (theirs, ours) {
        (Value::Object(t), Value::Object(o)) if !t.is_empty() => {
            for name in t.keys().chain(o.keys().filter(|name| !t.contains_key(*name))) {
                let none = Value::Null;
                let (theirs, ours) = (t.get(name).unwrap_or(&none), o.get(name).unwrap_or(&none));
                compare(theirs, ours, &format!("{at} > {name}"), lines);
            }
        }
        (Value::Number(t), Value::Number(o)) if t.as_f64() == o.as_f64() => {}
        _ if theirs == ours => {}
        _ => lines.push((at.to_owned(), format!("FastAPI says {theirs}, and here it is {ours}"))),
    }
}
