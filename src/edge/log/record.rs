//! The lines about anything but a request: what goes through the crate `log`, and panics.

use std::fmt::Write as _;

use log::kv::{Error, Key, Value, VisitSource};
use log::{Level, Record};

use super::Format;
use super::clock::write_now;
use super::form::format;

/// The targets of what Rocket tells at launch.
const LAUNCH: [&str; 2] = ["rocket::launch", "rocket::shield"];

/// The line of a record.
pub(super) fn line(record: &Record<'_>) -> Vec<u8> {
    let mut message = String::new();
    let _ = write!(message, "{}", record.args());
    let mut line = Vec::with_capacity(message.len() + 128);
    // Rocket marks a line that belongs to the one before it.
    let (target, is_indented) = match record.target().strip_suffix("::_") {
        Some(target) => (target, true),
        None => (record.target(), false),
    };
    let is_launch = LAUNCH.iter().any(|launch| target.starts_with(launch)) && record.level() >= Level::Warn;
    // What Rocket tells at launch is no warning, even if it is to be seen where only these are.
    let level = if is_launch && target == LAUNCH[0] { Level::Info } else { record.level() };
    match format() {
        Format::Json => json(&mut line, level, &message, Some(target), Some(record)),
        Format::Text if is_launch => {
            let indent = if is_indented { "   >> " } else { "" };
            let _ = writeln!(Text(&mut line), "{indent}{message}");
        }
        Format::Text => {
            let by = if target.starts_with("crewed") { None } else { Some(target) };
            text(&mut line, level, &message, by, Some(record));
        }
    }
    line
}

/// Writes a line of crewed's own.
pub(super) fn write_own(line: &mut Vec<u8>, level: Level, message: &str) {
    match format() {
        Format::Json => json(line, level, message, None, None),
        Format::Text => text(line, level, message, None, None),
    }
}

/// Why a program ends: for people as it is, and as an object where the log has these.
pub(crate) fn error_in_log_form(message: &str) -> String {
    match format() {
        Format::Text => format!("{message}\n"),
        Format::Json => {
            let mut line = Vec::new();
            json(&mut line, Level::Error, message, None, None);
            String::from_utf8_lossy(&line).into_owned()
        }
    }
}

fn text(line: &mut Vec<u8>, level: Level, message: &str, by: Option<&str>, record: Option<&Record<'_>>) {
    write_now(line);
    let mut line = Text(line);
    let _ = write!(line, " {level:5} ");
    if let Some(by) = by {
        let _ = write!(line, "{by}: ");
    }
    // Nothing in a message can pass for a line of its own.
    for (index, part) in message.lines().enumerate() {
        let _ = write!(line, "{}{part}", if index == 0 { "" } else { "\n    " });
    }
    if let Some(record) = record {
        let _ = record.key_values().visit(&mut Members(|name: &str, value: &Value<'_>| {
            let _ = write!(line, " {name}={value}");
        }));
    }
    line.0.push(b'\n');
}

fn json(line: &mut Vec<u8>, level: Level, message: &str, target: Option<&str>, record: Option<&Record<'_>>) {
    line.extend_from_slice(b"{\"ts\":\"");
    write_now(line);
    line.extend_from_slice(b"\",\"level\":\"");
    line.extend_from_slice(level.as_str().to_ascii_lowercase().as_bytes());
    line.push(b'"');
    member(line, "msg", &uncoloured(message));
    if let Some(target) = target {
        member(line, "target", target);
    }
    if let Some(record) = record {
        let known = ["ts", "level", "msg", "target"];
        let _ = record.key_values().visit(&mut Members(|name: &str, value: &Value<'_>| {
            if !known.contains(&name) {
                member(line, name, &value.to_string());
            }
        }));
    }
    line.extend_from_slice(b"}\n");
}

/// Adds a member whose value is a text.
pub(super) fn member(line: &mut Vec<u8>, name: &str, value: &str) {
    line.push(b',');
    escaped(line, name);
    line.push(b':');
    escaped(line, value);
}

/// Adds a text of JSON.
pub(super) fn escaped(line: &mut Vec<u8>, text: &str) {
    // A vector takes anything.
    let _ = serde_json::to_writer(line, text);
}

/// A message without the sequences that colour it on a terminal.
fn uncoloured(message: &str) -> String {
    let mut parts = message.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, after)| after));
    }
    plain.trim().to_owned()
}

/// Visits the members that a record has.
struct Members<F>(F);

impl<'kvs, F: FnMut(&str, &Value<'_>)> VisitSource<'kvs> for Members<F> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        (self.0)(key.as_str(), &value);
        Ok(())
    }
}

/// A line as formatters write to it.
pub(super) struct Text<'a>(pub(super) &'a mut Vec<u8>);

impl std::fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut line = Vec::new();
        write(&mut line);
        String::from_utf8(line).expect("it is a text")
    }

    #[test]
    fn a_message_cannot_pass_for_another_line() {
        let message = "first\n2026-10-03T17:04:05.678901Z INFO  forged\n\u{1b}[31mred\u{1b}[0m \"quoted\" \\";
        let text = line(|line| text(line, Level::Error, message, Some("x"), None));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with(" ERROR x: first"), "{text}");
        assert!(lines[1..].iter().all(|line| line.starts_with("    ")), "{text}");

        let json = line(|line| json(line, Level::Error, message, Some("x"), None));
        assert_eq!(json.matches('\n').count(), 1, "{json}");
        let parsed: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!(parsed["level"], "error");
        assert_eq!(parsed["target"], "x");
        let plain = "first\n2026-10-03T17:04:05.678901Z INFO  forged\nred \"quoted\" \\";
        assert_eq!(parsed["msg"], plain);
    }

    #[test]
    fn members_of_a_record_are_members_of_the_line() {
        let source = [("request_id", "1"), ("msg", "another")];
        let record = |write: &dyn Fn(&Record<'_>) -> String| {
            write(&Record::builder().args(format_args!("it failed")).key_values(&source).build())
        };
        let json = record(&|record| line(|line| json(line, Level::Warn, "it failed", None, Some(record))));
        let parsed: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!((&parsed["request_id"], &parsed["msg"]), (&"1".into(), &"it failed".into()));
        let text = record(&|record| line(|line| text(line, Level::Warn, "it failed", None, Some(record))));
        assert!(text.ends_with(" WARN  it failed request_id=1 msg=another\n"), "{text}");
    }
}
