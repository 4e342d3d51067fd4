//! What runs after an answer, in a program that is told to end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::program::{Running, ask, example, start_with};

/// A program in a folder of its own, whose requests have a second to end, and another one that is less friendly.
fn program(folder: &TempDir) -> Running {
    let environment = [
        ("ROCKET_SHUTDOWN", "{grace=1,mercy=1}"),
        ("ROCKET_CREWED", "{timeouts={drain=0}}"),
        ("ROCKET_LOG_LEVEL", "critical"),
    ];
    let environment = environment.map(|(key, value)| (key.to_owned(), value.to_owned()));
    start_with(&example("afterwards"), folder.path(), &environment)
}

/// What was done so far.
fn done(folder: &TempDir) -> Vec<String> {
    let text = std::fs::read_to_string(folder.path().join("done")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn get(port: u16, path: &str) -> u16 {
    ask(port, format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).status
}

/// Begins a request whose answer nobody waits for.
fn begin(port: u16, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
    stream
}

#[test]
fn a_shutdown_waits_for_tasks() {
    let folder = TempDir::new().unwrap();
    let running = program(&folder);
    for millis in [1, 300, 700] {
        assert_eq!(get(running.port, &format!("/task/{millis}")), 200);
    }
    assert!(running.terminate(Duration::from_secs(10)).success());
    assert_eq!(done(&folder), ["task 1", "task 300", "task 700"]);
}

/// What a request leaves that was still answered when the program was told to end.
#[test]
fn a_shutdown_waits_for_what_requests_leave_meanwhile() {
    let folder = TempDir::new().unwrap();
    let running = program(&folder);
    let mut slow = begin(running.port, "/slow/600");
    while done(&folder).is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(running.terminate(Duration::from_secs(10)).success());
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("done"), "{answer}");
    assert_eq!(done(&folder), ["slow begins", "slow", "session"]);
}

/// Neither a task that goes on, nor a stream that says nothing, nor a request that does not end, keeps it for longer.
#[test]
fn a_shutdown_does_not_wait_for_ever() {
    let folder = TempDir::new().unwrap();
    let running = program(&folder);
    assert_eq!(get(running.port, "/task/600000"), 200);
    let mut idle = begin(running.port, "/idle");
    idle.read_exact(&mut [0; 1]).unwrap();
    drop(idle);
    let _slow = begin(running.port, "/slow/600000");
    while done(&folder).is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let told = Instant::now();
    let _ = running.terminate(Duration::from_secs(20));
    assert!(told.elapsed() < Duration::from_secs(8), "{:?}", told.elapsed());
}
