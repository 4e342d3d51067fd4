//! Colours of the log, which a malformed `Content-Type` switches on.
//!
//! The parser that Rocket reads media types with switches colours off while it writes an error, and then on, whatever
//! they were before. Where they were off at launch (`cli_colors = false`, or no terminal), they are to stay off.

use std::sync::atomic::{AtomicBool, Ordering};

use rocket::yansi;

static OFF: AtomicBool = AtomicBool::new(false);

/// Notes whether the log is in colour, at launch.
pub(crate) fn remember() {
    OFF.store(!yansi::is_enabled(), Ordering::Relaxed);
}

/// Sees to it that colours are off where they were off at launch.
pub(super) fn keep_off() {
    if OFF.load(Ordering::Relaxed) && yansi::is_enabled() {
        yansi::disable();
    }
}
