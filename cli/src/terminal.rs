//! What the command says to a person.

use std::io::{IsTerminal, Write, stderr, stdout};

/// Whether colours are shown: on a terminal, unless `NO_COLOR` is set.
pub(crate) fn has_colors() -> bool {
    stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn painted(color: u8, word: &str) -> String {
    if has_colors() { format!("\u{1b}[1;{color}m{word}\u{1b}[0m") } else { word.to_owned() }
}

/// Nobody can be told where a terminal is gone.
fn say(color: u8, text: &str) {
    let _ = writeln!(stderr(), "{} {text}", painted(color, "crewed:"));
}

/// Prints what was asked for. Whoever reads it may have had enough.
pub(crate) fn answer(text: &str) {
    let _ = stdout().write_all(text.as_bytes());
}

/// Says what is being done.
pub(crate) fn note(text: &str) {
    say(36, text);
}

/// Says what somebody should look at.
pub(crate) fn warn(text: &str) {
    say(33, text);
}

/// Says what went wrong.
pub(crate) fn error(text: &str) {
    say(31, text);
}
