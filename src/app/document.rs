//! The declarations of a program for its document, and the settings of its configuration.

use rocket::Route;
use rocket::figment::value::Value;

use super::keys::SECTION;
use super::section::Section;
use crate::openapi::{About, OpenApi};

/// The declarations of the program.
#[derive(Clone, Default)]
pub(super) struct ApiInfo {
    pub(super) title: Option<String>,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    /// Everything else for the head of the document.
    pub(super) about: About,
    pub(super) mounts: Vec<Mount>,
}

/// Routes of the user's that the document includes.
#[derive(Clone)]
pub(super) struct Mount {
    pub(super) base: String,
    pub(super) routes: Vec<Route>,
    pub(super) spec: OpenApi,
}

/// The settings of the configuration, which override the program's.
#[derive(Debug)]
pub(super) struct Settings {
    /// The path of Swagger UI, or `None` if there is to be no documentation.
    pub(super) path: Option<String>,
    pub(super) title: Option<String>,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
}

impl Settings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Settings {
            path: section.docs(),
            title: section.value("title"),
            version: section.value("version"),
            description: section.value("description"),
        }
    }
}

impl Section<'_> {
    fn docs(&mut self) -> Option<String> {
        let docs = match self.figment.find_value(&format!("{SECTION}.docs")) {
            Err(_) => return Some("/docs".to_owned()),
            Ok(Value::Bool(_, false)) => return None,
            Ok(Value::String(_, docs)) => docs,
            Ok(other) => other.into_string().unwrap_or_default(),
        };
        let fixed = |s: &str| s.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
        let segments = docs.strip_prefix('/').unwrap_or_default();
        if segments.is_empty() || segments.split('/').any(|s| s.is_empty() || !fixed(s)) {
            let source = self.source("docs");
            self.problems.push(format!(
                "`docs`{source}: it is a path like \"/docs\", or `false` for no documentation at all"
            ));
        }
        Some(docs)
    }
}
