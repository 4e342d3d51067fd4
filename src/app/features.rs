//! The Cargo features of crewed, and the messages if the configuration needs one that is not enabled.

use rocket::figment::value::Value;

use super::keys::SECTION;
use super::section::Section;

/// A Cargo feature of crewed.
pub(super) struct Feature {
    /// Its name in Cargo.toml.
    pub(super) name: &'static str,
    /// What it provides.
    pub(super) brings: &'static str,
    pub(super) is_built: bool,
    /// The keys that are read only with this feature.
    keys: &'static [&'static str],
}

pub(super) const SQLITE: Feature =
    Feature { name: "sqlite", brings: "SQLite", is_built: cfg!(feature = "sqlite"), keys: &[] };

pub(super) const POSTGRES: Feature = Feature {
    name: "postgres",
    brings: "PostgreSQL",
    is_built: cfg!(feature = "postgres"),
    keys: &["postgres", "replicas"],
};

/// Either engine.
const STORE: Feature = Feature {
    name: "sqlite` or `postgres",
    brings: "a store",
    is_built: SQLITE.is_built || POSTGRES.is_built,
    keys: &["durability", "queue", "migrate", "undeclared_columns", "page"],
};

const DOCS: Feature = Feature {
    name: "docs",
    brings: "the OpenAPI document",
    is_built: cfg!(feature = "docs"),
    keys: &["docs", "title", "version", "description"],
};

/// TLS. Rocket's own feature enables it as well.
pub(super) const TLS: Feature =
    Feature { name: "tls", brings: "TLS", is_built: cfg!(feature = "tls"), keys: &[] };

impl Feature {
    /// The message about a key that needs this feature, which is not enabled; `so` is the consequence.
    pub(super) fn missing_feature(&self, key: &str, source: &str, so: &str) -> String {
        let Feature { name, brings, .. } = self;
        format!(
            "`{key}`{source} asks for {brings}, which crewed is built without{so}: switch on the feature `{name}` of \
             crewed in Cargo.toml, or remove `{key}`"
        )
    }
}

impl Section<'_> {
    /// Refuses the keys of features that are not enabled.
    pub(super) fn check_features(&mut self) {
        for feature in [STORE, SQLITE, POSTGRES, DOCS].iter().filter(|feature| !feature.is_built) {
            for key in feature.keys {
                match self.figment.find_value(&format!("{SECTION}.{key}")) {
                    Err(_) => {}
                    // `docs = false` does not need the feature.
                    Ok(Value::Bool(_, false)) if *key == "docs" => {}
                    Ok(_) => {
                        let source = self.source(key);
                        self.problems.push(feature.missing_feature(key, &source, ""));
                    }
                }
            }
        }
    }
}
