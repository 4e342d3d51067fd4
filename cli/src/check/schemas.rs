//! Compares schemas: what a request may have, or what an answer has.

use serde_json::Value as Json;

use super::{Changes, Class, list, members};

/// Who writes what a schema describes. What widens a request narrows what is promised of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Answer,
}

/// The documents that two schemas are from.
pub(super) struct Schemas<'a> {
    pub(super) old: &'a Json,
    pub(super) new: &'a Json,
}

/// Bounds, and whether a greater one allows more.
const BOUNDS: [(&str, bool); 8] = [
    ("minimum", false),
    ("maximum", true),
    ("minLength", false),
    ("maxLength", true),
    ("minItems", false),
    ("maxItems", true),
    ("minProperties", false),
    ("maxProperties", true),
];

/// What only people read.
const REMARKS: [&str; 7] =
    ["description", "title", "example", "examples", "externalDocs", "deprecated", "x-enumNames"];

/// What is compared by itself.
const KNOWN: [&str; 21] = [
    "$ref",
    "type",
    "nullable",
    "enum",
    "format",
    "pattern",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "default",
    "readOnly",
    "writeOnly",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "uniqueItems",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
];

impl Schemas<'_> {
    /// Compares two schemas.
    pub(super) fn compare(
        &self,
        old: &Json,
        new: &Json,
        direction: Direction,
        at: &str,
        changes: &mut Changes,
    ) {
        Comparison { schemas: self, direction, seen: Vec::new(), changes }.schema(old, new, at);
    }
}

struct Comparison<'a, 'c> {
    schemas: &'a Schemas<'a>,
    direction: Direction,
    /// The references that are being followed, since a schema may have itself as a part.
    seen: Vec<(String, String)>,
    changes: &'c mut Changes,
}

/// The schema that a reference means, and its name.
fn resolved<'a>(document: &'a Json, schema: &'a Json) -> (&'a Json, String) {
    let mut schema = schema;
    let mut name = String::new();
    // A reference in an `allOf` of one is how OpenAPI 3.0 says something beside a reference.
    for _ in 0..16 {
        if let Some(reference) = schema["$ref"].as_str() {
            name = reference.to_owned();
            schema = document.pointer(reference.trim_start_matches('#')).unwrap_or(&Json::Null);
        } else if let Some([one]) = schema["allOf"].as_array().map(Vec::as_slice)
            && schema["properties"].is_null()
        {
            schema = one;
        } else if let Some([one, other]) = schema["anyOf"].as_array().map(Vec::as_slice)
            && is_null(one) != is_null(other)
        {
            schema = if is_null(one) { other } else { one };
        } else {
            break;
        }
    }
    (schema, name)
}

/// Whether a schema allows null and nothing else.
fn is_null(schema: &Json) -> bool {
    schema["enum"].as_array().is_some_and(|variants| variants.iter().all(Json::is_null))
}

/// Whether null is allowed, by the schema itself or by what surrounds a reference.
fn is_nullable(document: &Json, schema: &Json) -> bool {
    let whole = resolved(document, schema).0;
    let anything =
        |schema: &Json| ["type", "enum", "anyOf", "oneOf", "allOf"].iter().all(|word| schema[word].is_null());
    schema["nullable"] == true
        || whole["nullable"] == true
        || anything(whole)
        || schema["anyOf"].as_array().is_some_and(|all| all.iter().any(is_null))
}

impl Comparison<'_, '_> {
    fn add(&mut self, class: Class, kind: &'static str, at: &str, message: impl Into<String>) {
        self.changes.add(class, kind, at, message);
    }

    /// Adds a difference that lets less through than before (`narrower`), or more.
    fn narrowed(&mut self, narrower: bool, kind: &'static str, at: &str, message: String) {
        let class = match (self.direction, narrower) {
            (Direction::Request, true) => Class::Breaking,
            (Direction::Request, false) | (Direction::Answer, true) => Class::Compatible,
            // What a client does with a value that it has not seen before, nobody knows.
            (Direction::Answer, false) => Class::Unknown,
        };
        self.add(class, kind, at, message);
    }

    fn schema(&mut self, old: &Json, new: &Json, at: &str) {
        let was_nullable = is_nullable(self.schemas.old, old);
        let nullable = is_nullable(self.schemas.new, new);
        if was_nullable != nullable {
            let (kind, message) = match nullable {
                true => ("null-allowed", "null is allowed now"),
                false => ("null-forbidden", "null is not allowed any more"),
            };
            let class = match (self.direction, nullable) {
                (Direction::Request, true) | (Direction::Answer, false) => Class::Compatible,
                (Direction::Request, false) | (Direction::Answer, true) => Class::Breaking,
            };
            self.add(class, kind, at, message);
        }
        self.beside(old, new, at);
        let ((old, old_name), (new, new_name)) =
            (resolved(self.schemas.old, old), resolved(self.schemas.new, new));
        if !old_name.is_empty() || !new_name.is_empty() {
            let pair = (old_name, new_name);
            if self.seen.contains(&pair) {
                return;
            }
            self.seen.push(pair);
            self.resolved(old, new, at);
            self.seen.pop();
            return;
        }
        self.resolved(old, new, at);
    }

    /// Compares what stands beside a reference.
    fn beside(&mut self, old: &Json, new: &Json, at: &str) {
        // A default says nothing of an answer, and nor does what is never answered; that nobody sends something says
        // nothing of a request.
        let words = match self.direction {
            Direction::Request => ["default", "readOnly"].as_slice(),
            Direction::Answer => ["writeOnly"].as_slice(),
        };
        for word in words.iter().filter(|word| old[**word] != new[**word]) {
            let message = format!("`{word}` was {}, and is {}", old[*word], new[*word]);
            let kind = if *word == "default" { "default-changed" } else { "schema-changed" };
            self.add(Class::Unknown, kind, at, message);
        }
    }

    fn resolved(&mut self, old: &Json, new: &Json, at: &str) {
        if !self.types(old, new, at) {
            return;
        }
        self.variants(old, new, at);
        self.bounds(old, new, at);
        self.texts(old, new, at);
        self.members(old, new, at);
        self.extra(old, new, at);
        if old["items"] != Json::Null || new["items"] != Json::Null {
            self.schema(&old["items"], &new["items"], &format!("{at}[]"));
        }
        for word in ["anyOf", "oneOf", "allOf"] {
            match (old[word].as_array(), new[word].as_array()) {
                (Some(old), Some(new)) if old.len() == new.len() => {
                    for (one, other) in old.iter().zip(new) {
                        self.schema(one, other, at);
                    }
                }
                (old, new) if old == new => {}
                _ => self.add(Class::Unknown, "schema-changed", at, format!("`{word}` differs")),
            }
        }
        for word in ["multipleOf", "uniqueItems", "not"] {
            if old[word] != new[word] {
                self.add(Class::Unknown, "schema-changed", at, format!("`{word}` differs"));
            }
        }
        // A word that is not known here may mean anything.
        for (word, _) in members(old).chain(members(new)) {
            let is_known = KNOWN.contains(&word.as_str())
                || REMARKS.contains(&word.as_str())
                || BOUNDS.iter().any(|(bound, _)| bound == word);
            if !is_known && old[word] != new[word] {
                self.add(Class::Unknown, "schema-changed", at, format!("`{word}` differs"));
            }
        }
    }

    /// Compares types. Returns whether the rest can be compared.
    fn types(&mut self, old: &Json, new: &Json, at: &str) -> bool {
        let (was, is) = (&old["type"], &new["type"]);
        if was == is {
            return true;
        }
        let wider =
            (was == "integer" && is == "number") || (!was.is_null() && is.is_null() && old["enum"].is_null());
        let narrower = (was == "number" && is == "integer") || (was.is_null() && !is.is_null());
        let shown = |kind: &Json| kind.as_str().unwrap_or("anything").to_owned();
        let message = format!("the type was {}, and is {}", shown(was), shown(is));
        match (self.direction, wider, narrower) {
            (Direction::Request, true, _) | (Direction::Answer, _, true) => {
                self.add(Class::Compatible, "type-changed", at, message);
                true
            }
            _ => {
                self.add(Class::Breaking, "type-changed", at, message);
                false
            }
        }
    }

    /// Compares the variants of an enum.
    fn variants(&mut self, old: &Json, new: &Json, at: &str) {
        match (old["enum"].as_array(), new["enum"].as_array()) {
            (Some(old), Some(new)) => {
                for gone in old.iter().filter(|variant| !new.contains(variant)) {
                    let at = format!("{at} {gone}");
                    self.narrowed(true, "variant-removed", &at, format!("the variant {gone} is gone"));
                }
                for added in new.iter().filter(|variant| !old.contains(variant)) {
                    let at = format!("{at} {added}");
                    self.narrowed(false, "variant-added", &at, format!("the variant {added} is new"));
                }
            }
            (None, Some(_)) => {
                self.narrowed(true, "variants-restricted", at, "only some values are allowed now".to_owned());
            }
            (Some(_), None) => {
                self.narrowed(false, "variants-opened", at, "any value is allowed now".to_owned());
            }
            (None, None) => {}
        }
    }

    fn bounds(&mut self, old: &Json, new: &Json, at: &str) {
        for (bound, greater_is_wider) in BOUNDS {
            let (was, is) = (old[bound].as_f64(), new[bound].as_f64());
            let narrower = match (was, is) {
                (None, None) => continue,
                (Some(was), Some(is)) if was == is => continue,
                (None, Some(_)) => true,
                (Some(_), None) => false,
                (Some(was), Some(is)) => (is > was) != greater_is_wider,
            };
            let shown = |schema: &Json| match &schema[bound] {
                Json::Null => "none".to_owned(),
                bound => bound.to_string(),
            };
            let message = format!("`{bound}` was {}, and is {}", shown(old), shown(new));
            let kind = if narrower { "bound-tightened" } else { "bound-loosened" };
            self.narrowed(narrower, kind, &format!("{at} {bound}"), message);
        }
        for bound in ["exclusiveMinimum", "exclusiveMaximum"] {
            let (was, is) = (old[bound] == true, new[bound] == true);
            if was != is {
                let kind = if is { "bound-tightened" } else { "bound-loosened" };
                let message = format!("`{bound}` was {was}, and is {is}");
                self.narrowed(is, kind, &format!("{at} {bound}"), message);
            }
        }
    }

    fn texts(&mut self, old: &Json, new: &Json, at: &str) {
        for word in ["pattern", "format"] {
            // The format of a number goes with its type.
            if word == "format" && old["type"] != new["type"] {
                continue;
            }
            let (was, is) = (old[word].as_str(), new[word].as_str());
            let (kind_added, kind_removed, kind_changed) = match word {
                "pattern" => ("pattern-added", "pattern-removed", "pattern-changed"),
                _ => ("format-added", "format-removed", "format-changed"),
            };
            match (was, is) {
                (None, Some(is)) => {
                    self.narrowed(true, kind_added, at, format!("`{word}` is `{is}` now"));
                }
                (Some(was), None) => {
                    self.narrowed(false, kind_removed, at, format!("`{word}` was `{was}`, and is none"));
                }
                (Some(was), Some(is)) if was != is => {
                    let message = format!("`{word}` was `{was}`, and is `{is}`");
                    match (was, is) {
                        ("int64", "int32") | ("double", "float") => {
                            self.narrowed(true, kind_changed, at, message)
                        }
                        ("int32", "int64") | ("float", "double") => {
                            self.narrowed(false, kind_changed, at, message)
                        }
                        _ => self.add(Class::Unknown, kind_changed, at, message),
                    }
                }
                _ => {}
            }
        }
    }

    fn members(&mut self, old: &Json, new: &Json, at: &str) {
        let is_required = |schema: &Json, name: &str| list(&schema["required"]).any(|known| known == name);
        let (before, after) = (&old["properties"], &new["properties"]);
        for (name, member) in members(before) {
            let at = format!("{at} {name}");
            let Some(now) = after.get(name) else {
                let message = match self.direction {
                    Direction::Request => "the member is gone, and clients send it",
                    Direction::Answer => "the member is gone, and clients may read it",
                };
                self.add(Class::Breaking, "member-removed", &at, message);
                continue;
            };
            match (self.direction, is_required(old, name), is_required(new, name)) {
                (Direction::Request, false, true) => {
                    // A default in the document does not help a client that sends nothing.
                    let message = "the member is required now, and clients may not send it";
                    self.add(Class::Breaking, "member-required", &at, message);
                }
                (Direction::Request, true, false) => {
                    self.add(Class::Compatible, "member-optional", &at, "the member may be left out now");
                }
                (Direction::Answer, true, false) => {
                    self.add(Class::Breaking, "member-optional", &at, "the member may be missing now");
                }
                (Direction::Answer, false, true) => {
                    self.add(Class::Compatible, "member-required", &at, "the member is always there now");
                }
                _ => {}
            }
            self.schema(member, now, &at);
        }
        for (name, _) in members(after).filter(|(name, _)| before.get(name.as_str()).is_none()) {
            let at = format!("{at} {name}");
            match self.direction {
                Direction::Request if is_required(new, name) => {
                    let message = "the member is new and required, and clients do not send it";
                    self.add(Class::Breaking, "member-added-required", &at, message);
                }
                _ => self.add(Class::Compatible, "member-added", &at, "the member is new"),
            }
        }
    }

    /// Compares what an object may have besides its members.
    fn extra(&mut self, old: &Json, new: &Json, at: &str) {
        let (was, is) = (&old["additionalProperties"], &new["additionalProperties"]);
        match (was, is) {
            (Json::Object(_), Json::Object(_)) => self.schema(was, is, &format!("{at}{{}}")),
            _ if was == is => {}
            (_, Json::Bool(false)) => {
                let message = "unknown members are refused now".to_owned();
                self.narrowed(true, "members-closed", at, message);
            }
            (Json::Bool(false), _) => {
                let message = "unknown members are allowed now".to_owned();
                self.narrowed(false, "members-opened", at, message);
            }
            _ => self.add(Class::Unknown, "schema-changed", at, "what unknown members may be differs"),
        }
    }
}
