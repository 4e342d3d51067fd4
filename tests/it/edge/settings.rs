//! What is configured of the edge, and what is refused when a program is launched.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use serde_json::{Value, json};

use crate::kit::config;
use crate::launch::refused;

#[crewed::get("/")]
fn root() {}

fn told(key: &str, value: Value) -> String {
    refused(with(config(), key, value), Api::new().operations(operations![root]))
}

fn with(figment: Figment, key: &str, value: Value) -> Figment {
    figment.merge((format!("crewed.{key}"), value))
}

#[test]
fn wrong_origins_are_refused() {
    for (origin, why) in [
        (
            "https://app.example/",
            "ends with what no origin has, a slash or a path: write \"https://app.example\"",
        ),
        (
            "https://app.example/shop",
            "ends with what no origin has, a slash or a path: write \"https://app.example\"",
        ),
        (
            "https://app.example?x",
            "ends with what no origin has, a slash or a path: write \"https://app.example\"",
        ),
        ("null", "is the origin of any page that hides its own"),
        ("app.example", "is no origin: it is written \"https://app.example\""),
        ("//app.example", "is no origin"),
        ("", "is no origin"),
        ("ftp://app.example", "has a scheme that is none of https, http, capacitor"),
        ("HTTPS://app.example", "has a scheme that is none of"),
        ("file://", "has a scheme that is none of"),
        ("https://", "names no host"),
        ("https://App.example", "has capital letters, which browsers write small"),
        ("https://bücher.example", "has letters that browsers write in ASCII"),
        ("https://user@app.example", "names a user"),
        (
            "https://app.example:443",
            "names the usual port, which browsers leave out: write \"https://app.example\"",
        ),
        (
            "http://app.example:80",
            "names the usual port, which browsers leave out: write \"http://app.example\"",
        ),
        ("https://app.example:", "has a port that is no number from 1 to 65535: ``"),
        ("https://app.example:0", "has a port that is no number from 1 to 65535: `0`"),
        ("https://app.example:08443", "has a port that is no number from 1 to 65535: `08443`"),
        ("https://app.example:70000", "has a port that is no number from 1 to 65535: `70000`"),
        ("https://app.example.", "has a dot at its end: write \"app.example\""),
        ("https://app..example", "names no host"),
        ("https://app example", "names no host"),
        ("https://1.2.3", "looks like an IPv4 address, and is none"),
        ("https://[::1", "has a port that is no number from 1 to 65535: `:1`"),
        ("https://[::0001]", "has an address that browsers write [::1]"),
        ("https://*", "has a `*` that is no label of its own, in front"),
        ("https://app-*.example", "has a `*` that is no label of its own, in front"),
        ("https://*app.example", "has a `*` that is no label of its own, in front"),
        ("https://a.*.example", "has a `*` that is no label of its own, in front"),
        ("https://*.*.example", "has a `*` that is no label of its own, in front"),
        ("*://app.example", "has a scheme that is none of"),
    ] {
        let report = told("cors.origins", json!([origin]));
        let is_told = report.contains("`cors.origins`") && report.contains(&format!("{origin:?} {why}"));
        assert!(is_told, "{origin}: {report}");
    }
    let twice = told("cors.origins", json!(["https://a.example", "https://a.example"]));
    assert!(twice.contains("\"https://a.example\" stands there twice"), "{twice}");
    let others = told("cors.origins", json!(["*", "https://a.example"]));
    assert!(others.contains("\"*\" names all origins, the others too"), "{others}");
    let acting = told("cors", json!({"origins": ["*"], "credentials": true}));
    assert!(
        acting.contains("\"*\" with `credentials` would let any page act as whoever looks at it"),
        "{acting}"
    );
}

#[test]
fn wrong_hosts_are_refused() {
    for (host, why) in [
        ("*", "would let any host pass: leave `hosts` out for that"),
        ("https://api.example", "is an address: write the host alone, \"api.example\""),
        ("https://api.example/", "is an address: write the host alone, \"api.example\""),
        ("api.example:8000", "has a port, and any port passes: write \"api.example\""),
        ("::1", "is written in brackets: \"[::1]\""),
        ("[::1]:8000", "has a port, and any port passes: write \"[::1]\""),
        ("api.example/", "names no host"),
        ("", "names no host"),
        ("api.example.", "has a dot at its end"),
        ("bücher.example", "has letters that browsers write in ASCII"),
        ("a.*.example", "has a `*` that is no label of its own"),
        ("*example", "has a `*` that is no label of its own"),
    ] {
        let report = told("hosts", json!([host]));
        assert!(
            report.contains("`hosts`") && report.contains(&format!("{host:?} {why}")),
            "{host}: {report}"
        );
    }
    let twice = told("hosts", json!(["api.example", "API.example"]));
    assert!(twice.contains("\"API.example\" stands there twice"), "{twice}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let figment = with(config(), "cors", json!({"origin": ["https://a.example"], "max_age": 90_000}));
    let figment = with(figment, "hosts", json!([]));
    let figment = with(figment, "hsts", json!(5_000_000_000_u64));
    let figment = with(figment, "shield", json!("off"));
    let figment = with(figment, "cors.headers", json!(["*", "X Token", ""]));
    let report = refused(figment, Api::new().operations(operations![root]));
    for part in [
        "unknown key `cors.origin`",
        "did you mean `cors.origins`?",
        "it names no origins: write { origins = [\"https://app.example\"] }",
        "`cors.max_age`",
        "it is 90000, and should be 86400 seconds at most",
        "\"*\" would be the header of that name",
        "\"X Token\" is no name of a header",
        "\"\" is empty",
        "it is empty: write [\"api.example\", \"*.example\"], or leave it out",
        "it is 5000000000, and should be 4294967295 seconds at most",
        "`shield`",
        "it is \"off\", and should be `true` or `false`",
    ] {
        assert!(report.contains(part), "`{part}` is not in\n{report}");
    }
}

#[test]
fn wrong_forms_say_how_they_are_written() {
    for (key, value, why) in [
        ("cors", json!(true), "it is written { origins = [\"https://app.example\"] }"),
        ("cors", json!(["https://a.example"]), "it is written { origins = [\"https://app.example\"] }"),
        (
            "cors.origins",
            json!("https://a.example"),
            "it is a list of names, written [\"https://app.example\"]",
        ),
        ("cors.origins", json!([1]), "it is a list of names, written [\"https://app.example\"]"),
        ("cors.origins", json!([]), "it is empty: write [\"https://app.example\"], or leave it out"),
        ("cors.credentials", json!("yes"), "it is \"yes\", and should be `true` or `false`"),
        ("cors.max_age", json!(-1), "it is -1, and should be a whole number, 0 or more"),
        ("cors.headers", json!("X-Token"), "it is a list of names, written [\"X-Token\"]"),
        ("hosts", json!("api.example"), "it is a list of names, written [\"api.example\", \"*.example\"]"),
        ("hsts", json!("a year"), "it is \"a year\", and should be a whole number, 0 or more"),
        ("shield", json!(1), "it is 1, and should be `true` or `false`"),
        ("origins", json!([]), "did you mean `cors.origins`?"),
    ] {
        let report = told(key, value);
        assert!(report.contains(why), "{key}: {report}");
        // `cors` needs origins too, whatever else is said of it.
        let mistakes = 1 + usize::from(key.starts_with("cors.") && key != "cors.origins");
        assert_eq!(
            report.lines().filter(|line| line.starts_with("  - ")).count(),
            mistakes,
            "{key}: {report}"
        );
    }
}
