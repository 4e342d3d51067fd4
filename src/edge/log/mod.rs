//! The log: one line for each request, and all other lines in the same form.
//!
//! Rocket's own lines about a request have its query, which may be a secret, and there are five of them. So programs under
//! `#[crewed::launch]` get a logger of crewed's own before anything else can set one. It writes what goes through the
//! crate `log`, as text or as JSON, without these lines. The line about a request does not go that way: it is written by
//! the few instructions of `request`, into a buffer that a thread of its own empties (`output`).

mod clock;
mod form;
mod logger;
mod output;
mod panic;
mod record;
mod request;

pub(crate) use logger::{configure, install, is_installed, lower_rockets_own};
pub(crate) use output::flush;
pub(crate) use record::error_in_log_form;
pub(crate) use request::{RequestLine, RequestLines};

use rocket::config::LogLevel;

/// The program serves from now on.
pub(super) fn begin() {
    output::begin();
    logger::settle();
}

/// The form of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// An object of JSON on each line.
    Json,
}

/// What the configuration says of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogSettings {
    /// The form of lines about requests, or `None` for no such lines.
    pub(crate) format: Option<Format>,
    /// Whether somebody has said so, and it is not the default.
    pub(crate) is_configured: bool,
    /// Rocket's own level.
    pub(crate) level: LogLevel,
}

impl Default for LogSettings {
    fn default() -> Self {
        LogSettings { format: Some(Format::Text), is_configured: false, level: LogLevel::Normal }
    }
}

impl LogSettings {
    /// The form of the line about a request, if there is to be one. As JSON it is there at every level but `off`, since
    /// whoever asks for JSON wants it; as text it is as important as the lines that Rocket writes about a request.
    pub(crate) fn of_requests(&self) -> Option<Format> {
        let format = self.format?;
        let is_wanted = match self.level {
            LogLevel::Off => false,
            LogLevel::Critical => format == Format::Json,
            LogLevel::Normal | LogLevel::Debug => true,
        };
        (is_wanted && self.is_crewed()).then_some(format)
    }

    /// Whether the lines about requests are crewed's: without a logger of its own Rocket's are the default.
    pub(crate) fn is_crewed(&self) -> bool {
        is_installed() || self.is_configured
    }
}
