//! PostgreSQL's server crashes, or answers no more, while the program writes to it, and comes back.

use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::ledger::Ledger;
use super::load::{Load, Program};
use super::server::Server;
use super::{EVER, environment, moment, one_at_a_time, rounds};
use crate::program::{Caller, example, start_with};

#[test]
fn a_server_that_crashes_keeps_what_was_acknowledged() {
    crashes("the server crashes (PostgreSQL)", |server| {
        server.crash();
        server.start();
    });
}

/// It ends the connections of all others, and recovers.
#[test]
fn a_server_that_loses_a_process_keeps_what_was_acknowledged() {
    crashes("a process of the server is killed (PostgreSQL)", Server::kill_a_process);
}

/// Does this to a server under load; the program must need nobody's help.
fn crashes(fault: &'static str, happens: fn(&Server)) {
    let _turn = one_at_a_time();
    let server = Server::new();
    let folder = TempDir::new().unwrap();
    let crewed = format!("{{store=\"{}\"}}", server.url());
    let running = start_with(&example("heroes"), folder.path(), &environment(&crewed));
    let mut ledger = Ledger::new(fault, "resumed after");
    for round in 0..rounds(3) {
        let load = Load::start(running.port, &format!("{round}"), Program::Stays);
        load.writes_for(moment(round));
        happens(&server);
        let happened = Instant::now();
        load.until("a write is refused", || load.refused() > 0);
        load.resumed(Instant::now());
        ledger.took(happened.elapsed());
        // Each of the connections is used again.
        sleep(Duration::from_millis(300));
        ledger.check(load, &running);
    }
    ledger.finish(&running);
}

/// Nobody waits for ever for a server that is there and says nothing.
#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let _turn = one_at_a_time();
    let server = Server::new();
    let folder = TempDir::new().unwrap();
    let times = "{statement_timeout=1, connect_timeout=2}";
    let crewed = format!("{{store=\"{}\", postgres={times}}}", server.url());
    let running = start_with(&example("heroes"), folder.path(), &environment(&crewed));
    let mut ledger = Ledger::new("the server does not answer (PostgreSQL)", "resumed after");
    for round in 0..rounds(1).div_ceil(5) {
        let load = Load::start(running.port, &format!("{round}"), Program::Stays);
        load.writes_for(moment(round));
        let frozen = server.freeze();
        load.until("writes are refused", || load.refused() > 50);
        let read = Caller::new(running.port, EVER).ask("GET", "/heroes/1", "").unwrap();
        assert_eq!(read.status, 503, "{}", read.text());
        drop(frozen);
        let back = Instant::now();
        ledger.took(load.resumed(back));
        // What was being committed is there by then.
        sleep(Duration::from_secs(1));
        ledger.check(load, &running);
    }
    ledger.finish(&running);
}
