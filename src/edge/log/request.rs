//! The line about a request: what was asked, what came of it, how long it took, and who asked. It has nothing that was
//! sent: no query, no header, no body, and of the path only what the declaration has.
//!
//! It is written for every request, so no formatter is used: texts are copied, and what is known at launch was put
//! together there.

use std::cell::RefCell;
use std::time::Duration;

use super::Format;
use super::clock::write_now;
use super::output;
use super::record::{escaped, member};
use crate::edge::digits::{decimal, millis};
use crate::route::{OperationName, TraceParent};

/// The lines about requests of one rocket.
pub(crate) struct RequestLines {
    format: Format,
    /// For each operation, by its number, what is the same in all of its lines.
    prefixes: Vec<Box<[u8]>>,
}

/// What a line tells.
pub(crate) struct RequestLine<'a> {
    /// The operation, by its number among those of all APIs, if it is one of these.
    pub(crate) number: Option<u32>,
    /// Its id, or another name for what has answered.
    pub(crate) operation: &'a str,
    /// The path as it was declared, if it was.
    pub(crate) path: &'a str,
    /// The method, and whether it is that of the operation.
    pub(crate) method: &'a str,
    pub(crate) is_own_method: bool,
    pub(crate) status: u16,
    pub(crate) took: Duration,
    pub(crate) caller: Option<&'a str>,
    pub(crate) request_id: &'a [u8],
    pub(crate) trace: Option<TraceParent>,
}

impl RequestLines {
    pub(crate) fn new<'a>(format: Format, operations: impl Iterator<Item = &'a OperationName>) -> Self {
        let prefix = |name: &OperationName| {
            let mut line = Vec::new();
            asked(format, &mut line, &name.id, name.method, &name.path);
            line.into_boxed_slice()
        };
        RequestLines { format, prefixes: operations.map(prefix).collect() }
    }

    /// Writes a line.
    pub(crate) fn write(&self, told: &RequestLine<'_>) {
        thread_local!(static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) });

        LINE.with_borrow_mut(|line| {
            line.clear();
            self.put(line, told);
            output::write(line);
        });
    }

    fn put(&self, line: &mut Vec<u8>, told: &RequestLine<'_>) {
        let is_fault = told.status >= 500;
        match self.format {
            Format::Json => {
                line.extend_from_slice(b"{\"ts\":\"");
                write_now(line);
                line.extend_from_slice(match is_fault {
                    false => b"\",\"level\":\"info\",\"msg\":\"request\"" as &[u8],
                    true => b"\",\"level\":\"error\",\"msg\":\"request\"",
                });
            }
            Format::Text => {
                write_now(line);
                line.extend_from_slice(if is_fault { b" ERROR request" } else { b" INFO  request" });
            }
        }
        let prefix = told.number.filter(|_| told.is_own_method).and_then(|n| self.prefixes.get(n as usize));
        match prefix {
            Some(prefix) => line.extend_from_slice(prefix),
            None => asked(self.format, line, told.operation, told.method, told.path),
        }
        match self.format {
            Format::Json => self.json(line, told),
            Format::Text => self.text(line, told),
        }
        line.push(b'\n');
    }

    fn json(&self, line: &mut Vec<u8>, told: &RequestLine<'_>) {
        line.extend_from_slice(b",\"status\":");
        decimal(line, told.status.into());
        line.extend_from_slice(b",\"ms\":");
        millis(line, told.took);
        if let Some(caller) = told.caller {
            member(line, "caller", caller);
        }
        // Of its characters none has to be escaped.
        line.extend_from_slice(b",\"request_id\":\"");
        line.extend_from_slice(told.request_id);
        line.push(b'"');
        if let Some(trace) = &told.trace {
            line.extend_from_slice(b",\"trace_id\":\"");
            line.extend_from_slice(trace.trace_id().as_bytes());
            line.push(b'"');
        }
        line.push(b'}');
    }

    fn text(&self, line: &mut Vec<u8>, told: &RequestLine<'_>) {
        line.extend_from_slice(b" status=");
        decimal(line, told.status.into());
        line.extend_from_slice(b" ms=");
        millis(line, told.took);
        if let Some(caller) = told.caller {
            line.extend_from_slice(b" caller=");
            quoted(line, caller);
        }
        line.extend_from_slice(b" request_id=");
        line.extend_from_slice(told.request_id);
        if let Some(trace) = &told.trace {
            line.extend_from_slice(b" trace_id=");
            line.extend_from_slice(trace.trace_id().as_bytes());
        }
    }
}

/// What was asked.
fn asked(format: Format, line: &mut Vec<u8>, operation: &str, method: &str, path: &str) {
    let members = [("operation", operation), ("method", method), ("path", path)];
    for (name, value) in members.into_iter().filter(|(_, value)| !value.is_empty()) {
        match format {
            Format::Json => member(line, name, value),
            Format::Text => {
                line.push(b' ');
                line.extend_from_slice(name.as_bytes());
                line.push(b'=');
                quoted(line, value);
            }
        }
    }
}

/// A text, in quotation marks where it is not plain.
fn quoted(line: &mut Vec<u8>, text: &str) {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'=');
    match !text.is_empty() && text.bytes().all(is_plain) {
        true => line.extend_from_slice(text.as_bytes()),
        false => escaped(line, text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn name() -> OperationName {
        OperationName { id: "read_hero".to_owned(), method: "GET", path: "/heroes/{id}".to_owned() }
    }

    fn told() -> RequestLine<'static> {
        RequestLine {
            number: Some(0),
            operation: "read_hero",
            path: "/heroes/{id}",
            method: "GET",
            is_own_method: true,
            status: 200,
            took: Duration::from_nanos(1_012_345_678),
            caller: None,
            request_id: b"a-1",
            trace: None,
        }
    }

    fn line(format: Format, told: &RequestLine<'_>) -> String {
        let name = name();
        let mut line = Vec::new();
        RequestLines::new(format, [&name].into_iter()).put(&mut line, told);
        let line = String::from_utf8(line).expect("it is a text");
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        line
    }

    #[test]
    fn a_line_is_an_object() {
        let parsed = |told: &RequestLine<'_>| {
            let mut parsed: Value = serde_json::from_str(&line(Format::Json, told)).expect("it is JSON");
            assert!(parsed.as_object_mut().expect("an object").shift_remove("ts").is_some());
            parsed
        };
        let plain = json!({
            "level": "info", "msg": "request", "operation": "read_hero", "method": "GET", "path": "/heroes/{id}",
            "status": 200, "ms": 1012.345, "request_id": "a-1",
        });
        assert_eq!(parsed(&told()), plain);
        let trace = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        let odd = RequestLine { method: "HEAD", is_own_method: false, status: 503, trace, ..told() };
        let odd = RequestLine { caller: Some("a\"b\n"), took: Duration::ZERO, ..odd };
        let expected = json!({
            "level": "error", "msg": "request", "operation": "read_hero", "method": "HEAD",
            "path": "/heroes/{id}", "status": 503, "ms": 0.0, "caller": "a\"b\n", "request_id": "a-1",
            "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        });
        assert_eq!(parsed(&odd), expected);
        let unknown = RequestLine { number: None, operation: "unmatched", path: "", ..told() };
        assert_eq!(parsed(&unknown).get("path"), None);
        assert_eq!(parsed(&unknown)["operation"], "unmatched");
    }

    #[test]
    fn a_line_is_read_by_people() {
        let text = line(Format::Text, &told());
        let expected = " INFO  request operation=read_hero method=GET path=/heroes/{id} status=200 ms=1012.345 request_id=a-1\n";
        assert!(text.ends_with(expected), "{text}");
        let text = line(Format::Text, &RequestLine { caller: Some("a b\n"), status: 500, ..told() });
        assert!(text.contains(" ERROR request") && text.contains(" caller=\"a b\\n\" "), "{text}");
    }
}
