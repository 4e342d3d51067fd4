//! Panics in the form of the log.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;
use std::time::Duration;

use log::{Level, LevelFilter};

use super::{output, record};

/// How long a program that ends waits for its last lines.
const LAST: Duration = Duration::from_millis(500);

/// Writes panics to the log from now on. Where that is off they are printed as before.
pub(super) fn install() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| match log::max_level() {
        LevelFilter::Off => before(panic),
        _ => write(panic),
    }));
}

fn write(panic: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("without a name");
    let place = panic.location().map(|location| format!(" at {location}")).unwrap_or_default();
    let said = panic.payload_as_str().unwrap_or("without a message");
    let mut message = format!("the thread `{name}` panicked{place}: {said}");
    if said.contains("SetLoggerError") {
        message.push_str(
            "\n`#[crewed::launch]` has set a logger already: for one of your own, write \
             `#[crewed::launch(own_logger)]`",
        );
    }
    // As the variables RUST_BACKTRACE and RUST_LIB_BACKTRACE say.
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        message.push_str(&format!("\n{trace}"));
    }
    let mut line = Vec::new();
    record::write_own(&mut line, Level::Error, &message);
    output::write(&line);
    // The program may end with this.
    if name == "main" || cfg!(panic = "abort") {
        output::flush(LAST);
    }
}
