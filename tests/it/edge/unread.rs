//! Answers that their clients do not read.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crewed::get;
use crewed::prelude::*;
use crewed::rocket::response::stream::stream;
use crewed::rocket::serde::json::Json;
use crewed::rocket::tokio::time::sleep;
use crewed::{JsonLines, Reply, ResponseParts, ServerSentEvent, ServerSentEvents};
use serde_json::json;

use crate::program::{Caller, ask, launched};

#[resource("/pages")]
struct Page {
    #[field(key, generated)]
    id: i64,
    text: String,
}

static ENDED: AtomicUsize = AtomicUsize::new(0);

struct Ended;

impl Drop for Ended {
    fn drop(&mut self) {
        ENDED.fetch_add(1, Ordering::SeqCst);
    }
}

#[get("/endless")]
fn endless() -> JsonLines<String> {
    JsonLines::new(stream! {
        let _ended = Ended;
        loop {
            yield "x".repeat(10_000);
        }
    })
}

/// A client that reads must not be given up while the stream has nothing for it.
#[get("/seldom")]
fn seldom() -> ServerSentEvents<u8> {
    ServerSentEvents::new(stream! {
        for number in 0..2 {
            yield ServerSentEvent::new(number);
            sleep(Duration::from_millis(1500)).await;
        }
    })
}

/// What is as long as many pages.
fn long() -> Vec<String> {
    vec!["x".repeat(500_000); 48]
}

#[get("/report")]
fn report() -> Json<Vec<String>> {
    Json(long())
}

#[get("/reply")]
fn reply() -> Reply<Vec<String>> {
    Reply::new(long()).status(203)
}

#[get("/parts")]
fn parts(parts: ResponseParts) -> Json<Vec<String>> {
    parts.status(203);
    Json(long())
}

#[get("/text")]
fn text() -> String {
    long().concat()
}

fn api() -> Api {
    Api::new().resource::<Page>().operations(operations![endless, seldom, report, reply, parts, text])
}

/// A program that gives clients so many seconds.
fn server(seconds: f64) -> u16 {
    launched(move |figment| {
        let figment = figment.merge(("crewed.timeouts.write", seconds)).merge(("workers", 4));
        crewed::rocket::custom(figment).attach(api())
    })
}

/// A request whose answer is not read.
fn unread(port: u16, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    stream
}

fn get(port: u16, path: &str) -> crate::program::Answer {
    ask(port, format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
}

fn within(patience: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if is_so() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn what_nobody_reads_is_freed() {
    let port = server(0.5);
    let mut caller = Caller::new(port, Duration::from_secs(30));
    let text = "x".repeat(500_000);
    for _ in 0..48 {
        let created = caller.ask("POST", "/pages", &json!({ "text": text }).to_string()).unwrap();
        assert_eq!(created.status, 201);
    }
    // Whoever asks for the rest only later gets less than was announced.
    let paths = ["/pages", "/report", "/reply", "/parts", "/text"];
    let mut clients = paths.map(|path| (path, unread(port, path), vec![0; 12]));
    for (_, client, answer) in &mut clients {
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        client.read_exact(answer).unwrap();
    }
    std::thread::sleep(Duration::from_millis(2000));
    for (path, mut client, mut answer) in clients {
        let _ = client.read_to_end(&mut answer);
        assert!(answer.starts_with(b"HTTP/1.1 20"), "{path}");
        assert!(answer.len() < 48 * 500_000, "{path}: it was kept for its client");
    }
    // One who reads slowly, and yet reads, gets all of it.
    let mut slow = unread(port, "/pages");
    let (mut all, mut piece) = (0, vec![0; 1 << 20]);
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    while all < 48 * 500_000 {
        let read = slow.read(&mut piece).unwrap();
        assert!(read > 0, "it ended after {all} bytes");
        all += read;
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_stream_that_nobody_reads_ends() {
    let port = server(0.5);
    let before = ENDED.load(Ordering::SeqCst);
    let client = unread(port, "/endless");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(ENDED.load(Ordering::SeqCst), before);
    assert!(within(Duration::from_secs(10), || ENDED.load(Ordering::SeqCst) == before + 1));
    drop(client);
}

#[test]
fn a_stream_that_has_nothing_to_say_goes_on() {
    let answer = get(server(0.5), "/seldom");
    assert_eq!((answer.status, answer.text().as_str()), (200, "data: 0\n\ndata: 1\n\n"));
}

#[test]
fn streams_of_events_have_a_number_of_their_own() {
    let port = launched(|figment| {
        let figment = figment.merge(("crewed.load.max_streams", 1)).merge(("crewed.load.max_requests", 1));
        crewed::rocket::custom(figment).attach(api())
    });
    let mut first = unread(port, "/seldom");
    let mut answer = [0; 12];
    first.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    let refused = get(port, "/seldom");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(get(port, "/pages").status, 200);
    drop(first);
    assert!(within(Duration::from_secs(10), || get(port, "/seldom").status == 200));
}
