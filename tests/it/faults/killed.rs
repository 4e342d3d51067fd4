//! The program is killed while it writes to SQLite.

use std::time::Instant;

use tempfile::TempDir;

use super::ledger::Ledger;
use super::load::{Load, Program};
use super::{environment, moment, one_at_a_time, rounds};
use crate::program::{example, start_with};

#[test]
fn a_program_that_is_killed_keeps_what_it_acknowledged() {
    let _turn = one_at_a_time();
    let folder = TempDir::new().unwrap();
    let mut ledger = Ledger::new("the program is killed (SQLite)", "started again within");
    let start = || start_with(&example("heroes"), folder.path(), &environment("{}"));
    let mut running = start();
    for round in 0..rounds(5) {
        let load = Load::start(running.port, &format!("{round}"), Program::Ends);
        load.writes_for(moment(round));
        drop(running);
        let killed = Instant::now();
        running = start();
        ledger.took(killed.elapsed());
        ledger.check(load, &running);
    }
    ledger.finish(&running);
}
