//! Spans, the trace that a request belongs to, and how long answers took.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crewed::rocket::http::Header;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::program::{Line, client, request_lines, start};
use crate::kit::{self, config};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn the_trace_of_a_request_is_told() {
    let running = start("build", "log=\"json\"", "critical");
    let mut line = Line::to(&running);
    for sent in [PARENT, &PARENT.replace("-01", "-00"), "", "00-1-2-01", &PARENT.to_uppercase(), &PARENT[3..]]
    {
        assert_eq!(line.ask("GET /users", &format!("Traceparent: {sent}\r\n"), "").status, 200);
    }
    let traces: Vec<_> =
        request_lines(&running, 6).iter().map(|line| line.get("trace_id").cloned()).collect();
    let told = Some(TRACE.into());
    assert_eq!(traces, [told.clone(), told, None, None, None, None]);
}

/// Keeps the fields of spans.
#[derive(Clone, Default)]
struct Kept {
    next: Arc<AtomicU64>,
    spans: Arc<Mutex<BTreeMap<u64, BTreeMap<String, String>>>>,
    /// The spans that were entered and exited.
    within: Arc<Mutex<Vec<u64>>>,
    events: Arc<Mutex<Vec<Option<u64>>>>,
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "crewed" || metadata.target() == "it"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::SeqCst) + 1;
        let mut fields = BTreeMap::new();
        span.record(&mut Fields(&mut fields));
        self.spans.lock().unwrap().insert(id, fields);
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.spans.lock().unwrap();
        values.record(&mut Fields(spans.get_mut(&span.into_u64()).unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.events.lock().unwrap().push(self.within.lock().unwrap().last().copied());
    }

    fn enter(&self, span: &Id) {
        self.within.lock().unwrap().push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        assert_eq!(self.within.lock().unwrap().pop(), Some(span.into_u64()));
    }
}

#[crewed::get("/traced/<name>")]
async fn traced(name: String) -> String {
    tracing::event!(target: "it", tracing::Level::INFO, "within");
    crewed::rocket::tokio::task::yield_now().await;
    tracing::event!(target: "it", tracing::Level::INFO, "still within");
    name
}

#[test]
fn an_operation_is_a_span_by_the_names_of_opentelemetry() {
    let kept = Kept::default();
    tracing::subscriber::with_default(kept.clone(), || {
        let api = crewed::Api::new().operations(crewed::operations![traced]);
        let client = kit::client(config(), api);
        let answer =
            client.get("/traced/marked?q=marked").header(Header::new("traceparent", PARENT)).dispatch();
        assert_eq!(answer.status().code, 200);
        assert_eq!(client.get("/nope").dispatch().status().code, 404);
        assert_eq!(client.head("/traced/x").dispatch().status().code, 200);
    });
    let spans: Vec<_> = kept.spans.lock().unwrap().values().cloned().collect();
    // What nothing answers is no operation.
    assert_eq!(spans.len(), 2, "{spans:#?}");
    let expected = [
        ("http.request.method", "GET"),
        ("http.response.status_code", "200"),
        ("http.route", "/traced/{name}"),
        ("operation", "traced"),
        ("otel.kind", "server"),
        ("otel.name", "GET /traced/{name}"),
        ("parent_id", "00f067aa0ba902b7"),
        ("trace_id", TRACE),
    ];
    let expected: BTreeMap<_, _> = expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    assert_eq!(spans[0], expected);
    assert_eq!(spans[1].get("trace_id"), None);
    // What the function told was within the span, at every poll.
    assert_eq!(*kept.events.lock().unwrap(), [Some(1), Some(1), Some(2), Some(2)]);
}

#[test]
fn a_span_tells_faults() {
    let kept = Kept::default();
    tracing::subscriber::with_default(kept.clone(), || {
        #[crewed::get("/fails")]
        fn fails() -> Result<(), crewed::HttpError> {
            Err(crewed::HttpError::new(503, "not now"))
        }

        let client = kit::client(config(), crewed::Api::new().operations(crewed::operations![fails]));
        assert_eq!(client.get("/fails").dispatch().status().code, 503);
    });
    let spans = kept.spans.lock().unwrap();
    let told = ["http.response.status_code", "otel.status_code", "error.type"].map(|name| &*spans[&1][name]);
    assert_eq!(told, ["503", "ERROR", "503"]);
}

/// The times of an answer, by their names.
fn times(value: &str) -> BTreeMap<String, f64> {
    value
        .split(", ")
        .map(|part| {
            let (name, time) = part.split_once(";dur=").unwrap();
            (name.to_owned(), time.parse().unwrap())
        })
        .collect()
}

#[test]
fn an_answer_tells_how_long_it_took() {
    let client = client(config().merge(("crewed.server_timing", true)));
    let of = |path: &str| {
        let answer = client.get(path).header(Header::new("Authorization", "Bearer 1")).dispatch();
        times(answer.headers().get_one("server-timing").expect(path))
    };
    for path in ["/users", "/users/nobody", "/mine", "/v1/users"] {
        let times = of(path);
        assert_eq!(times.keys().collect::<Vec<_>>(), ["parse", "store", "total", "write"], "{path}");
        let parts = times["parse"] + times["store"] + times["write"];
        assert!(times["store"] > 0.0 && parts <= times["total"] + 0.01, "{path}: {times:?}");
    }
    // What asks no store took only time.
    for path in ["/search/x", "/nope", "/users?nope=1", "/own/x"] {
        assert_eq!(of(path).keys().collect::<Vec<_>>(), ["total"], "{path}");
    }
    let silent = super::program::client(config());
    assert_eq!(silent.get("/users").dispatch().headers().get_one("server-timing"), None);
}
