//! Reads the section of the configuration key by key, and collects the problems.

use rocket::figment::error::{Actual, Kind};
use rocket::figment::value::Value;
use rocket::figment::{Error, Figment, Metadata};
use serde::de::DeserializeOwned;

use super::keys::{KEYS, RENAMED, SECTION, TABLES};
use crate::error_format::all_quoted;

/// The section of the configuration, and its problems so far.
pub(super) struct Section<'a> {
    pub(super) figment: &'a Figment,
    pub(super) problems: Vec<String>,
}

impl Section<'_> {
    pub(super) fn check_keys(&mut self) {
        match self.figment.find_value(SECTION) {
            Ok(Value::Dict(_, keys)) => {
                for key in keys.keys() {
                    self.check_key(key, "", KEYS);
                }
                for (table, known) in TABLES {
                    if let Some(Value::Dict(_, keys)) = keys.get(*table) {
                        keys.keys().for_each(|key| self.check_key(key, &format!("{table}."), known));
                    }
                }
            }
            Ok(_) => self.problems.push(format!(
                "what stands{} is no table: in Rocket.toml write [default.{SECTION}] and its keys below it, in \
                 the environment ROCKET_CREWED='{{store=\"..\"}}'",
                self.source("")
            )),
            // There is no section.
            Err(_) => {}
        }
    }

    fn check_key(&mut self, key: &str, within: &str, known: &[&str]) {
        if known.contains(&key) {
            return;
        }
        let near = nearest(key, known);
        let table =
            TABLES.iter().find(|(table, keys)| within.is_empty() && keys.contains(&key) && *table != key);
        let renamed = RENAMED.iter().find(|(was, _)| within.is_empty() && *was == key);
        let meant = match (renamed, near, table) {
            (Some((_, name)), _, _) => format!("it is called `{name}` now"),
            (_, _, Some((table, _))) => format!("did you mean `{table}.{key}`?"),
            (_, Some(name), None) => format!("did you mean `{within}{name}`?"),
            (_, None, None) => format!("the keys are {}", all_quoted(known)),
        };
        let source = self.source(&format!("{within}{key}"));
        self.problems.push(format!("unknown key `{within}{key}`{source}: {meant}"));
    }

    /// The source of a value, for messages: ` in `crewed` of Rocket.toml`.
    pub(super) fn source(&self, key: &str) -> String {
        let path = if key.is_empty() { SECTION.to_owned() } else { format!("{SECTION}.{key}") };
        match self.figment.find_metadata(&path) {
            Some(Metadata { source: Some(source), .. }) => format!(" in `{SECTION}` of {source}"),
            Some(metadata) if metadata.name.contains("environment") => " in ROCKET_CREWED".to_owned(),
            Some(metadata) => format!(" in `{SECTION}` of {}", metadata.name),
            None => String::new(),
        }
    }

    pub(super) fn value<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let path = format!("{SECTION}.{key}");
        match self.figment.extract_inner(&path) {
            Ok(value) => Some(value),
            Err(error) if error.missing() => None,
            Err(error) => {
                self.wrong(key, &error);
                None
            }
        }
    }

    fn wrong(&mut self, key: &str, error: &Error) {
        let what = match &error.kind {
            Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
                format!(
                    "it is {}, and should be {}",
                    describe_value(found),
                    describe_expected(key, &expected.to_string())
                )
            }
            kind => kind.to_string(),
        };
        let source = self.source(key);
        self.problems.push(format!("`{key}`{source}: {what}"));
    }

    /// Whether a key is configured.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.figment.find_value(&format!("{SECTION}.{key}")).is_ok()
    }

    pub(super) fn choice<T: Copy + Default>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        let Some(name) = self.value::<String>(key) else { return T::default() };
        match choices.iter().find(|(known, _)| *known == name) {
            Some((_, choice)) => *choice,
            None => {
                let known: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                let source = self.source(key);
                self.problems.push(format!("`{key}`{source}: `{name}` is none of {}", all_quoted(&known)));
                T::default()
            }
        }
    }

    /// Checks that a key is a table, if it is set. Returns whether that holds.
    pub(super) fn table(&mut self, key: &str, written: &str) -> bool {
        let value = self.figment.find_value(&format!("{SECTION}.{key}"));
        let is_table = value.map_or(true, |value| value.as_dict().is_some());
        if !is_table {
            let source = self.source(key);
            self.problems.push(format!("`{key}`{source}: it is written {written}"));
        }
        is_table
    }
}

/// Whether the program or whoever runs it has set a key of Rocket's. A whole `Config` has values for all keys, of which
/// only those count that are not the usual ones.
pub(crate) fn is_configured(figment: &Figment, key: &str) -> bool {
    let usual: Option<Value> = Figment::from(rocket::Config::default()).find_value(key).ok();
    let Ok(value) = figment.find_value(key) else { return false };
    let is_whole = figment.find_metadata(key).is_none_or(|found| found.name.starts_with("rocket::Config"));
    !is_whole || Some(value) != usual
}

/// A configured value in a message, as it was written.
pub(super) fn describe_value(found: &Actual) -> String {
    match found {
        Actual::Bool(value) => format!("`{value}`"),
        Actual::Unsigned(value) => value.to_string(),
        Actual::Signed(value) => value.to_string(),
        Actual::Float(value) => value.to_string(),
        Actual::Char(value) => format!("\"{value}\""),
        Actual::Str(value) => format!("{value:?}"),
        Actual::Seq => "a list".to_owned(),
        Actual::Map => "a table".to_owned(),
        Actual::Unit | Actual::Option => "nothing".to_owned(),
        other => other.to_string(),
    }
}

/// The expected value in a message, by the name of the type that the key is read into.
pub(super) fn describe_expected(key: &str, expected: &str) -> String {
    match expected {
        _ if key == "queue" => "a size like \"64 MiB\"".to_owned(),
        "u32" => format!("a whole number from 1 to {}", u32::MAX),
        "u64" => "a whole number, 0 or more".to_owned(),
        "f64" => "a number".to_owned(),
        "usize" => "a whole number, 1 or more".to_owned(),
        "a boolean" | "bool" => "`true` or `false`".to_owned(),
        "a string" => "a text".to_owned(),
        other => other.to_owned(),
    }
}

/// The known name that was likely meant by an unknown one.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|known| (strsim::damerau_levenshtein(known, name), *known));
    let near = near.filter(|(distance, _)| *distance <= 3 && distance * 2 <= name.len());
    near.min().map(|(_, known)| known)
}
