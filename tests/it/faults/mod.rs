//! What breaks beneath the program, and beside it: no acknowledged write is lost, every other one is there
//! whole or not at all, nobody waits for ever, and service resumes by itself.
//!
//! Rounds are few here, and as many as `CREWED_FAULT_ROUNDS` says; `scripts/faults.sh` runs the most.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

mod crashed;
mod disk;
mod failover;
mod full;
mod held;
mod killed;
mod ledger;
mod load;
pub(crate) mod server;
mod start;
mod stopped;

/// Longer than anything may take: whoever waits so long waits for ever.
const EVER: Duration = Duration::from_secs(60);

/// How many rounds a test has: so many, where nobody said.
fn rounds(usual: usize) -> usize {
    match std::env::var("CREWED_FAULT_ROUNDS") {
        Ok(rounds) => rounds.parse().expect("CREWED_FAULT_ROUNDS is a number"),
        Err(_) => usual,
    }
}

/// A moment of a round, another one each time, so that faults come at any step of a write.
fn moment(round: usize) -> Duration {
    Duration::from_millis(100 + (round as u64 * 137) % 500)
}

/// One fault at a time: the load of one test is no fault of another.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An environment of the program: no line for each request, and this `[default.crewed]`, with pages after any number
/// of rows, and a short time in which nobody has to notice that it ends.
fn environment(crewed: &str) -> Vec<(String, String)> {
    let crewed = crewed.replacen('{', "{page={skip=1000000000},timeouts={drain=0.3},", 1);
    [("ROCKET_LOG_LEVEL", "critical"), ("ROCKET_CREWED", crewed.as_str())]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec()
}
