//! The relay of `crewed dev`: whatever HTTP has passes as it is.

use std::fs;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::client::{connect, line, read};
use crate::fake::Fake;

#[test]
fn answers_pass_as_they_are() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    let (_, pid) = dev.answer();
    let length = format!("one {pid}").len().to_string();
    let mut stream = connect(dev.port);
    write!(stream, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let head = read(&mut stream, "HEAD");
    assert_eq!((head.status, head.header("content-length")), (200, Some(length)), "{head:?}");
    // The same connection goes on after each of them.
    write!(stream, "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let nothing = read(&mut stream, "GET");
    assert_eq!((nothing.status, nothing.header("transfer-encoding")), (204, None), "{nothing:?}");
    write!(stream, "GET /bytes/3 HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let chunks = read(&mut stream, "GET");
    assert_eq!(chunks.header("transfer-encoding").as_deref(), Some("chunked"));
    assert_eq!(chunks.body.len(), 3 << 16);
    write!(stream, "GET /absent HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!(read(&mut stream, "GET").status, 404);
    // Several requests at once are answered in their order.
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    stream.write_all([ask("/slow/200"), ask("/nothing"), ask("/")].concat().as_bytes()).unwrap();
    let statuses: Vec<u16> = (0..3).map(|_| read(&mut stream, "GET").status).collect();
    assert_eq!(statuses, [200, 204, 200]);
    // An old client gets an end of the connection.
    let mut old = connect(dev.port);
    write!(old, "GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut text = String::new();
    old.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.0 200") && text.contains("one "), "{text}");
}

#[test]
fn the_program_sees_the_client() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    let mut stream = connect(dev.port);
    let request = "GET /headers HTTP/1.1\r\nHost: my.host:81\r\nX-Own: a\r\nX-Own: b\r\nX-Real-IP: 9.9.9.9\r\n\
                   Connection: close, X-Hop\r\nX-Hop: 1\r\nCookie: a=b\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let headers = read(&mut stream, "GET").text().to_lowercase();
    for line in ["host: my.host:81", "x-own: a", "x-own: b", "x-real-ip: 127.0.0.1", "cookie: a=b"] {
        assert!(headers.lines().any(|header| header == line), "{line} in {headers}");
    }
    assert!(!headers.contains("x-hop") && !headers.contains("9.9.9.9"), "{headers}");
}

#[test]
fn events_come_when_they_are_sent() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    let mut stream = connect(dev.port);
    write!(stream, "GET /ticks HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let start = Instant::now();
    let mut text = String::new();
    while !text.contains("data:10") {
        text.push_str(&line(&mut stream));
    }
    let took = start.elapsed();
    assert!(took > Duration::from_millis(300) && took < Duration::from_secs(5), "{took:?}\n{text}");
}

/// The memory of the process that relays, in KiB.
fn peak(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn an_upload_takes_no_memory() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    let before = peak(dev.child.id());
    let (chunk, count) = (vec![b'x'; 1 << 16], 1600);
    let mut stream = connect(dev.port);
    write!(
        stream,
        "POST /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        chunk.len() * count
    )
    .unwrap();
    assert_eq!(read(&mut stream, "POST").status, 100);
    for _ in 0..count {
        stream.write_all(&chunk).unwrap();
    }
    let answer = read(&mut stream, "POST");
    assert_eq!((answer.status, answer.text()), (200, (chunk.len() * count).to_string()));
    // In chunks, whose length nobody knows beforehand.
    write!(stream, "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
    for _ in 0..count {
        write!(stream, "{:x}\r\n", chunk.len()).unwrap();
        stream.write_all(&chunk).unwrap();
        write!(stream, "\r\n").unwrap();
    }
    write!(stream, "0\r\n\r\n").unwrap();
    assert_eq!(read(&mut stream, "POST").text(), (chunk.len() * count).to_string());
    // And as much in the other direction, to a client that does not read at first.
    write!(stream, "GET /bytes/1600 HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(read(&mut stream, "GET").body.len(), chunk.len() * count);
    let grown = peak(dev.child.id()) - before;
    assert!(grown < 16 << 10, "{grown} KiB more");
}

#[test]
fn an_upgraded_connection_passes() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    let mut stream = connect(dev.port);
    write!(stream, "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: capitals\r\n\r\n")
        .unwrap();
    let answer = read(&mut stream, "GET");
    assert_eq!((answer.status, answer.header("upgrade").as_deref()), (101, Some("capitals")), "{answer:?}");
    for _ in 0..3 {
        stream.write_all(b"hello\n").unwrap();
        assert_eq!(line(&mut stream), "HELLO\n");
    }
}

/// A program may answer without reading the body, and close.
#[test]
fn an_early_answer_comes_through() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    for length in [20_000, 300_000, 5_000_000] {
        for _ in 0..20 {
            let mut stream = connect(dev.port);
            write!(stream, "POST /absent HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n").unwrap();
            // The answer may come before all of it is sent.
            let _ = stream.write_all(&vec![b'x'; length]);
            assert_eq!(read(&mut stream, "POST").status, 404, "{length}");
        }
    }
}

/// A body is not read before there is a program for it.
#[test]
fn a_body_waits_with_its_request() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    fake.say("answer two\nsleep 1.5");
    fake.waits_for_builds(2);
    let mut stream = connect(dev.port);
    write!(stream, "POST /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        .unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut byte = [0];
    assert!(stream.read(&mut byte).is_err(), "it was told to go on");
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert_eq!(read(&mut stream, "POST").status, 100);
    stream.write_all(b"hello").unwrap();
    assert_eq!(read(&mut stream, "POST").text(), "5");
}

#[test]
fn the_state_is_told_to_pages() {
    let fake = Fake::new("answer one\ntable before");
    let dev = fake.dev(&[]);
    dev.answer();
    // The pages of the documentation load the script, and a program that is not under `crewed dev` has none.
    assert!(dev.get("/docs").text().contains("<script src=\"/.crewed/dev.js\">"));
    assert!(dev.get("/.crewed/dev.js").text().contains("EventSource"));
    let mut events = connect(dev.port);
    write!(events, "GET /.crewed/events HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut next = |wanted: &str| loop {
        let text = line(&mut events);
        if text.contains(wanted) {
            return;
        }
    };
    next("\"building\":false");
    fake.say("error no");
    next("\"building\":true");
    next("error: no");
    fake.say("answer two\ntable before");
    next("-2\"");
}
