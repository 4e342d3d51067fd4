//! The logger of programs under `#[crewed::launch]`.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use log::{Level, LevelFilter, Log, Metadata, Record};
use rocket::config::LogLevel;

use super::{LogSettings, form, output, panic, record};

static LOGGER: Logger = Logger;
static INSTALLED: AtomicBool = AtomicBool::new(false);
/// The level of lines.
static LEVEL: AtomicUsize = AtomicUsize::new(LevelFilter::Info as usize);

/// Crewed's own logger, for everything that goes through the crate `log`.
struct Logger;

/// Sets the logger and the hook of panics, unless the program has a logger already. The settings hold until the rocket
/// has read its own.
pub(crate) fn install(settings: &LogSettings) {
    if log::set_logger(&LOGGER).is_ok() {
        INSTALLED.store(true, Ordering::Release);
        configure(settings);
        panic::install();
    }
}

/// Whether the logger of this program is crewed's own.
pub(crate) fn is_installed() -> bool {
    INSTALLED.load(Ordering::Acquire)
}

/// Sets the form and the level of lines.
pub(crate) fn configure(settings: &LogSettings) {
    if is_installed() {
        form::set(settings.format.unwrap_or_default());
        let level = match settings.level {
            LogLevel::Off => LevelFilter::Off,
            LogLevel::Critical => LevelFilter::Warn,
            LogLevel::Normal => LevelFilter::Info,
            LogLevel::Debug => LevelFilter::Trace,
        };
        LEVEL.store(level as usize, Ordering::Release);
        // Where a wrong value of Rocket's stands is told below the level of what is wrong with it.
        let most = if level == LevelFilter::Off { level } else { level.max(LevelFilter::Info) };
        log::set_max_level(most);
    }
}

/// Leaves out what is below the level at once, since the program serves.
pub(super) fn settle() {
    if is_installed() {
        let is_chosen = |level: &LevelFilter| *level as usize == LEVEL.load(Ordering::Acquire);
        log::set_max_level(LevelFilter::iter().find(is_chosen).unwrap_or(LevelFilter::Info));
    }
}

/// Lowers the level of Rocket's own logger, if that is the one of this program, so that it writes warnings and errors
/// alone: its lines about requests have their queries. Returns whether it has.
pub(crate) fn lower_rockets_own() -> bool {
    // Rocket's logger takes what is told at launch at any level, and so it alone takes what is below its own.
    let unusual = Metadata::builder().target("rocket::launch").level(Level::Trace).build();
    let max = log::max_level();
    let is_rockets = !is_installed() && max < LevelFilter::Trace && log::logger().enabled(&unusual);
    let lowers = is_rockets && max > LevelFilter::Warn;
    if lowers {
        log::set_max_level(LevelFilter::Warn);
    }
    lowers
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let (target, level) = (metadata.target(), metadata.level());
        let is_within = level as usize <= LEVEL.load(Ordering::Acquire);
        let is_reason = || ["rocket::config", "rocket::error"].iter().any(|of| target.starts_with(of));
        (is_within || is_reason() && level <= log::max_level()) && may_be_written(target, level)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) && (!is_of_server(record.target()) || is_plain(record)) {
            output::write(&record::line(record));
        }
    }

    fn flush(&self) {
        output::flush(std::time::Duration::from_secs(1));
    }
}

/// Crates whose lines for debugging have parts of requests, of answers, or values that are stored.
const TALKATIVE: &[&str] =
    &["rocket", "hyper", "tokio_postgres", "postgres", "rustls", "multer", "want", "mio"];

/// Whether what goes to a target may be written, which has nothing of a request then.
fn may_be_written(target: &str, level: Level) -> bool {
    let of = |name: &str| {
        let rest = target.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let is_talkative = TALKATIVE.iter().any(|name| of(name));
    match target {
        // What the code says that Rocket's macros have written into the program: why a guard has failed, with what was
        // sent.
        _ if target.ends_with("::_") && !of("rocket") => false,
        // What Rocket tells at launch.
        _ if ["rocket::launch", "rocket::shield", "rocket::config", "rocket::error"].into_iter().any(of) => {
            level <= Level::Info
        }
        // That a client has sent less of a body than it said.
        _ if of("rocket::data") => false,
        // Rocket's lines about a request; `is_plain` knows the others.
        _ if is_of_server(target) => level <= Level::Info,
        // These have a header, or the address that was asked for.
        _ if of("rocket::request") => false,
        _ if is_talkative => level <= Level::Warn,
        _ => true,
    }
}

fn is_of_server(target: &str) -> bool {
    target.starts_with("rocket::server")
}

/// Whether a line of Rocket's server is not about a request: they begin so.
fn is_plain(record: &Record<'_>) -> bool {
    const PLAIN: &[&str] = &[
        "Received SIG",
        "Shutdown",
        "Graceful shutdown",
        "Server ",
        "Rocket ",
        "Forced shutdown",
        "Failed to write response",
        "Upgrade",
    ];
    let message = record.args().to_string();
    PLAIN.iter().any(|begin| message.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_a_request_is_not_written() {
        for (target, level, is_written) in [
            ("rocket::launch", Level::Info, true),
            ("rocket::launch::_", Level::Warn, true),
            ("rocket::shield::shield", Level::Info, true),
            ("rocket::config::config", Level::Warn, true),
            ("rocket::config::config::_", Level::Info, true),
            ("rocket::form::parser::_", Level::Trace, false),
            ("rocket::request::request", Level::Warn, false),
            ("rocket::data::data", Level::Error, false),
            ("hyper::proto::h1::conn", Level::Debug, false),
            ("tokio_postgres::query", Level::Debug, false),
            ("tokio_postgres::connection", Level::Info, false),
            ("postgresql", Level::Debug, true),
            ("crewed::store", Level::Trace, true),
            ("heroes", Level::Trace, true),
            ("heroes::_", Level::Error, false),
            ("heroes::routes::_", Level::Warn, false),
            ("rocketeer::_", Level::Warn, false),
        ] {
            assert_eq!(may_be_written(target, level), is_written, "{target} {level}");
        }
        let is_plain = |message: &str| {
            is_plain(&Record::builder().args(format_args!("{message}")).target("rocket::server::_").build())
        };
        for message in [
            "GET /heroes?token=secret:",
            "No matching routes for GET /heroes?token=secret.",
            "Matched: (crewed) GET /<path..>",
            "Dispatching salvaged request to catcher: GET /heroes?token=secret.",
            "received request: Request { .. }",
            "Outcome: Success(200 OK)",
        ] {
            assert!(!is_plain(message), "{message}");
        }
        assert!(is_plain("Received SIGTERM. Requesting shutdown."));
    }
}
