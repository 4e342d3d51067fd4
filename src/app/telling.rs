//! Reads what the configuration says of the log.

use rocket::config::LogLevel;
use rocket::figment::Figment;

use super::keys::SECTION;
use super::section::Section;
use crate::edge::{Format, LogSettings};

/// The form of lines about requests, if there are some.
#[derive(Clone, Copy)]
struct Lines(Option<Format>);

impl Default for Lines {
    fn default() -> Self {
        Lines(LogSettings::default().format)
    }
}

/// What the configuration says of the log, as far as it can be told before the rocket is there that may have another.
/// What is wrong is told when the rocket ignites.
pub(crate) fn early_log() -> LogSettings {
    let figment = rocket::Config::figment();
    Section { figment: &figment, problems: Vec::new() }.log()
}

/// Rocket's own level, which Rocket complains of itself.
fn log_level(figment: &Figment) -> LogLevel {
    figment.extract_inner("log_level").unwrap_or(LogLevel::Normal)
}

impl Section<'_> {
    pub(super) fn log(&mut self) -> LogSettings {
        let is_configured = self.figment.find_value(&format!("{SECTION}.log")).is_ok();
        let format = self.choice(
            "log",
            &[("text", Lines(Some(Format::Text))), ("json", Lines(Some(Format::Json))), ("off", Lines(None))],
        );
        LogSettings { format: format.0, is_configured, level: log_level(self.figment) }
    }
}
