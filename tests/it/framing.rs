//! Answers byte for byte, over TCP: how long they say they are.

use crewed::prelude::*;
use crewed::rocket::futures::stream::{self, Stream};
use crewed::rocket::http::Status;
use crewed::rocket::response::stream::{ByteStream, EventStream, TextStream};
use crewed::rocket::{Request, Response};
use crewed::{delete, get, post, put};

use crate::program::{Answer, ask, launched};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    nickname: String,
}

#[get("/stream")]
fn text_stream() -> TextStream<impl Stream<Item = &'static str>> {
    TextStream(stream::iter(["one ", "two"]))
}

#[get("/bytes")]
fn byte_stream() -> ByteStream<impl Stream<Item = Vec<u8>>> {
    ByteStream(stream::iter([vec![b'x'; 10_000], vec![b'y'; 10]]))
}

#[get("/events")]
fn events() -> EventStream<impl Stream<Item = crewed::rocket::response::stream::Event>> {
    // Without the heartbeats, which come when they come.
    EventStream::from(stream::iter([crewed::rocket::response::stream::Event::data("e")])).heartbeat(None)
}

#[get("/none", status = 204)]
fn none() {}

#[get("/text")]
fn text() -> &'static str {
    "some text"
}

/// A body whose length Rocket finds out by going to its end.
struct Measured;

impl<'r> crewed::rocket::response::Responder<'r, 'static> for Measured {
    fn respond_to(self, _: &'r Request<'_>) -> crewed::rocket::response::Result<'static> {
        Response::build().sized_body(None, std::io::Cursor::new("measured")).ok()
    }
}

#[get("/measured", response(200, "text"))]
fn measured() -> Measured {
    Measured
}

/// What is not sent again.
struct Unmodified;

impl<'r> crewed::rocket::response::Responder<'r, 'static> for Unmodified {
    fn respond_to(self, _: &'r Request<'_>) -> crewed::rocket::response::Result<'static> {
        Response::build().status(Status::NotModified).ok()
    }
}

#[get("/unmodified")]
fn unmodified() -> Unmodified {
    Unmodified
}

#[delete("/gone", status = 204)]
fn gone() {}

#[post("/posted")]
fn posted(#[param(form)] _method: String) -> String {
    format!("posted {_method}")
}

#[put("/put")]
fn put_it() -> &'static str {
    "put"
}

fn send(port: u16, method: &str, path: &str, more: &str, body: &str) -> Answer {
    let length = match (method, body) {
        ("GET" | "HEAD", "") => String::new(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{length}{more}\r\n");
    ask(port, format!("{head}{body}").as_bytes())
}

#[test]
fn nothing_claims_a_length_that_it_has_not() {
    let functions = || {
        let mut all = operations![text_stream, byte_stream, events, none, text].to_vec();
        all.extend(operations![measured, unmodified, gone, posted, put_it]);
        all
    };
    for base in ["", "/api"] {
        let api = move || Api::new().at(base).resource::<User>().operations(functions());
        let port = launched(move |figment| crewed::rocket::custom(figment).attach(api()));
        let send = |method: &str, path: &str, more: &str, body: &str| {
            send(port, method, &format!("{base}{path}"), more, body)
        };

        // What is sent as it is made has no length, and its HEAD has none either.
        for (path, body) in [
            ("/stream", "one two".to_owned()),
            ("/bytes", format!("{}{}", "x".repeat(10_000), "y".repeat(10))),
            ("/events", "data:e\n\n".to_owned()),
        ] {
            let (got, head) = (send("GET", path, "", ""), send("HEAD", path, "", ""));
            assert_eq!((got.status, got.text()), (200, body), "{path}");
            assert_eq!(got.header("content-length"), None, "{path}");
            assert_eq!((head.status, head.text().as_str()), (200, ""), "{path}");
            assert_eq!(head.header("content-length"), None, "HEAD {path}: {head:?}");
            assert_eq!(head.header("content-type"), got.header("content-type"), "{path}");
        }
        // Nor has what has no body.
        for (method, path, status) in [
            ("GET", "/none", 204),
            ("HEAD", "/none", 204),
            ("DELETE", "/gone", 204),
            ("GET", "/unmodified", 304),
            ("HEAD", "/unmodified", 304),
        ] {
            let answer = send(method, path, "", "");
            assert_eq!((answer.status, answer.text().as_str()), (status, ""), "{method} {path}");
            assert_eq!(answer.header("content-length"), None, "{method} {path}: {answer:?}");
        }
        // What has one says it, to HEAD as to GET.
        for path in ["/text", "/measured", "/users", "/users/nobody", "/openapi.json", "/docs"] {
            let (got, head) = (send("GET", path, "", ""), send("HEAD", path, "", ""));
            let length = got.body.len().to_string();
            assert_eq!(got.header("content-length"), Some(&*length), "{path}");
            assert_eq!(head.header("content-length"), Some(&*length), "{path}");
            assert_eq!((head.status, head.body.len()), (got.status, 0), "{path}");
        }

        // A form whose first field says that its POST is another method is a POST all the same, and is answered.
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        for method in ["HEAD", "head", "GET", "PUT", "TRACE", "CONNECT"] {
            let body = format!("_method={method}");
            let answer = send("POST", "/posted", form, &body);
            assert_eq!(answer.status, 200, "{body}: {answer:?}");
            let text =
                if method.eq_ignore_ascii_case("head") { String::new() } else { format!("posted {method}") };
            assert_eq!(answer.text(), text);
            for (path, status) in [("/put", 405), ("/users", 422), ("/users/ada", 405), ("/nothing", 404)] {
                assert_eq!(send("POST", path, form, &body).status, status, "{path} {body}");
            }
            assert_eq!(send("POST", "/put/", form, &body).status, 307, "{body}");
        }
    }
}

/// As it came from a browser that sends what was typed, a backslash and all.
#[test]
fn a_redirect_names_no_other_host() {
    #[get("/<name>/")]
    fn with_slash(name: String) -> String {
        name
    }

    #[get("/<name>/y")]
    fn without_slash(name: String) -> String {
        name
    }

    for base in ["", "/api", "/api/v1"] {
        let port = launched(move |figment| {
            let api = Api::new().at(base).operations(operations![with_slash, without_slash]);
            crewed::rocket::custom(figment).attach(api)
        });
        for evil in [
            "/%5cevil.example",
            "//evil.example",
            "/%5c/evil.example",
            "/%09/evil.example",
            "/;@evil.example",
        ] {
            for end in ["", "/y/", "/", "//"] {
                let answer = send(port, "GET", &format!("{base}{evil}{end}"), "", "");
                let location = answer.header("location").unwrap_or("/");
                let harmless = location.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
                let here = location.starts_with('/') && !location.starts_with("//");
                assert!(here && harmless, "{base}{evil}{end} to {location}");
            }
        }
    }
}
