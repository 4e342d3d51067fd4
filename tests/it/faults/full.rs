//! The disk that SQLite's file stands on is full, and then has room again.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use super::disk::Disk;
use super::ledger::Ledger;
use super::load::{Load, Program};
use super::{one_at_a_time, rounds};
use crate::program::{example, get, start};

const MEGABYTES: usize = 24;

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let _turn = one_at_a_time();
    let mut ledger = Ledger::new("the disk is full (SQLite)", "resumed after");
    for round in 0..rounds(3) {
        // It is full before the log is emptied for the first time, while it is, or after that.
        let room = [1, 5, 10][round % 3];
        let disk = Disk::new();
        let running = disk.start(&example("heroes"), MEGABYTES);
        let filling = disk.path(&running, "filling");
        fs::write(&filling, vec![0; (MEGABYTES - room) << 20]).unwrap();

        let load = Load::start(running.port, &format!("{round}"), Program::Stays);
        load.until("writes are refused", || load.refused() > 50);
        for path in ["/heroes/1", "/heroes?limit=10"] {
            let read = get(running.port, path);
            assert_eq!(read.status, 200, "{path}: {}", read.text());
        }
        running.says(": the disk is full");

        fs::remove_file(&filling).unwrap();
        let room_again = Instant::now();
        ledger.took(load.resumed(room_again));
        sleep(Duration::from_millis(200));
        ledger.check(load, &running);

        // On the disk it is as the program says.
        let copy = TempDir::new().unwrap();
        for file in ["heroes.db", "heroes.db-wal"] {
            fs::copy(disk.path(&running, file), copy.path().join(file)).unwrap();
        }
        let database = Connection::open(copy.path().join("heroes.db")).unwrap();
        let whole: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(whole, "ok");
        drop(database);
        ledger.look_again(&start(&example("heroes"), copy.path()));
        ledger.forget();
    }
    ledger.end();
}
