//! `crewed dev`: what a change does, and what is left where something fails.

use std::io::Write;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::client::{connect, get, read};
use crate::fake::{Fake, free_port, wait_until, waits_for_the_end};

#[test]
fn a_change_is_served() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    // The first request waits for the first program.
    let (text, first) = dev.answer();
    assert_eq!(text, "one");
    fake.say("answer two");
    let second = dev.answers("two");
    assert_ne!(first, second);
    // The old one is ended.
    waits_for_the_end(first);
    assert!(dev.told().contains("Rocket has launched from http://127.0.0.1:"), "{}", dev.told());
    assert!(!dev.told().contains("http://127.0.0.1:0"), "{}", dev.told());
}

#[test]
fn a_kept_alive_connection_gets_the_new_answer() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    let mut stream = connect(dev.port);
    let mut ask = || {
        write!(stream, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        read(&mut stream, "GET").text()
    };
    assert!(ask().starts_with("one "));
    fake.say("answer two");
    wait_until(|| ask().starts_with("two ").then_some(()), || "the new answer".to_owned());
}

#[test]
fn a_request_during_a_build_is_answered_by_the_new_program() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    assert_eq!(dev.answer().0, "one");
    fake.say("answer two\nsleep 1.5");
    fake.waits_for_builds(2);
    assert_eq!(dev.answer().0, "two");
}

#[test]
fn what_does_not_compile_leaves_the_old_program() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    let (_, first) = dev.answer();
    fake.say("error expected one of `!` or `::`");
    dev.waits_for("expected one of `!` or `::`");
    dev.waits_for("the program does not compile; the program before it answers");
    assert_eq!(dev.answer(), ("one".to_owned(), first));
    // Without a terminal there are no colours.
    assert!(!dev.told().contains('\u{1b}'), "{:?}", dev.told());
    fake.say("answer two");
    dev.answers("two");
}

#[test]
fn where_there_is_no_program_the_error_is_answered() {
    let fake = Fake::new("error a semicolon is missing");
    let dev = fake.dev(&[]);
    dev.waits_for("does not compile");
    let answer = dev.get("/");
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after").as_deref(), Some("1"));
    assert_eq!(answer.text(), "error: a semicolon is missing\n");
    let mut stream = connect(dev.port);
    write!(stream, "GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n").unwrap();
    let page = read(&mut stream, "GET");
    assert!(
        page.text().contains("a semicolon is missing") && page.text().contains("/.crewed/dev.js"),
        "{page:?}"
    );
    fake.say("answer one");
    dev.answers("one");
}

#[test]
fn a_launch_that_refuses_leaves_the_old_program() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    let first = dev.answer();
    fake.say("refuse");
    dev.waits_for("two APIs stand on the base `/two`");
    assert_eq!(dev.answer(), first);
    // Rocket.toml is watched too.
    fake.say("answer two");
    dev.answers("two");
    fake.write("Rocket.toml", "[default.crewed]\nstroe = \"sqlite:thing.db\"\n");
    dev.waits_for("did you mean `store`?");
    assert_eq!(dev.answer().0, "two");
    fake.write("Rocket.toml", "[default]\nworkers = \"many\"\n");
    dev.waits_for("workers");
    assert_eq!(dev.answer().0, "two");
    let builds = fake.builds();
    fake.write("Rocket.toml", "[default.crewed]\nstore = \"sqlite:thing.db\"\n");
    fake.waits_for_more_builds(builds);
    assert_eq!(dev.answer().0, "two");
}

/// Of what the compiler did not say, somebody still has to know.
#[test]
fn an_error_stays_until_it_is_mended() {
    let fake = Fake::new("silent");
    let dev = fake.dev(&[]);
    dev.waits_for("the program does not compile");
    assert!(dev.get("/").text().contains("cargo says why in the terminal"));
    fake.say("answer one");
    dev.answers("one");
    fake.say("error a semicolon is missing");
    dev.waits_for("the program before it answers");
    fake.say("error a semicolon is missing");
    thread::sleep(Duration::from_millis(400));
    let mut events = connect(dev.port);
    write!(events, "GET /.crewed/events HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    while !crate::client::line(&mut events).contains("a semicolon is missing") {}
}

/// A column that somebody happens to have typed is made only when that is asked for.
#[test]
fn a_change_of_the_database_waits_until_it_is_asked_for() {
    let fake = Fake::new("answer one\ntable before");
    let dev = fake.dev(&[]);
    let (_, first) = dev.answer();
    assert_eq!(dev.get("/notes").text(), "[]");
    fake.say("answer two\ntable after");
    let told = dev.waits_for("is to be changed");
    assert!(told.contains("stars") && told.contains("--migrate"), "{told}");
    assert_eq!(dev.answer(), ("one".to_owned(), first));
    // What cannot be changed at all is refused.
    fake.say("answer three\ntable narrower");
    dev.waits_for("does not fit the declaration");
    assert_eq!(dev.answer(), ("one".to_owned(), first));
    drop(dev);
    fake.say("answer one\ntable before");
    let dev = fake.dev(&["--migrate"]);
    dev.answer();
    fake.say("answer two\ntable after");
    dev.answers("two");
    let mut stream = connect(dev.port);
    let note = "{\"name\":\"a\"}";
    write!(
        stream,
        "POST /notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{note}",
        note.len()
    )
    .unwrap();
    assert_eq!(read(&mut stream, "POST").text(), "{\"name\":\"a\",\"stars\":0}");
}

#[test]
fn what_changed_is_told() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    fake.say("answer two\ntable before");
    dev.answers("two");
    let told = dev.waits_for("+ GET /notes/<name>");
    assert!(told.contains("+ POST /notes"), "{told}");
    fake.say("answer three");
    dev.answers("three");
    dev.waits_for("- GET /notes/<name>");
}

#[test]
fn enter_changes_the_database() {
    let fake = Fake::new("answer one\ntable before");
    drop(fake.asked(&["migrate", "--apply"]));
    fake.say("answer two\ntable after");
    let free = free_port();
    let line = format!("{} dev --port {free}", crate::fake::CREWED);
    let mut child = crate::fake::Ended(fake.on_a_terminal(&line).spawn().unwrap());
    let told = crate::fake::heard(child.0.stdout.take().unwrap());
    let waits = |text: &str| {
        wait_until(
            || told.lock().unwrap().contains(text).then_some(()),
            || format!("{text} in {}", told.lock().unwrap()),
        );
    };
    waits("press Enter to change it");
    assert_eq!(get(free, "/").status, 503);
    // There are colours.
    assert!(told.lock().unwrap().contains("\u{1b}["));
    let mut stdin = child.0.stdin.take().unwrap();
    stdin.write_all(b"\n").unwrap();
    waits("Rocket has launched");
    assert_eq!(get(free, "/").status, 200);
    assert_eq!(get(free, "/notes").text(), "[]");
    // Ctrl-C, as a terminal sends it.
    stdin.write_all(&[3]).unwrap();
    child.0.wait().unwrap();
    fake.waits_for_no_process("Ctrl-C");
}

#[test]
fn without_colours_there_are_none() {
    let fake = Fake::new("error a semicolon is missing");
    let line = format!("{} openapi", crate::fake::CREWED);
    for (value, is_colored) in [("", true), ("1", false)] {
        let done = fake.on_a_terminal(&line).env("NO_COLOR", value).output().unwrap();
        let told = String::from_utf8(done.stdout).unwrap();
        assert!(told.contains("a semicolon is missing"), "{told}");
        assert_eq!(told.contains('\u{1b}'), is_colored, "{told}");
    }
}

#[test]
fn arguments_are_passed_on() {
    let fake = Fake::new("answer one");
    let asked = ["-p", "thing", "--bin", "thing", "--release", "--features", "a,b", "--features", "c d"];
    let dev = fake.dev(&[&asked[..], &["--", "--port", "x y"]].concat());
    let (_, pid) = dev.answer();
    let with = fake.built_with();
    assert!(with.ends_with(" -p thing --bin thing --release --features a,b --features c d\n"), "{with}");
    let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(line.ends_with("\0--port\0x y\0"), "{line:?}");
    for wrong in [["-p", "think"], ["--bin", "think"], ["--example", "think"]] {
        let (_, told, status) = fake.asked(&[&["routes"], &wrong[..]].concat());
        assert_eq!((status, told.contains("`think`")), (1, true), "{told}");
    }
}

#[test]
fn who_has_the_port_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let fake = Fake::new("answer one");
    let (_, told, status) = fake.asked(&["dev", "--port", &port]);
    assert_eq!(status, 1);
    assert!(told.contains(&format!("(process {})", std::process::id())) && told.contains("--port"), "{told}");
}

#[test]
fn the_port_is_that_of_rocket() {
    let fake = Fake::new("answer one");
    let free = free_port();
    fake.write(
        "Rocket.toml",
        &format!("[default]\nport = {free}\n[default.crewed]\nstore = \"sqlite:thing.db\"\n"),
    );
    let mut command = fake.command(&["dev"]);
    let mut child =
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let answer = wait_until(
        || std::net::TcpStream::connect(("127.0.0.1", free)).is_ok().then(|| get(free, "/")),
        || "the port".to_owned(),
    );
    assert!(answer.text().starts_with("one "), "{answer:?}");
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::TERM).unwrap();
    child.wait().unwrap();
}
