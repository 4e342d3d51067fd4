//! The names of operations, by their numbers among those of all APIs of a rocket: for metrics, the log and spans.

use tracing::field::Empty;
use tracing::{Level, Span, span};

use super::trace::TraceParent;

/// The names of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OperationName {
    /// Its id in the document.
    pub(crate) id: String,
    /// Its method.
    pub(crate) method: &'static str,
    /// Its path, with the names of its parameters in the place of their values: `/heroes/{id}`. It is empty for what
    /// has no path of its own.
    pub(crate) path: String,
}

/// The names of all operations of a rocket, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Operations(Vec<OperationName>);

impl Operations {
    pub(crate) fn new(names: Vec<OperationName>) -> Self {
        Operations(names)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &OperationName> {
        self.0.iter()
    }

    /// The names of an operation.
    pub(crate) fn get(&self, number: u32) -> Option<&OperationName> {
        self.0.get(number as usize)
    }

    /// The span in which an operation answers a request, by the names of OpenTelemetry. It has no value of the request:
    /// neither the path as it was sent nor its query. Where nobody subscribes to spans, it is none.
    pub(super) fn span(
        &self,
        number: u32,
        method: &str,
        parent: impl FnOnce() -> Option<TraceParent>,
    ) -> Span {
        let name = || self.get(number);
        let span = span!(
            target: "crewed",
            Level::INFO,
            "request",
            otel.name = name().map(|name| format!("{method} {}", name.path)),
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = method,
            http.route = name().map(|name| &*name.path),
            http.response.status_code = Empty,
            error.type = Empty,
            operation = name().map(|name| &*name.id),
            trace_id = Empty,
            parent_id = Empty,
        );
        if !span.is_disabled()
            && let Some(parent) = parent()
        {
            span.record("trace_id", parent.trace_id()).record("parent_id", parent.parent_id());
        }
        span
    }
}

/// Tells a span the status of the answer.
pub(super) fn record_status(span: &Span, status: u16) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR").record("error.type", status);
    }
}
