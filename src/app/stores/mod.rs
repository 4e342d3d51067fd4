//! Which database the configuration asks for: the one place that names the engines that crewed is built with.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use super::features::{Feature, POSTGRES, SQLITE};
use super::keys::SECTION;
use super::section::{Section, list};
use crate::store::{Database, Durability};

/// How a database is to be used, whichever it is.
pub(super) struct Usage {
    pub(super) durability: Durability,
    /// How many bytes the writes that wait may hold, where that is said.
    pub(super) queue: Option<u64>,
}

/// A database, where the engine's own is asked for; or why there is none.
type Found = Option<Result<Box<dyn Database>, String>>;

/// Reads all that is one engine's own in the section. It is asked for where the URL is its own, and where it is what
/// is meant without one.
type ReadDatabase = fn(&mut Section<'_>, Option<&str>, &Usage) -> Found;

const ENGINES: &[ReadDatabase] = &[
    #[cfg(feature = "sqlite")]
    sqlite::database,
    #[cfg(feature = "postgres")]
    postgres::database,
];

impl Section<'_> {
    /// The database that is asked for; none where nothing is said of it and nothing can be meant.
    pub(super) fn store(&mut self, usage: &Usage) -> Option<Box<dyn Database>> {
        let url = self.value::<String>("store");
        let mut found: Found = None;
        // Each is asked, since each has keys of its own to check.
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
                    self.problems.push(feature.asked_for("store", &source, ""));
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

/// What is said of these resources where there is no store for them.
pub(super) fn unstored(resources: &[&str]) -> String {
    let who = match resources {
        [one] => format!("the resource `{one}` has"),
        all => format!("the resources {} have", list(all)),
    };
    match POSTGRES.is_built {
        true => format!(
            "{who} no store: write store = \"postgres://USER@HOST/DATABASE\" below [default.{SECTION}]{}",
            remedies()
        ),
        false => format!("{who} no store, which crewed is built without{}", remedies()),
    }
}

/// The feature that a URL asks for, where it is not built in.
fn missing(url: &str) -> Option<Feature> {
    let feature = match url.split_once(':')?.0 {
        "sqlite" => SQLITE,
        "postgres" | "postgresql" => POSTGRES,
        _ => return None,
    };
    Some(feature).filter(|feature| !feature.is_built)
}

/// The features that would bring a store.
fn remedies() -> String {
    let missing = [SQLITE, POSTGRES].into_iter().filter(|feature| !feature.is_built);
    let remedy = |Feature { name, brings, .. }: Feature| {
        format!("; for {brings}, switch on the feature `{name}` of crewed in Cargo.toml")
    };
    missing.map(remedy).collect()
}

/// A text that was meant for a URL, as a message shows it: without anything that may be a password, and so at most
/// with its scheme, unless it is too plain to hold one.
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
