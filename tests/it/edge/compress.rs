//! Answers that are compressed, and those that are not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder};
use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::fs::NamedFile;
use crewed::rocket::http::{ContentType, Header, Method, Status};
use crewed::rocket::local::blocking::{Client, LocalResponse};
use crewed::rocket::request::{FromRequest, Outcome};
use crewed::rocket::response::stream::ByteStream;
use crewed::rocket::{self, Request, tokio};
use crewed::{JsonLines, Reply, ServerSentEvent, ServerSentEvents, get};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::kit::config;
use crate::launch::{figment_of, refused};
use crate::program::launched;

#[resource("/users", export("jsonl", "csv"))]
struct User {
    #[field(key)]
    name: String,
    #[field(default = "")]
    nickname: String,
}

/// A text of this many bytes.
#[get("/text/<length>")]
fn text(length: usize) -> Reply<String> {
    Reply::new("a".repeat(length.saturating_sub(2)))
}

#[get("/tagged?<etag>")]
fn tagged(etag: String) -> Reply<String> {
    Reply::new("a".repeat(5000)).header("ETag", etag).header("Accept-Ranges", "bytes")
}

/// The conditions of a request, as a route sees them.
struct Conditions(Value);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Conditions {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let all = |name| request.headers().get(name).collect::<Vec<_>>().join(" | ");
        Outcome::Success(Conditions(json!([all("If-None-Match"), all("If-Match"), all("If-Range")])))
    }
}

#[rocket::get("/conditions")]
fn conditions(seen: Conditions) -> Value {
    seen.0
}

#[get("/with/<name>/<value>")]
fn with(name: String, value: String) -> Reply<String> {
    Reply::new("a".repeat(5000)).header(name, value)
}

#[get("/status/<status>")]
fn status(status: u16) -> Reply<String> {
    Reply::new("a".repeat(5000)).status(status).header("ETag", "\"abc\"")
}

#[get("/lines")]
fn lines() -> JsonLines<Value> {
    JsonLines::new(futures_util::stream::iter((0..200).map(|number| json!({"number": number}))))
}

#[get("/events")]
fn events() -> ServerSentEvents<String> {
    let texts = (0..100).map(|_| ServerSentEvent::new("a".repeat(100)));
    ServerSentEvents::new(futures_util::stream::iter(texts))
}

/// A piece, and another one a second later.
#[get("/slow")]
fn slow() -> JsonLines<&'static str> {
    JsonLines::new(futures_util::stream::unfold(0, |count| async move {
        match count {
            0 => Some(("first", 1)),
            1 => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some(("second", 2))
            }
            _ => None,
        }
    }))
}

#[rocket::get("/file")]
async fn file() -> Option<NamedFile> {
    NamedFile::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fastapi_edge.json")).await.ok()
}

#[rocket::get("/html/<length>")]
fn html(length: usize) -> (ContentType, String) {
    (ContentType::HTML, "b".repeat(length))
}

#[rocket::get("/image")]
fn image() -> (ContentType, Vec<u8>) {
    (ContentType::PNG, vec![0; 5000])
}

#[rocket::get("/endless")]
fn endless() -> (ContentType, ByteStream![Vec<u8>]) {
    (ContentType::Plain, ByteStream! { for _ in 0..100 { yield vec![b'x'; 10_000]; } })
}

/// Nothing that gets shorter.
#[rocket::get("/noise")]
fn noise() -> (ContentType, Vec<u8>) {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (ContentType::Plain, (0..5000).map(|_| next()).collect())
}

fn client_of(figment: Figment) -> Client {
    let functions = operations![text, tagged, with, status, lines, events, slow];
    let routes = rocket::routes![conditions, file, html, image, endless, noise];
    let api = Api::new().resource::<User>().operations(functions);
    Client::untracked(rocket::custom(figment).attach(api).mount("/", routes)).unwrap()
}

fn client() -> Client {
    client_of(config())
}

fn ask<'c>(client: &'c Client, path: &'c str, accepted: &str) -> LocalResponse<'c> {
    ask_with(client, Method::Get, path, &[("Accept-Encoding", accepted)])
}

fn ask_with<'c>(
    client: &'c Client,
    method: Method,
    path: &'c str,
    headers: &[(&str, &str)],
) -> LocalResponse<'c> {
    let mut request = client.req(method, path);
    for (name, value) in headers {
        request.add_header(Header::new((*name).to_owned(), (*value).to_owned()));
    }
    request.dispatch()
}

fn header(response: &LocalResponse<'_>, name: &str) -> Option<String> {
    response.headers().get_one(name).map(ToOwned::to_owned)
}

fn encoding(response: &LocalResponse<'_>) -> Option<String> {
    header(response, "content-encoding")
}

fn varies(response: &LocalResponse<'_>) -> bool {
    response.headers().get("vary").any(|value| value.contains("Accept-Encoding"))
}

/// The body as it was before it was compressed, and how long it is on the wire.
fn decoded(response: LocalResponse<'_>) -> (Vec<u8>, usize) {
    let encoding = encoding(&response);
    let sent = response.into_bytes().unwrap_or_default();
    (plain(encoding.as_deref(), &sent), sent.len())
}

fn plain(encoding: Option<&str>, sent: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    rocket::async_test(async {
        match encoding {
            Some("gzip") => GzipDecoder::new(sent).read_to_end(&mut plain).await.unwrap(),
            Some("br") => BrotliDecoder::new(sent).read_to_end(&mut plain).await.unwrap(),
            Some(other) => panic!("{other}"),
            None => tokio::io::AsyncReadExt::read_to_end(&mut &sent[..], &mut plain).await.unwrap(),
        }
    });
    plain
}

#[test]
fn a_client_gets_what_it_takes() {
    let client = client();
    for (accepted, coding) in [
        ("gzip, deflate, br", Some("br")),
        ("gzip", Some("gzip")),
        ("gzip;q=1.0, br;q=0.5", Some("gzip")),
        ("br;q=0, *", Some("gzip")),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
        ("deflate", None),
    ] {
        let answer = ask(&client, "/text/5000", accepted);
        assert_eq!(encoding(&answer).as_deref(), coding, "{accepted}");
        assert!(varies(&answer), "{accepted}");
        let length = answer.body().preset_size().unwrap();
        let (body, sent) = decoded(answer);
        assert_eq!(body, format!("\"{}\"", "a".repeat(4998)).into_bytes(), "{accepted}");
        assert_eq!(sent, length, "the length is that of what is sent");
        assert_eq!(sent < 200, coding.is_some(), "{accepted}: {sent}");
    }
    let without = client.get("/text/5000").dispatch();
    assert!(encoding(&without).is_none() && varies(&without));
}

#[test]
fn short_ones_are_sent_as_they_are() {
    let client = client();
    for (length, is_compressed) in [(3, false), (1024, false), (1025, true)] {
        let path = format!("/text/{length}");
        let answer = ask(&client, &path, "gzip");
        assert_eq!(
            (encoding(&answer).is_some(), varies(&answer)),
            (is_compressed, is_compressed),
            "{length}"
        );
        assert_eq!(decoded(answer).0.len(), length);
    }
    let noise = ask(&client, "/noise", "gzip, br");
    assert!(encoding(&noise).is_none() && varies(&noise));
    assert_eq!(noise.into_bytes().unwrap().len(), 5000);
}

#[test]
fn lists_and_exports_and_errors_are_compressed() {
    let client = client();
    for number in 0..60 {
        let body = json!({"name": format!("somebody {number}"), "nickname": "n"});
        assert_eq!(client.post("/users").json(&body).dispatch().status(), Status::Created);
    }
    let as_it_is = |path: &str, accept: &str| {
        let answer = ask_with(&client, Method::Get, path, &[("Accept", accept)]);
        assert!(encoding(&answer).is_none());
        answer.into_bytes().unwrap()
    };
    for (path, accept) in [
        ("/users", "application/json"),
        ("/users", "application/jsonl"),
        ("/users", "text/csv"),
        ("/openapi.json", "*/*"),
        ("/lines", "*/*"),
        ("/html/3000", "*/*"),
        ("/file", "*/*"),
        ("/endless", "*/*"),
    ] {
        for coding in ["gzip", "br"] {
            let headers = [("Accept", accept), ("Accept-Encoding", coding)];
            let answer = ask_with(&client, Method::Get, path, &headers);
            assert_eq!(encoding(&answer).as_deref(), Some(coding), "{path} {accept}");
            assert!(varies(&answer), "{path} {accept}");
            let (body, sent) = decoded(answer);
            assert!(body == as_it_is(path, accept), "{path} {accept} {coding}");
            assert!(sent * 2 < body.len(), "{path} {accept} {coding}: {sent} of {}", body.len());
        }
    }
    let exported =
        ask_with(&client, Method::Get, "/users", &[("Accept", "text/csv"), ("Accept-Encoding", "br")]);
    assert_eq!(exported.headers().get("vary").collect::<Vec<_>>(), ["Accept", "Accept-Encoding"]);
    assert_eq!(header(&exported, "x-total-count").unwrap(), "60");
    // An error of more than a packet.
    let keys: Vec<String> = (0..40).map(|number| format!("unknown_{number}=1")).collect();
    let path = format!("/users?{}", keys.join("&"));
    let wrong = ask(&client, &path, "gzip");
    assert_eq!((wrong.status(), encoding(&wrong).as_deref()), (Status::UnprocessableEntity, Some("gzip")));
    let (body, _) = decoded(wrong);
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["detail"].as_array().unwrap().len(), 40);
}

#[test]
fn what_must_stay_as_it_is_does() {
    let client = client();
    for path in [
        "/events",
        "/image",
        "/with/Set-Cookie/a=b",
        "/with/Content-Encoding/zstd",
        "/with/Content-Digest/sha-256=:AAAA:",
        "/with/Cache-Control/no-transform",
        "/with/Cache-Control/private,%20No-Transform",
        "/status/206",
        "/status/204",
        "/status/304",
    ] {
        let answer = ask(&client, path, "gzip, br");
        let own = path.contains("zstd").then(|| "zstd".to_owned());
        assert_eq!((encoding(&answer), varies(&answer)), (own, false), "{path}");
        assert!(header(&answer, "etag").is_none_or(|tag| tag == "\"abc\""), "{path}");
    }
    let private = ask(&client, "/with/Cache-Control/private", "gzip");
    assert_eq!(encoding(&private).as_deref(), Some("gzip"));
    let all = ask(&client, "/with/Vary/Accept,%20accept-encoding", "gzip");
    assert_eq!(all.headers().get("vary").collect::<Vec<_>>(), ["Accept, accept-encoding"]);
    let shared = client_of(config().merge(("crewed.cors.origins", ["https://app.example"])));
    let headers = [("Origin", "https://app.example"), ("Accept-Encoding", "gzip")];
    let answer = ask_with(&shared, Method::Get, "/text/5000", &headers);
    let names = answer.headers().get("vary").collect::<Vec<_>>().join(", ");
    assert_eq!((encoding(&answer).as_deref(), &*names), (Some("gzip"), "Accept-Encoding, Origin"));
    let off = client_of(config().merge(("crewed.compress", false)));
    let answer = ask(&off, "/text/5000", "gzip");
    assert!(encoding(&answer).is_none() && !varies(&answer));
    // Bodies of requests are another matter.
    let packed =
        client.post("/users").header(ContentType::JSON).header(Header::new("Content-Encoding", "gzip"));
    assert_eq!(packed.body("{\"name\": \"x\"}").dispatch().status(), Status::UnsupportedMediaType);
}

#[test]
fn tags_tell_the_bodies_apart() {
    let client = client();
    for (etag, accepted, expected) in [
        ("\"abc\"", "gzip", "\"abc;gzip\""),
        ("\"abc\"", "br", "\"abc;br\""),
        ("\"abc\"", "", "\"abc\""),
        ("W/\"abc\"", "gzip", "W/\"abc\""),
        ("abc", "gzip", "abc"),
    ] {
        let path = format!("/tagged?etag={}", etag.replace('"', "%22"));
        let answer = ask(&client, &path, accepted);
        assert_eq!(header(&answer, "etag").as_deref(), Some(expected), "{etag} {accepted}");
        assert_eq!(header(&answer, "accept-ranges").is_some(), accepted.is_empty());
    }
    for (sent, seen) in [
        ("\"abc\"", "\"abc\""),
        ("\"abc;gzip\"", "\"abc\""),
        ("W/\"abc;br\", \"def;gzip\", \"g\"", "W/\"abc\", \"def\", \"g\""),
        ("*", "*"),
        ("\";gzip-x\"", "\";gzip-x\""),
    ] {
        let headers = [("If-None-Match", sent), ("If-Match", sent), ("If-Range", sent)];
        let answer = ask_with(&client, Method::Get, "/conditions", &headers);
        assert_eq!(answer.into_json::<Value>(), Some(json!([seen, seen, sent])));
    }
    // What a client has is told by the tag that it has it under.
    for (sent, told) in [
        ("\"abc;gzip\"", "\"abc;gzip\""),
        ("\"x\", \"abc;br\"", "\"abc;br\""),
        ("\"abc\"", "\"abc\""),
        ("\"other;gzip\"", "\"abc\""),
    ] {
        let unmodified = ask_with(&client, Method::Get, "/status/304", &[("If-None-Match", sent)]);
        assert_eq!(header(&unmodified, "etag").as_deref(), Some(told), "{sent}");
    }
    let off = client_of(config().merge(("crewed.compress", false)));
    let answer = ask_with(&off, Method::Get, "/conditions", &[("If-Match", "\"abc;gzip\"")]);
    assert_eq!(answer.into_json::<Value>(), Some(json!(["", "\"abc;gzip\"", ""])));
}

/// A HEAD has the headers of the GET, but for the length, which is not known.
#[test]
fn a_head_leaves_the_length_out() {
    let port = launched(|figment| {
        let routes = rocket::routes![html, endless];
        let api = Api::new().resource::<User>().operations(operations![text, tagged, lines]);
        rocket::custom(figment).attach(api).mount("/", routes)
    });
    for path in ["/text/5000", "/html/5000", "/html/500000", "/openapi.json", "/endless", "/lines"] {
        for coding in ["gzip", "br"] {
            let get = sent(port, "GET", path, coding);
            let head = sent(port, "HEAD", path, coding);
            let named =
                |answer: &crate::program::Answer, name: &str| answer.header(name).map(ToOwned::to_owned);
            for name in ["content-encoding", "vary", "content-type", "etag"] {
                assert_eq!(named(&head, name), named(&get, name), "{path} {name}");
            }
            assert_eq!(named(&get, "content-encoding").as_deref(), Some(coding), "{path}");
            assert_eq!((named(&head, "content-length"), head.body.len()), (None, 0), "{path}");
        }
        if path == "/endless" {
            // Rocket itself says of a stream that it has the length 0.
            continue;
        }
        let head = sent(port, "HEAD", path, "identity");
        let get = sent(port, "GET", path, "identity");
        assert_eq!(head.header("content-length"), get.header("content-length"), "{path}");
    }
    // A long one is compressed as it is read, and has no length; another has that of what is sent.
    let long = sent(port, "GET", "/html/500000", "gzip");
    assert_eq!(long.header("content-length"), None);
    assert_eq!(plain(Some("gzip"), &long.body), vec![b'b'; 500_000]);
    let one = sent(port, "GET", "/html/100000", "br");
    assert_eq!(one.header("content-length").unwrap(), one.body.len().to_string());
}

fn sent(port: u16, method: &str, path: &str, accepted: &str) -> crate::program::Answer {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {accepted}\r\nConnection: close\r\n\r\n"
    );
    crate::program::ask(port, request.as_bytes())
}

/// What there is of a stream goes out before it is waited for more.
#[test]
fn a_stream_is_sent_as_it_comes() {
    let port = launched(|figment| {
        rocket::custom(figment).attach(Api::new().resource::<User>().operations(operations![slow]))
    });
    for coding in ["gzip", "br"] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let asked = Instant::now();
        let request = format!("GET /slow HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {coding}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(answer.read_line(&mut head).unwrap() > 0);
        }
        assert!(head.to_ascii_lowercase().contains(&format!("content-encoding: {coding}")), "{head}");
        // The pieces of the chunked body, until the first line can be read.
        let mut body = Vec::new();
        let mut partly = String::new();
        while !partly.contains("first") {
            let mut length = String::new();
            answer.read_line(&mut length).unwrap();
            let length = usize::from_str_radix(length.trim(), 16).unwrap();
            let mut piece = vec![0; length + 2];
            answer.read_exact(&mut piece).unwrap();
            body.extend_from_slice(&piece[..length]);
            partly = beginning(coding, &body);
        }
        assert!(asked.elapsed() < Duration::from_millis(700), "{coding}: {:?}", asked.elapsed());
        assert!(!partly.contains("second"));
    }
}

/// What can be read of the beginning of a body.
fn beginning(coding: &str, sent: &[u8]) -> String {
    let mut plain = vec![0; 100];
    let read = rocket::async_test(async {
        let read = match coding {
            "gzip" => GzipDecoder::new(sent).read(&mut plain).await,
            _ => BrotliDecoder::new(sent).read(&mut plain).await,
        };
        read.unwrap_or(0)
    });
    String::from_utf8_lossy(&plain[..read]).into_owned()
}

/// The pages of the documentation, and their scripts, of which one has more than a megabyte.
#[test]
fn pages_are_compressed_once() {
    let client = client();
    for path in [
        "/docs",
        "/docs/swagger-ui-bundle.js",
        "/docs/swagger-ui.css",
        "/rapidoc/rapidoc-min.js",
        "/openapi.json",
    ] {
        let plain = client.get(path).dispatch().into_bytes().unwrap();
        for coding in ["gzip", "br"] {
            if plain.len() <= 1024 {
                continue;
            }
            let first = ask(&client, path, coding);
            assert_eq!(encoding(&first).as_deref(), Some(coding), "{path}");
            assert!(header(&first, "content-security-policy").is_some() != path.ends_with(".json"), "{path}");
            let (body, length) = decoded(first);
            assert!(body == plain && length * 2 < plain.len(), "{path}");
            // The bytes are there already: they come at once, and with their length.
            let asked = Instant::now();
            let again = ask(&client, path, coding);
            assert_eq!(again.body().preset_size(), Some(length), "{path}");
            if plain.len() > 500_000 {
                assert!(asked.elapsed() < Duration::from_millis(50), "{path}: {:?}", asked.elapsed());
            }
            assert!(decoded(again).0 == plain);
        }
    }
}

/// Long answers hold up nobody on a runtime of one thread.
#[test]
fn long_bodies_leave_time_to_others() {
    static LONG: AtomicUsize = AtomicUsize::new(0);
    let port = launched(|figment| {
        let api = Api::new().resource::<User>().operations(operations![text]);
        rocket::custom(figment.merge(("workers", 1))).attach(api).mount("/", rocket::routes![html])
    });
    let readers: Vec<_> = (0..2)
        .map(|_| {
            std::thread::spawn(move || {
                let answer = sent(port, "GET", "/html/15000000", "br");
                LONG.fetch_add(1, Ordering::SeqCst);
                plain(Some("br"), &answer.body).len()
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(200));
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        let asked = Instant::now();
        assert_eq!(sent(port, "GET", "/text/10", "identity").status, 200);
        slowest = slowest.max(asked.elapsed());
    }
    assert_eq!(LONG.load(Ordering::SeqCst), 0, "it was measured too late");
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
    for reader in readers {
        assert_eq!(reader.join().unwrap(), 15_000_000);
    }
}

#[test]
fn a_wrong_value_is_told() {
    let report = refused(config().merge(figment_of("[default.crewed]\ncompress = \"gzip\"")), Api::new());
    assert!(report.contains("it is \"gzip\", and should be `true` or `false`"), "{report}");
}
