//! Keeps the colours of the log off, which a malformed `Content-Type` would switch on.
//!
//! Rocket's parser of media types switches colours off while it formats an error, and afterwards on, whatever they were
//! before. Where they were off at launch (`cli_colors = false`, or no terminal), they must stay off.

use std::sync::atomic::{AtomicBool, Ordering};

use rocket::yansi;

static OFF: AtomicBool = AtomicBool::new(false);

/// Remembers at launch whether the log is in colour.
pub(crate) fn remember() {
    OFF.store(!yansi::is_enabled(), Ordering::Relaxed);
}

/// Switches colours off again if they were off at launch.
pub(super) fn keep_off() {
    if OFF.load(Ordering::Relaxed) && yansi::is_enabled() {
        yansi::disable();
    }
}
