//! Metrics: what Prometheus reads, and that the numbers are those of what was asked.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crewed::prelude::*;
use serde_json::{Value, json};

use super::program::{Line, api, client, start};
use crate::kit::{self, config};
use crate::launch::refusal;
use crate::program::get;
use crate::store::harness::postgres_schema;

/// What was measured.
struct Measured(Vec<Value>);

impl Measured {
    /// Reads a text with the official parser.
    fn read(text: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/validate-metrics.sh");
        let mut reader = Command::new(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("this test needs sh, and Python with venv");
        reader.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = reader.wait_with_output().unwrap();
        assert!(output.status.success(), "the parser refuses it:\n{text}");
        Measured(serde_json::from_slice(&output.stdout).unwrap())
    }

    /// The value of a sample, with at least these labels.
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let has = |sample: &&Value| {
            sample["name"] == name && labels.iter().all(|(label, value)| sample["labels"][label] == *value)
        };
        let found: Vec<_> = self.0.iter().filter(has).collect();
        assert!(found.len() <= 1, "{name} {labels:?}: {found:?}");
        found.first().map(|sample| sample["value"].as_f64().unwrap())
    }

    /// How many requests of an operation were answered so.
    fn count(&self, operation: &str, method: &str, status: u16) -> Option<f64> {
        let status = status.to_string();
        let labels = [("operation", operation), ("method", method), ("status", &*status)];
        self.value("http_server_request_duration_seconds_count", &labels)
    }

    fn bytes(&self, direction: &str, operation: &str) -> Option<f64> {
        self.value(&format!("http_server_{direction}_body_bytes_total"), &[("operation", operation)])
    }
}

#[test]
fn the_numbers_are_those_of_what_was_asked() {
    let running = start("build", "metrics=\"/metrics\"", "critical");
    let mut line = Line::to(&running);
    let json = "Content-Type: application/json\r\n";
    let mut received = 0;
    for n in 0..20 {
        let body = format!(r#"{{"name": "n{n}", "nickname": "x"}}"#);
        received += body.len();
        assert_eq!(line.ask("POST /users", json, &body).status, 201);
    }
    let mut sent = 0;
    for n in 0..30 {
        let answer = line.get(&format!("/users/n{n}"));
        assert_eq!(answer.status, if n < 20 { 200 } else { 404 });
        sent += answer.body.len();
    }
    for path in ["/nope", "/users/", "/own/x", "/own/y", "/v1/users/n1", "/docs", "/panics"] {
        line.get(path);
    }
    let head = "HEAD /users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_eq!(crate::program::ask(running.port, head.as_bytes()).status, 200);
    let brew = "BREW /nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_eq!(crate::program::ask(running.port, brew.as_bytes()).status, 400);
    let streamed = get(running.port, "/lines");
    assert_eq!(streamed.text(), "0\n1\n2\n");

    let answer = line.get("/metrics");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let measured = Measured::read(&answer.text());
    for (operation, method, status, count) in [
        ("create_user", "POST", 201, 20.0),
        ("read_user", "GET", 200, 20.0),
        ("read_user", "GET", 404, 10.0),
        ("unmatched", "GET", 404, 1.0),
        ("unmatched", "GET", 307, 1.0),
        ("unmatched", "_OTHER", 400, 1.0),
        ("own", "GET", 200, 2.0),
        ("v1.read_user", "GET", 200, 1.0),
        ("list_users", "HEAD", 200, 1.0),
        ("docs", "GET", 200, 1.0),
        ("panics", "GET", 500, 1.0),
        ("lines", "GET", 200, 1.0),
    ] {
        assert_eq!(measured.count(operation, method, status), Some(count), "{operation} {method} {status}");
    }
    // What was not asked has no series, and this request is counted once it is answered.
    assert_eq!(measured.count("patch_user", "PATCH", 200), None);
    assert_eq!(measured.count("metrics", "GET", 200), None);
    assert_eq!(measured.bytes("request", "create_user"), Some(received as f64));
    assert_eq!(measured.bytes("response", "read_user"), Some(sent as f64));
    assert_eq!(measured.bytes("response", "list_users"), Some(0.0));
    assert_eq!(measured.bytes("response", "lines"), Some(6.0));
    // Nobody waits for the store, and the metrics need no place.
    assert_eq!(measured.value("crewed_load_requests", &[]), Some(0.0));
    // The one that asks.
    assert_eq!(measured.value("http_server_active_requests", &[]), Some(1.0));
    let labels = [("program", "edge-program"), ("version", "1.2.3"), ("crewed", env!("CARGO_PKG_VERSION"))];
    assert_eq!(measured.value("crewed_build_info", &labels), Some(1.0));
    for queue in ["reads", "writes"] {
        assert_eq!(measured.value("crewed_store_queue_length", &[("queue", queue)]), Some(0.0));
    }
    assert_eq!(measured.value("crewed_store_group_size_sum", &[]), Some(20.0));
    assert_eq!(measured.value("crewed_store_commit_duration_seconds_count", &[]), Some(20.0));
    assert_eq!(measured.value("crewed_store_retries_total", &[]), Some(0.0));
    assert_eq!(measured.value("crewed_store_pool_max_connections", &[]), None);
    let took = [("operation", "create_user"), ("method", "POST"), ("status", "201")];
    let sum = measured.value("http_server_request_duration_seconds_sum", &took).unwrap();
    assert!((0.0..20.0).contains(&sum) && sum > 0.0, "{sum}");

    let again = Measured::read(&line.get("/metrics").text());
    assert_eq!(again.count("metrics", "GET", 200), Some(1.0));
    assert_eq!(again.bytes("response", "metrics"), Some(answer.body.len() as f64));
}

/// Operations are called what the document calls them, hidden ones by the same rules.
#[test]
fn labels_are_the_ids_of_the_document() {
    #[crewed::get("/a", name = "read_hero")]
    fn first() {}

    #[crewed::get("/b", hidden)]
    fn read_hero() {}

    #[resource("/heroes", operations(list, read))]
    struct Hero {
        #[field(key, generated)]
        id: i64,
    }

    let api = Api::new().operations(operations![first, read_hero]).resource::<Hero>();
    let client = kit::client(config().merge(("crewed.metrics", "/m")), api);
    let (_, document) = kit::get(&client, "/openapi.json");
    for path in ["/a", "/b", "/heroes", "/heroes/1"] {
        client.get(path).dispatch();
    }
    let measured = Measured::read(&client.get("/m").dispatch().into_string().unwrap());
    let mut ids = Vec::new();
    for (path, status) in [("/a", 200), ("/heroes", 200), ("/heroes/{id}", 404)] {
        let id = document["paths"][path]["get"]["operationId"].as_str().unwrap();
        assert_eq!(measured.count(id, "GET", status), Some(1.0), "{id}");
        ids.push(id.to_owned());
    }
    assert_eq!(ids, ["read_hero_2", "list_heroes", "read_hero"]);
    assert_eq!(measured.count("read_hero_3", "GET", 200), Some(1.0));
}

/// From the rocket's root, whatever the base of the APIs, and nowhere unless it is asked for.
#[test]
fn they_stand_where_they_are_configured() {
    for base in ["", "/api"] {
        let at = |figment| kit::client(figment, Api::new().at(base).operations(operations![nothing]));
        let client = at(config());
        assert_eq!(client.get("/metrics").dispatch().status().code, 404);
        assert_eq!(client.get(format!("{base}/nothing")).dispatch().status().code, 200);
        let client = at(config().merge(("crewed.metrics", false)));
        assert_eq!(client.get("/metrics").dispatch().status().code, 404);
        let client = at(config().merge(("crewed.metrics", "/ops/metrics")));
        assert_eq!(client.get("/ops/metrics").dispatch().status().code, 200, "{base}");
        assert_eq!(client.head("/ops/metrics").dispatch().status().code, 200, "{base}");
        assert_ne!(client.post("/ops/metrics").dispatch().status().code, 200, "{base}");
        let (_, document) = kit::get(&client, &format!("{base}/openapi.json"));
        assert_eq!(document["paths"].as_object().unwrap().len(), 1, "{document}");
    }
}

#[crewed::get("/nothing")]
fn nothing() {}

#[crewed::get("/metrics")]
fn metrics_of_another() {}

#[crewed::rocket::get("/metrics")]
fn metrics_of_the_users() {}

#[test]
fn a_path_that_is_taken_is_refused() {
    let figment = || config().merge(("crewed.metrics", "/metrics"));
    let rocket =
        crewed::rocket::custom(figment()).attach(Api::new().operations(operations![metrics_of_another]));
    let report = refusal(rocket);
    assert!(
        report.contains(
            "`/metrics` and what is below it is claimed by the metrics and by the function `metrics_of_another`: give one \
             another path, the metrics with `metrics = \"..\"` below [default.crewed]"
        ),
        "{report}"
    );
    let rocket = crewed::rocket::custom(figment())
        .attach(Api::new())
        .mount("/", crewed::rocket::routes![metrics_of_the_users]);
    let report = refusal(rocket);
    assert!(report.contains("and by the route `GET /metrics` (metrics_of_the_users)"), "{report}");
    // So is one of the rocket's own paths below another.
    for (health, metrics) in [("/up", "/up"), ("/up", "/up/metrics"), ("/metrics/up", "/metrics")] {
        let figment = config().merge(("crewed.health", health)).merge(("crewed.metrics", metrics));
        let report = refusal(crewed::rocket::custom(figment).attach(Api::new()));
        let line = format!("and by the metrics at `{metrics}`");
        let other = format!("and by the health checks at `{health}`");
        assert!(report.contains(&line) || report.contains(&other), "{report}");
    }
    // A route that matches more leaves it to the metrics.
    let client = kit::client(figment(), Api::new().operations(operations![anything]));
    assert!(client.get("/metrics").dispatch().into_string().unwrap().contains("crewed_build_info"));
    assert_eq!(client.get("/other").dispatch().into_string().unwrap(), "other");
}

#[crewed::get("/<name>")]
fn anything(name: String) -> String {
    name
}

/// Neither a rate nor the number of requests at once limits whoever asks; the Host does.
#[test]
fn whoever_asks_is_not_limited() {
    for (base, operations) in [
        ("", operations![nothing].to_vec()),
        ("/api", operations![nothing].to_vec()),
        // It stands before the API then.
        ("", operations![nothing, anything].to_vec()),
    ] {
        let figment = config()
            .merge(("crewed.metrics", "/metrics"))
            .merge(("crewed.hosts", ["a.example"]))
            .merge(("crewed.load.per_caller", "1/1h"))
            .merge(("crewed.cors.origins", ["https://app.example"]));
        let client = kit::client(figment, Api::new().at(base).operations(operations));
        let ask = |path: &str, host: &'static str| {
            let request = client.get(path.to_owned()).header(crewed::rocket::http::Header::new("Host", host));
            request.remote("192.0.2.1:80".parse().unwrap()).dispatch().status().code
        };
        let path = format!("{base}/nothing");
        let asked: Vec<u16> = (0..4).map(|_| ask(&path, "a.example")).collect();
        assert_eq!(asked.last(), Some(&429), "{asked:?}");
        for _ in 0..5 {
            assert_eq!(ask("/metrics", "a.example"), 200, "{base}");
        }
        assert_eq!((ask("/metrics", "b.example"), ask("/health", "b.example")), (400, 200), "{base}");
        let host = crewed::rocket::http::Header::new("Host", "a.example");
        let refused = client.put("/metrics").header(host).dispatch();
        assert_eq!((refused.status().code, refused.headers().get_one("Allow")), (405, Some("GET")), "{base}");
        // They are counted by their names.
        let host = crewed::rocket::http::Header::new("Host", "a.example");
        let text = client.get("/metrics").header(host).dispatch().into_string().unwrap();
        for (operation, status) in [("metrics", 200), ("health", 200), ("refused", 429), ("refused", 400)] {
            let labels = format!(r#"_count{{operation="{operation}",method="GET",status="{status}"}}"#);
            assert!(text.contains(&labels), "{base} {labels}: {text}");
        }
    }
}

/// Proxies keep the very path from the outside.
#[test]
fn no_other_spelling_of_the_path_has_them() {
    let client = kit::client(config().merge(("crewed.metrics", "/metrics")), Api::new());
    for path in ["/metrics/", "/metrics//", "//metrics", "/%6Detrics", "/metrics/x", "/x/../metrics"] {
        assert_ne!(client.get(path).dispatch().status().code, 200, "{path}");
    }
}

#[test]
fn a_request_is_active_until_its_answer_is_read() {
    let client = client(config().merge(("crewed.metrics", "/metrics")));
    let active = || {
        let text = client.get("/metrics").dispatch().into_string().unwrap();
        let line = text.lines().find(|line| line.starts_with("http_server_active_requests "));
        line.unwrap().split_once(' ').unwrap().1.parse::<i64>().unwrap()
    };
    assert_eq!(active(), 1);
    let unread = [client.get("/lines").dispatch(), client.get("/users").dispatch()];
    assert_eq!(active(), 3);
    drop(unread);
    assert_eq!(active(), 1);
}

/// Many writes at once share commits, and what conflicts is tried again.
#[test]
fn a_store_tells_what_it_does() {
    store_tells("sqlite::memory:");
}

#[test]
fn a_postgres_store_tells_what_it_does() {
    let measured = store_tells(&postgres_schema());
    assert_eq!(measured.value("crewed_store_pool_max_connections", &[]), Some(16.0));
    let open = ["used", "idle"]
        .map(|state| measured.value("crewed_store_pool_connections", &[("state", state)]).expect(state));
    assert!(open[0] == 0.0 && open[1] <= 16.0, "{open:?}");
    assert_eq!(measured.value("crewed_store_pool_waiting", &[]), Some(0.0));
}

fn store_tells(store: &str) -> Measured {
    let figment = config().merge(("crewed.metrics", "/metrics")).merge(("crewed.store", store));
    let port = crate::program::launched(move |launched| {
        let port = launched.extract_inner::<u16>("port").unwrap();
        crewed::rocket::custom(figment.merge(("port", port)).merge(("shutdown.ctrlc", false))).attach(api())
    });
    let mut all = Vec::new();
    for thread in 0..8 {
        all.push(std::thread::spawn(move || {
            let mut caller = crate::program::Caller::new(port, Duration::from_secs(20));
            for n in 0..50 {
                let body = json!({"name": format!("{thread}-{n}"), "nickname": "x"}).to_string();
                assert_eq!(caller.ask("POST", "/users", &body).unwrap().status, 201);
            }
        }));
    }
    all.into_iter().for_each(|thread| thread.join().unwrap());
    let measured = Measured::read(&get(port, "/metrics").text());
    assert_eq!(measured.value("crewed_store_group_size_sum", &[]), Some(400.0));
    let groups = measured.value("crewed_store_group_size_count", &[]).unwrap();
    assert!((1.0..=400.0).contains(&groups), "{groups}");
    assert_eq!(measured.value("crewed_store_commit_duration_seconds_count", &[]), Some(groups));
    assert_eq!(measured.count("create_user", "POST", 201), Some(400.0));
    measured
}
