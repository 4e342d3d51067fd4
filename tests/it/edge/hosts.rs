//! Under which names the service may be asked. What Starlette answers is in the recordings.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::local::blocking::Client;

use crate::kit::{self, asked, config, header};
use crate::program::{ask, launched};

#[crewed::get("/plain")]
fn plain() -> &'static str {
    "plain"
}

fn client(hosts: &[&str]) -> Client {
    kit::client(with(config(), hosts), Api::new().operations(operations![plain]))
}

fn with(figment: Figment, hosts: &[&str]) -> Figment {
    figment.merge(("crewed.hosts", hosts))
}

fn status(client: &Client, path: &str, hosts: &[&str]) -> u16 {
    let headers: Vec<(&str, &str)> = hosts.iter().map(|host| ("host", *host)).collect();
    asked(client, "GET", path, &headers).status().code
}

#[test]
fn only_named_hosts_are_answered() {
    let client = client(&["Api.example", "*.shop.example", "[::1]", "127.0.0.1"]);
    for (host, expected) in [
        ("api.example", 200),
        ("API.EXAMPLE", 200),
        ("api.example:8000", 200),
        ("one.shop.example", 200),
        ("two.one.SHOP.example:1", 200),
        ("[::1]", 200),
        ("[::1]:8000", 200),
        ("127.0.0.1:8000", 200),
        ("shop.example", 400),
        (".shop.example", 400),
        ("oneshop.example", 400),
        ("é.shop.example", 400),
        ("%61.shop.example", 400),
        ("a/b.shop.example", 400),
        ("a@b.shop.example", 400),
        ("evil.example:80.shop.example", 400),
        ("a.shop.example:b.shop.example", 400),
        ("[a].shop.example", 400),
        ("[::2]", 400),
        ("::1", 400),
        ("[::1", 400),
        ("api.example:", 400),
        ("api.example:x", 400),
        ("api.example.", 400),
        ("", 400),
    ] {
        assert_eq!(status(&client, "/plain", &[host]), expected, "{host}");
    }
}

#[test]
fn a_request_names_its_host_once() {
    let client = client(&["api.example"]);
    assert_eq!(status(&client, "/plain", &[]), 400);
    assert_eq!(status(&client, "/plain", &["api.example", "api.example"]), 400);
    assert_eq!(status(&client, "/plain", &["api.example", "evil.example"]), 400);
    let refused = asked(&client, "GET", "/plain", &[("host", "evil.example"), ("accept", "text/html")]);
    assert_eq!(header(&refused, "content-type").as_deref(), Some("text/plain; charset=utf-8"));
    assert_eq!(refused.into_string().as_deref(), Some("Invalid host header"));
}

/// A load balancer asks for the health of a program by its address.
#[test]
fn health_is_told_under_any_name() {
    let client = client(&["api.example"]);
    for (path, expected) in
        [("/health", 200), ("/health/live", 200), ("/healthy", 400), ("/x/health", 400), ("//health", 400)]
    {
        assert_eq!(status(&client, path, &["10.0.0.7"]), expected, "{path}");
    }
}

/// What is not configured is not looked at.
#[test]
fn without_hosts_any_passes() {
    let client = kit::client(config(), Api::new().operations(operations![plain]));
    assert_eq!(status(&client, "/plain", &[]), 200);
    assert_eq!(status(&client, "/plain", &["a", "b"]), 200);
}

/// As it comes from a connection, where Rocket reads the host too.
#[test]
fn over_a_connection_too() {
    let port = launched(|figment| {
        let figment = with(figment, &["api.example", "[::1]"]);
        crewed::rocket::custom(figment).attach(Api::new().operations(operations![plain]))
    });
    for (head, expected) in [
        ("GET /plain HTTP/1.1\r\nHost: api.example:80", 200),
        ("GET /plain HTTP/1.1\r\nhOST: [::1]:8000", 200),
        ("GET /plain HTTP/1.1\r\nHost: evil.example", 400),
        ("GET /plain HTTP/1.1\r\nHost: api.example\r\nHost: api.example", 400),
        ("GET /plain HTTP/1.1\r\nHost: \u{e9}api.example", 400),
        ("GET /plain HTTP/1.1", 400),
        ("GET /plain HTTP/1.0", 400),
        ("GET /plain HTTP/1.0\r\nHost: api.example", 200),
        ("GET http://api.example/plain HTTP/1.1\r\nHost: evil.example", 400),
    ] {
        let answer = ask(port, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes());
        assert_eq!(answer.status, expected, "{head}: {}", answer.text());
        if expected == 400 {
            assert_eq!(answer.text(), "Invalid host header", "{head}");
        }
    }
}
