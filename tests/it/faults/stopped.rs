//! The program is told to end while it is asked.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use super::ledger::Ledger;
use super::load::{Load, Program};
use super::server::Server;
use super::{EVER, environment, moment, one_at_a_time, rounds};
use crate::program::{example, start_with};

#[test]
fn a_program_that_is_told_to_end_answers_what_it_took() {
    let _turn = one_at_a_time();
    ends("the program is told to end (SQLite)", "{}");
}

#[test]
fn a_program_that_is_told_to_end_answers_what_its_server_took() {
    let _turn = one_at_a_time();
    let server = Server::new();
    ends("the program is told to end (PostgreSQL)", &format!("{{store=\"{}\"}}", server.url()));
}

fn ends(fault: &'static str, crewed: &str) {
    let folder = TempDir::new().unwrap();
    let mut ledger = Ledger::new(fault, "ended after");
    let start = || start_with(&example("heroes"), folder.path(), &environment(crewed));
    let mut running = start();
    for round in 0..rounds(3) {
        let load = Load::start(running.port, &format!("{round}"), Program::Ends);
        load.writes_for(moment(round));
        let told = Instant::now();
        let status = running.terminate(EVER);
        assert!(status.success(), "{status}");
        ledger.took(told.elapsed());
        running = start();
        ledger.check(load, &running);
        assert_eq!(ledger.whole(), 0, "these were written, and nobody was told");
    }
    ledger.finish(&running);
}

/// Nor what waits for a server that says nothing any more; and the program ends as one that was told to.
#[test]
fn a_program_whose_server_is_silent_ends_nevertheless() {
    let _turn = one_at_a_time();
    let server = Server::new();
    let folder = TempDir::new().unwrap();
    let start = || {
        start_with(
            &example("heroes"),
            folder.path(),
            &environment(&format!("{{store=\"{}\"}}", server.url())),
        )
    };
    let running = start();
    let mut ledger =
        Ledger::new("the program is told to end while its server is silent (PostgreSQL)", "ended after");
    let load = Load::start(running.port, "silent", Program::Ends);
    load.writes_for(moment(0));
    let frozen = server.freeze();
    std::thread::sleep(Duration::from_millis(300));
    let told = Instant::now();
    let status = running.terminate(EVER);
    assert!(status.success(), "{status}");
    ledger.took(told.elapsed());
    drop(frozen);
    std::thread::sleep(Duration::from_secs(1));
    let running = start();
    ledger.check(load, &running);
    ledger.finish(&running);
}

/// What waits for another process does not keep the program from ending.
#[test]
fn a_program_that_waits_for_another_ends_nevertheless() {
    let _turn = one_at_a_time();
    let folder = TempDir::new().unwrap();
    let start = || start_with(&example("heroes"), folder.path(), &environment("{}"));
    let running = start();
    let mut ledger = Ledger::new("the program is told to end while its file is held (SQLite)", "ended after");
    let load = Load::start(running.port, "held", Program::Ends);
    load.writes_for(moment(0));
    let other = Connection::open(folder.path().join("heroes.db")).unwrap();
    other.busy_timeout(Duration::from_secs(30)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let told = Instant::now();
    let status = running.terminate(EVER);
    assert!(status.success(), "{status}");
    ledger.took(told.elapsed());
    drop(other);
    let running = start();
    ledger.check(load, &running);
    ledger.finish(&running);
}
