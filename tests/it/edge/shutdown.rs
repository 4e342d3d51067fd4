//! Programs that are told to end.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::proxy::Proxy;
use crate::faults::server::Server;
use crate::program::{Answer, Caller, Running, example, free_port, get, start_with};

/// Docker kills a program that has not ended by then.
const LIMIT: Duration = Duration::from_secs(10);

/// Nothing keeps it: it ends as soon as Rocket can, which is before the time of `drain` is over.
const SOON: Duration = Duration::from_millis(4800);

const MILLIS: fn(u64) -> Duration = Duration::from_millis;

fn program(folder: &TempDir, more: &[(&str, &str)]) -> Running {
    let mut environment = vec![("ROCKET_LOG_LEVEL".to_owned(), "critical".to_owned())];
    environment.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    start_with(&example("stopping"), folder.path(), &environment)
}

fn health(port: u16) -> (u16, Value) {
    let Answer { status, body, .. } = get(port, "/health");
    (status, serde_json::from_slice(&body).unwrap())
}

/// Whoever balances the load asks whether the program is ready, and sends nothing more once it is not. Then nothing at
/// all is lost, on either engine.
#[test]
fn no_request_is_lost() {
    let server = Server::new();
    for crewed in ["{}".to_owned(), format!("{{store=\"{}\"}}", server.url())] {
        let folder = TempDir::new().unwrap();
        let environment = [("ROCKET_CREWED", crewed.as_str())];
        let running = program(&folder, &environment);
        let port = running.port;
        let is_ready = Arc::new(AtomicBool::new(true));
        let clients: Vec<_> = (0..6)
            .map(|client| {
                let is_ready = Arc::clone(&is_ready);
                thread::spawn(move || {
                    let mut caller = Caller::new(port, LIMIT);
                    let mut made = Vec::new();
                    while is_ready.load(SeqCst) {
                        let name = format!("{client}-{}", made.len());
                        let body = json!({"name": name}).to_string();
                        let answer = caller.ask("POST", "/notes", &body).expect("an answer to each request");
                        assert_eq!(answer.status, 201, "{}", answer.text());
                        made.push(name);
                    }
                    made
                })
            })
            .collect();
        sleep(MILLIS(500));
        let told = Instant::now();
        running.signal("-TERM");
        // It looks twice a second.
        while health(port).0 == 200 {
            assert!(told.elapsed() < SOON, "it is ready all the same");
            sleep(MILLIS(500));
        }
        sleep(MILLIS(1000));
        is_ready.store(false, SeqCst);
        let mut made: BTreeSet<String> = BTreeSet::new();
        clients.into_iter().for_each(|client| made.extend(client.join().unwrap()));
        assert!(made.len() > 20, "{}", made.len());
        let status = running.ended(LIMIT);
        assert_eq!(status.code(), Some(0), "{crewed}");
        assert!(told.elapsed() > Duration::from_secs(5) && told.elapsed() < LIMIT, "{:?}", told.elapsed());

        let running = program(&folder, &environment);
        let mut stored = BTreeSet::new();
        let mut path = "/notes?limit=1000".to_owned();
        loop {
            let answer = get(running.port, &path);
            let page: Vec<Value> = serde_json::from_slice(&answer.body).unwrap();
            stored.extend(page.iter().map(|note| note["name"].as_str().unwrap().to_owned()));
            let next =
                answer.header("link").and_then(|link| Some(link.split_once('<')?.1.split_once('>')?.0));
            match next {
                Some(next) if page.len() == 1000 => path = next.to_owned(),
                _ => break,
            }
        }
        assert_eq!(stored, made, "{crewed}");
    }
}

/// Meanwhile it answers, closes connections, and says that it will end; what has begun is answered.
#[test]
fn it_goes_on_for_a_moment() {
    let folder = TempDir::new().unwrap();
    let running = program(&folder, &[("ROCKET_CREWED", "{timeouts={drain=4}}")]);
    let port = running.port;
    let mut caller = Caller::new(port, LIMIT);
    let answer = caller.ask("GET", "/notes", "").unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, None));
    assert_eq!(health(port).0, 200);
    let slow = thread::spawn(move || get(port, "/slow/5000"));
    sleep(MILLIS(200));
    let told = Instant::now();
    running.signal("-TERM");
    while health(port).0 == 200 {
        assert!(told.elapsed() < SOON, "it is ready all the same");
        sleep(MILLIS(50));
    }
    let unready = json!({
        "status": "unavailable",
        "checks": {"store": "ok", "migrations": "ok", "shutdown": "draining"},
    });
    assert_eq!(health(port), (503, unready));
    assert_eq!(get(port, "/health/live").status, 200);
    // The connection of before, and new ones; errors say so too.
    for path in ["/notes", "/notes/nobody", "/nothing", "/docs", "/health/live"] {
        let answer = caller.ask("GET", path, "").unwrap();
        assert_eq!(answer.header("connection"), Some("close"), "{path}");
    }
    assert!(told.elapsed() < MILLIS(3900), "this machine is too slow for this test");
    let answer = slow.join().unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (200, "done"));
    assert_eq!(running.ended(LIMIT).code(), Some(0));
    assert!(told.elapsed() > MILLIS(4000) && told.elapsed() < LIMIT, "{:?}", told.elapsed());
}

/// Somebody at a terminal does not want to wait, nor does one who asks twice.
#[test]
fn it_ends_at_once_where_that_is_wanted() {
    let folder = TempDir::new().unwrap();
    for signals in [&["-INT"][..], &["-TERM", "-TERM"], &["-TERM", "-INT"]] {
        let running = program(&folder, &[]);
        assert_eq!(get(running.port, "/notes").status, 200);
        let told = Instant::now();
        for signal in signals {
            running.signal(signal);
            sleep(MILLIS(200));
        }
        assert_eq!(running.ended(SOON).code(), Some(0), "{signals:?}");
        assert!(told.elapsed() < SOON, "{signals:?}: {:?}", told.elapsed());
    }
    let running = program(&folder, &[("ROCKET_CREWED", "{timeouts={drain=0}}")]);
    running.signal("-TERM");
    assert_eq!(running.ended(SOON).code(), Some(0));
}

/// What the last lines of a stream of events are.
fn listen(port: u16, path: &'static str) -> thread::JoinHandle<Vec<String>> {
    let (started, is_started) = std::sync::mpsc::channel();
    let listening = thread::spawn(move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut stream = BufReader::new(stream);
        let mut lines = Vec::new();
        let mut line = String::new();
        while stream.read_line(&mut line).unwrap() > 0 {
            if line.starts_with("data: ") {
                let _ = started.send(());
            }
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        lines
    });
    is_started.recv_timeout(LIMIT).unwrap();
    listening
}

#[test]
fn streams_of_events_say_when_to_come_back() {
    let folder = TempDir::new().unwrap();
    let running = program(&folder, &[("ROCKET_CREWED", "{timeouts={drain=0.5}}")]);
    let (idle, busy) = (listen(running.port, "/events"), listen(running.port, "/busy"));
    let told = Instant::now();
    running.signal("-TERM");
    let (idle, busy) = (idle.join().unwrap(), busy.join().unwrap());
    // They go on until clients can find another program.
    assert!(told.elapsed() >= MILLIS(500) && told.elapsed() < SOON, "{:?}", told.elapsed());
    let last = |lines: &[String]| {
        // The end of a body in chunks: it was not cut off.
        assert_eq!(&lines[lines.len() - 2..], ["0", ""], "{lines:?}");
        let retry = lines.iter().rev().find_map(|line| line.strip_prefix("retry: "));
        retry.unwrap().parse::<u64>().unwrap()
    };
    assert!((1000..3000).contains(&last(&idle)), "{idle:?}");
    assert_eq!(last(&busy), 77);
    assert_eq!(busy.iter().filter(|line| *line == "retry: 77").count(), 2);
    assert_eq!(running.ended(SOON).code(), Some(0));
}

/// What waits for a server that says nothing is told so, and does not keep the program.
#[test]
fn a_silent_server_keeps_nobody() {
    let server = Server::new();
    let proxy = Proxy::to(server.port);
    let folder = TempDir::new().unwrap();
    let running = program(&folder, &[("ROCKET_CREWED", &format!("{{store=\"{}\"}}", proxy.url()))]);
    let port = running.port;
    let made = Caller::new(port, LIMIT).ask("POST", "/notes", r#"{"name": "a"}"#).unwrap();
    assert_eq!(made.status, 201);
    proxy.swallow(true);
    let asked: Vec<_> = (0..4)
        .map(|client| {
            thread::spawn(move || {
                let mut caller = Caller::new(port, LIMIT);
                let body = format!(r#"{{"name": "{client}"}}"#);
                match client {
                    0 | 1 => caller.ask("POST", "/notes", &body),
                    _ => caller.ask("GET", "/notes/a", ""),
                }
                .map(|answer| answer.status)
            })
        })
        .collect();
    sleep(MILLIS(200));
    let told = Instant::now();
    running.signal("-TERM");
    for client in asked {
        assert_eq!(client.join().unwrap().unwrap(), 503);
    }
    // And somebody who asks shortly before its end.
    sleep(MILLIS(4700).saturating_sub(told.elapsed()));
    let late = thread::spawn(move || {
        Caller::new(port, LIMIT).ask("GET", "/notes/a", "").map(|answer| answer.status)
    });
    let status = running.ended(LIMIT);
    assert_eq!(status.code(), Some(0));
    assert!(told.elapsed() < LIMIT, "{:?}", told.elapsed());
    // It is answered, or cut off.
    if let Ok(status) = late.join().unwrap() {
        assert_eq!(status, 503);
    }
}

/// A request that does not end keeps it for as long as is configured, and not longer.
#[test]
fn what_does_not_end_is_cut_off() {
    let folder = TempDir::new().unwrap();
    for (environment, least, most) in [
        (&[][..], 8, LIMIT),
        (
            &[("ROCKET_SHUTDOWN", "{grace=1,mercy=1}"), ("ROCKET_CREWED", "{timeouts={drain=0}}")],
            2,
            MILLIS(4500),
        ),
    ] {
        let running = program(&folder, environment);
        let mut stream = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
        write!(stream, "GET /slow/60000 HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        sleep(MILLIS(200));
        let told = Instant::now();
        running.signal("-TERM");
        assert_eq!(running.ended(LIMIT).code(), Some(0));
        let took = told.elapsed();
        assert!(took > Duration::from_secs(least) && took < most, "{took:?}");
        let _ = stream.read(&mut [0; 1]);
    }
}

/// Rocket's own configuration says which signals end it.
#[test]
fn signals_are_those_that_are_configured() {
    let folder = TempDir::new().unwrap();
    for (shutdown, signal, code, killed) in [
        ("{ctrlc=false}", "-TERM", Some(0), None),
        ("{signals=[\"hup\"]}", "-TERM", None, Some(15)),
        ("{signals=[\"hup\"]}", "-HUP", Some(0), None),
        ("{signals=[]}", "-INT", Some(0), None),
    ] {
        let environment = [("ROCKET_SHUTDOWN", shutdown), ("ROCKET_CREWED", "{timeouts={drain=0}}")];
        let running = program(&folder, &environment);
        // A shell may have told all that it starts to ignore this one, so that sending it would show nothing.
        assert_eq!(catches(running.pid(), INT), !shutdown.contains("ctrlc=false"), "{shutdown}");
        running.signal(signal);
        let status = running.ended(SOON);
        assert_eq!((status.code(), status.signal()), (code, killed), "{shutdown} {signal}");
    }
}

const INT: u32 = 2;

/// Whether a process does something of its own at a signal.
fn catches(pid: u32, signal: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() >> (signal - 1) & 1 == 1
}

/// A program that waits for its database before it serves has nothing to finish. As the first process of a container it
/// would not even be killed.
#[test]
fn before_it_serves_it_ends_at_once() {
    let folder = TempDir::new().unwrap();
    let other = rusqlite::Connection::open(folder.path().join("stopping.db")).unwrap();
    other.execute_batch("CREATE TABLE x (a); BEGIN IMMEDIATE").unwrap();
    let mut child = Command::new(example("stopping"))
        .current_dir(folder.path())
        .env("ROCKET_PORT", free_port().to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.any(|line| line.contains("another process has locked")));
    let told = Instant::now();
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(told.elapsed() < SOON, "{:?}", told.elapsed());
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert_eq!(get(program(&folder, &[]).port, "/notes").text(), "[]");
}
