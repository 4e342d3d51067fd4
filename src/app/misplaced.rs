//! Finds settings in places where they are not read.
//!
//! The program may read settings of its own from any section of `Rocket.toml`. So a setting is refused only if it can
//! hardly be anything but a mistake:
//!
//! - a section whose name is similar to that of crewed's, if its keys are those of crewed's section and, for a less
//!   similar name, its values are valid as well;
//! - a key of crewed's next to the section instead of in it, if its value is valid for crewed;
//! - a section for TLS in a program without TLS;
//! - a limit whose name is a misspelling of one of Rocket's.

use rocket::figment::value::{Dict, Value};
use rocket::figment::{Figment, Provider};

use super::features::TLS;
use super::keys::{KEYS, SECTION, TABLES};

/// Keys that sections of other libraries are likely to have, too.
const COMMON_KEYS: &[&str] = &["title", "version", "description"];

/// The limits that Rocket and crewed read.
const LIMITS: &[&str] = &["bytes", "data-form", "file", "form", "json", "msgpack", "string"];

/// A message for each setting that is not read where it is.
pub(super) fn misplaced(figment: &Figment) -> Vec<String> {
    let mut problems = Vec::new();
    let Ok(Value::Dict(_, all)) = figment.find_value("") else { return problems };
    for (key, value) in &all {
        if is_section(key, value) {
            problems.push(format!("unknown section `{key}`: did you mean [default.{SECTION}]?"));
        }
        if is_crewed_value(key, value) {
            let source = source(figment, key);
            problems.push(format!(
                "`{key}`{source} stands beside [default.{SECTION}], where nobody reads it: write it below \
                 [default.{SECTION}], or in the environment ROCKET_CREWED='{{{key}=..}}'"
            ));
        }
        // Rocket reads `ROCKET_CREWED_STORE` as the key `crewed_store`, without an error.
        if let Some(key) = key.strip_prefix("crewed_").filter(|key| is_nearly_known(key)) {
            problems.push(format!(
                "`ROCKET_CREWED_{}` is not read; write ROCKET_CREWED='{{{key}=\"..\"}}'",
                key.to_ascii_uppercase()
            ));
        }
    }
    let profile = figment.data().ok().and_then(|mut profiles| profiles.remove(&SECTION.into()));
    if figment.profile() != SECTION && profile.is_some_and(|keys| keys.keys().any(|key| is_nearly_known(key)))
    {
        problems.push(format!(
            "[{SECTION}] is a profile to Rocket, and read by nobody: write [default.{SECTION}]"
        ));
    }
    problems.extend(tls(figment, &all));
    if let Some(Value::Dict(_, limits)) = all.get("limits") {
        problems.extend(limits.keys().filter_map(|limit| slip(figment, limit)));
    }
    problems
}

/// Whether a section is crewed's under a misspelt name.
fn is_section(name: &str, value: &Value) -> bool {
    let Value::Dict(_, keys) = value else { return false };
    let ours = !keys.is_empty() && keys.keys().all(|key| KEYS.contains(&key.as_str()));
    let specific = keys.len() > 1 || keys.keys().any(|key| !COMMON_KEYS.contains(&key.as_str()));
    match strsim::damerau_levenshtein(name, SECTION) {
        1 => ours && specific,
        // `crew`, `cred`, `crowd` and `created` are words of their own.
        2 => ours && keys.iter().any(|(key, value)| is_crewed_value(key, value)),
        _ => false,
    }
}

fn is_nearly_known(key: &str) -> bool {
    let tables = TABLES.iter().any(|(table, keys)| {
        let inner = key.strip_prefix(table).and_then(|rest| rest.strip_prefix('_'));
        inner.is_some_and(|inner| keys.contains(&inner))
    });
    tables || KEYS.iter().any(|known| strsim::damerau_levenshtein(known, key) <= 1)
}

/// Whether a value is valid for this key of crewed's, and unlikely in any other library.
fn is_crewed_value(key: &str, value: &Value) -> bool {
    let is_one_of = |choices: &[&str]| value.as_str().is_some_and(|text| choices.contains(&text));
    let has = |keys: &Dict, specific: &[&str]| {
        let known = TABLES.iter().find(|(table, _)| *table == key).map_or(&[][..], |(_, known)| known);
        keys.keys().all(|key| known.contains(&key.as_str()))
            && specific.iter().any(|key| keys.contains_key(*key))
    };
    let is_postgres = |url: &str| url.starts_with("postgres://") || url.starts_with("postgresql://");
    match (key, value) {
        ("store", Value::String(_, url)) => url.starts_with("sqlite:") || is_postgres(url),
        ("replicas", Value::Array(_, urls)) => {
            !urls.is_empty() && urls.iter().all(|url| url.as_str().is_some_and(is_postgres))
        }
        ("durability", _) => is_one_of(&["full", "normal"]),
        ("migrate", _) => is_one_of(&["apply", "print", "check"]),
        ("errors", _) => is_one_of(&["fastapi", "pydantic-v1", "problem"]),
        ("page", Value::Dict(_, keys)) => has(keys, &["default", "max"]),
        ("postgres", Value::Dict(_, keys)) => {
            has(keys, &["readers", "writers", "wait_timeout", "statement_timeout", "prepared"])
        }
        _ => false,
    }
}

/// The message about a section for TLS in a program without TLS.
fn tls(figment: &Figment, all: &Dict) -> Option<String> {
    let requested = matches!(all.get("tls"), Some(Value::Dict(..)));
    // Mistakes in Rocket's own configuration are reported by Rocket.
    let missing = requested && !rocket::Config::try_from(figment).ok()?.tls_enabled();
    let so = ", so that everything would go over the wire in the clear";
    missing.then(|| TLS.missing_feature("tls", &source(figment, "tls"), so))
}

/// The message about a limit whose name is a misspelling of a known one. A longer name, such as `files` or `my-json`,
/// may be the program's own.
fn slip(figment: &Figment, limit: &str) -> Option<String> {
    let name = limit.to_ascii_lowercase();
    let joined = |text: &str| text.replace(['-', '_'], "");
    let same = |known: &&&str| name != **known && joined(&name) == joined(known);
    let near = |known: &&&str| strsim::damerau_levenshtein(known, &name) == 1;
    let own = LIMITS.iter().any(|known| name.starts_with(known) || name.ends_with(known));
    let meant = LIMITS.iter().find(same).or_else(|| LIMITS.iter().filter(|_| !own).find(near))?;
    let source = source(figment, &format!("limits.{limit}"));
    Some(format!("`limits.{limit}`{source} is no limit that is read: did you mean `limits.{meant}`?"))
}

/// The source of a value, for messages: ` in Rocket.toml`.
fn source(figment: &Figment, key: &str) -> String {
    let Some(metadata) = figment.find_metadata(key) else { return String::new() };
    match &metadata.source {
        Some(source) => format!(" in {source}"),
        None => format!(" in {}", metadata.name),
    }
}
