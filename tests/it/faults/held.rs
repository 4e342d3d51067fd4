//! Another process holds SQLite's file.

use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use super::ledger::Ledger;
use super::load::{Load, Program};
use super::{environment, moment, one_at_a_time, rounds};
use crate::program::{example, get, start_with};

#[test]
fn a_file_that_is_held_is_waited_for_and_then_refused() {
    let _turn = one_at_a_time();
    let folder = TempDir::new().unwrap();
    let running = start_with(&example("heroes"), folder.path(), &environment("{}"));
    let other = Connection::open(folder.path().join("heroes.db")).unwrap();
    let mut ledger = Ledger::new("another process holds the file (SQLite)", "resumed after");
    for round in 0..rounds(1).div_ceil(5) {
        let load = Load::start(running.port, &format!("{round}"), Program::Stays);
        load.writes_for(moment(round));
        let lock = if round % 2 == 0 { "BEGIN EXCLUSIVE" } else { "BEGIN IMMEDIATE" };
        // Whoever writes all the time leaves few gaps.
        other.busy_timeout(Duration::from_secs(30)).unwrap();
        other.execute_batch(lock).unwrap();
        let held = Instant::now();
        for path in ["/heroes/1", "/heroes?limit=10"] {
            let read = get(running.port, path);
            assert_eq!(read.status, 200, "{path}: {}", read.text());
        }
        load.until("a write is refused", || load.refused() > 0);
        assert!(held.elapsed() > Duration::from_secs(3), "after {:?}", held.elapsed());
        running.says(": another process holds the database");

        other.execute_batch("COMMIT").unwrap();
        let released = Instant::now();
        ledger.took(load.resumed(released));
        sleep(Duration::from_millis(200));
        ledger.check(load, &running);
    }
    ledger.finish(&running);
}
