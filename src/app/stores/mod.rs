//! Selects the configured database. Only this module names the engines, which depend on the enabled features.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use super::features::{Feature, POSTGRES, SQLITE};
use super::keys::SECTION;
use super::section::Section;
use crate::error_format::all_quoted;
use crate::store::{Database, Durability};

/// The settings that are common to all databases.
pub(super) struct Usage {
    pub(super) durability: Durability,
    /// The maximal size of all queued writes in bytes, if it is configured.
    pub(super) queue: Option<u64>,
}

/// A configured database or the problem with it, or `None` if the configuration does not select this engine.
type Selection = Option<Result<Box<dyn Database>, String>>;

/// Reads the settings of one engine from the section. It selects the engine if the URL is one of its own, or if there
/// is no URL and the engine is the default.
type ReadDatabase = fn(&mut Section<'_>, Option<&str>, &Usage) -> Selection;

const ENGINES: &[ReadDatabase] = &[
    #[cfg(feature = "sqlite")]
    sqlite::database,
    #[cfg(feature = "postgres")]
    postgres::database,
];

impl Section<'_> {
    /// The configured database, or `None` if none is configured and there is no default.
    pub(super) fn store(&mut self, usage: &Usage) -> Option<Box<dyn Database>> {
        let url = self.value::<String>("store");
        let mut found: Selection = None;
        // Every engine reads the section, since each checks keys of its own.
        for read in ENGINES {
            let database = read(self, url.as_deref(), usage);
            found = found.or(database);
        }
        let why = match (found, url) {
            (Some(Ok(database)), _) => return Some(database),
            (Some(Err(why)), _) => why,
            (None, None) => return None,
            (None, Some(url)) => match missing(&url) {
                Some(feature) => {
                    let source = self.source("store");
                    self.problems.push(feature.missing_feature("store", &source, ""));
                    return None;
                }
                None => format!(
                    "{} is no store: write \"sqlite:FILE\", \"sqlite::memory:\" or \
                     \"postgres://USER@HOST/DATABASE\"{}",
                    shown(&url),
                    remedies()
                ),
            },
        };
        let source = self.source("store");
        self.problems.push(format!("`store`{source}: {why}"));
        None
    }
}

/// The message about resources without a store.
pub(super) fn unstored(resources: &[&str]) -> String {
    let who = match resources {
        [one] => format!("the resource `{one}` has"),
        all => format!("the resources {} have", all_quoted(all)),
    };
    match POSTGRES.is_built {
        true => format!(
            "{who} no store: write store = \"postgres://USER@HOST/DATABASE\" below [default.{SECTION}]{}",
            remedies()
        ),
        false => format!("{who} no store, which crewed is built without{}", remedies()),
    }
}

/// The feature that a URL needs, if it is not enabled.
fn missing(url: &str) -> Option<Feature> {
    let feature = match url.split_once(':')?.0 {
        "sqlite" => SQLITE,
        "postgres" | "postgresql" => POSTGRES,
        _ => return None,
    };
    Some(feature).filter(|feature| !feature.is_built)
}

/// The advice to enable the features that provide a store.
fn remedies() -> String {
    let missing = [SQLITE, POSTGRES].into_iter().filter(|feature| !feature.is_built);
    let remedy = |Feature { name, brings, .. }: Feature| {
        format!("; for {brings}, switch on the feature `{name}` of crewed in Cargo.toml")
    };
    missing.map(remedy).collect()
}

/// An invalid URL in a message. As it may have a password, only its scheme is shown, unless the text has no character
/// that would separate one.
fn shown(url: &str) -> String {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-._/~".contains(c));
    match url.split_once(':') {
        None if plain(url) => format!("`{url}`"),
        Some((scheme, rest)) if plain(scheme) && rest.starts_with("//") && plain(rest) => format!("`{url}`"),
        Some(("sqlite", rest)) if plain(&rest.replace(":memory:", "")) => format!("`{url}`"),
        Some((scheme, rest)) if plain(scheme) && (rest.starts_with("//") || scheme == "sqlite") => {
            format!("`{scheme}:..`")
        }
        _ => "it".to_owned(),
    }
}
