//! The form of lines that are not about a request, which is that of the whole program.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Format;

static JSON: AtomicBool = AtomicBool::new(false);

/// Sets the form.
pub(super) fn set(format: Format) {
    JSON.store(format == Format::Json, Ordering::Release);
}

/// The form.
pub(super) fn format() -> Format {
    if JSON.load(Ordering::Acquire) { Format::Json } else { Format::Text }
}
