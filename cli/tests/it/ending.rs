//! How programs under `crewed dev` end, and the command itself: nothing is left running.

use std::io::Write;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, test_kill_process};

use crate::client::{connect, get};
use crate::fake::{Fake, waits_for_the_end};

#[test]
fn a_program_that_dies_is_told() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    assert_eq!(dev.get("/die").status, 502);
    dev.waits_for("the program has ended by itself: it ended with exit status: 7");
    let answer = dev.get("/");
    assert_eq!((answer.status, answer.text().contains("exit status: 7")), (503, true), "{answer:?}");
    fake.say("answer two");
    dev.answers("two");
}

#[test]
fn a_signal_counts_while_a_program_hangs() {
    for words in ["answer one\nhangs", "answer one\nhangs in plan"] {
        let fake = Fake::new(words);
        let mut dev = fake.dev(&[]);
        fake.waits_for_builds(1);
        thread::sleep(Duration::from_millis(700));
        let start = std::time::Instant::now();
        dev.signal(Signal::INT);
        dev.ends();
        assert!(start.elapsed() < Duration::from_secs(3), "{words}: {:?}", start.elapsed());
        fake.waits_for_no_process(words);
    }
}

#[test]
fn two_programs_need_not_overlap() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&["--no-overlap"]);
    let (_, first) = dev.answer();
    fake.say("answer two");
    dev.answers("two");
    let pid = Pid::from_raw(first.cast_signed()).unwrap();
    assert!(test_kill_process(pid).is_err(), "the old program is there");
    fake.say("refuse");
    dev.waits_for("two APIs stand on the base `/two`");
    assert_eq!(dev.answer().0, "two");
    // One that seemed to launch and then does not.
    fake.say("answer three\nfails");
    let told = dev.waits_for("the program before it answers again");
    assert!(told.contains("it ended with exit status: 3"), "{told}");
    assert_eq!(dev.answer().0, "two");
}

#[test]
fn a_request_that_is_being_answered_is_not_cut_off() {
    let fake = Fake::new("answer one");
    let dev = fake.dev(&[]);
    dev.answer();
    let port = dev.port;
    let slow = thread::spawn(move || get(port, "/slow/1500"));
    thread::sleep(Duration::from_millis(300));
    fake.say("answer two");
    dev.answers("two");
    let answer = slow.join().unwrap();
    assert_eq!((answer.status, answer.text()), (200, "one".to_owned()));
}

/// However the command ends, nothing of it is left.
#[test]
fn no_process_is_left() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::KILL] {
        for words in ["answer one", "answer two\nsleep 60"] {
            let fake = Fake::new("answer one");
            let mut dev = fake.dev(&[]);
            dev.answer();
            let builds = fake.builds();
            if words.contains("sleep") {
                fake.say(words);
                fake.waits_for_more_builds(builds);
            }
            dev.signal(signal);
            dev.ends();
            fake.waits_for_no_process(&format!("{signal:?} {words}"));
        }
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let fake = Fake::new("answer one");
    let mut dev = fake.dev(&[]);
    let (_, pid) = dev.answer();
    let port = dev.port;
    // A stream keeps the program until it is cut off.
    let stream = thread::spawn(move || {
        let mut stream = connect(port);
        write!(stream, "GET /ticks HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        let mut all = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut all);
    });
    thread::sleep(Duration::from_millis(300));
    dev.signal(Signal::INT);
    thread::sleep(Duration::from_millis(200));
    dev.signal(Signal::INT);
    let start = std::time::Instant::now();
    dev.ends();
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    waits_for_the_end(pid);
    stream.join().unwrap();
}
