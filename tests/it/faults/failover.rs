//! Of a primary and a synchronous standby the primary crashes, and the standby takes its place.

use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::ledger::Ledger;
use super::load::{Load, Program};
use super::server::Server;
use super::{environment, moment, one_at_a_time, rounds};
use crate::program::{example, start_with};

#[test]
fn a_standby_that_takes_over_has_what_was_acknowledged() {
    let _turn = one_at_a_time();
    let mut primary = Server::new();
    let mut standby = Server::standby_of(&primary);
    primary.waits_for_its_standby();
    let folder = TempDir::new().unwrap();
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port, standby.port);
    let store = format!("{{store=\"postgres://postgres@{hosts}/postgres?sslmode=disable\"}}");
    let running = start_with(&example("heroes"), folder.path(), &environment(&store));
    let mut ledger = Ledger::new("the primary crashes, the standby takes over (PostgreSQL)", "resumed after");
    for round in 0..rounds(2) {
        if round > 0 {
            // What crashed becomes the standby of what took over.
            std::mem::swap(&mut primary, &mut standby);
            standby.follow(&primary);
            primary.waits_for_its_standby();
        }
        let load = Load::start(running.port, &format!("{round}"), Program::Stays);
        load.writes_for(moment(round));
        let crashed = Instant::now();
        // What was acknowledged without the standby is not there.
        if round % 2 == 0 {
            primary.crash_unsent()
        } else {
            primary.crash()
        }
        let gone = Instant::now();
        standby.promote();
        load.resumed(gone);
        ledger.took(crashed.elapsed());
        sleep(Duration::from_millis(300));
        ledger.check(load, &running);
    }
    ledger.finish(&running);
}
