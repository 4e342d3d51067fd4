//! What clients were answered, held against what is there.

use std::collections::HashMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::EVER;
use super::load::{End, Load, power};
use crate::program::{Caller, Running};

/// The rounds of one test.
pub(super) struct Ledger {
    fault: &'static str,
    /// What is measured: `resumed after`.
    measure: &'static str,
    took: Vec<Duration>,
    /// What was there at the end of the last round: ages by names.
    there: HashMap<String, u16>,
    rounds: usize,
    acknowledged: usize,
    missing: usize,
    refused: usize,
    unanswered: usize,
    /// Of the refused and unanswered, those that are there.
    whole: usize,
    wrong: Vec<String>,
}

impl Ledger {
    pub(super) fn new(fault: &'static str, measure: &'static str) -> Self {
        Ledger {
            fault,
            measure,
            took: Vec::new(),
            there: HashMap::new(),
            rounds: 0,
            acknowledged: 0,
            missing: 0,
            refused: 0,
            unanswered: 0,
            whole: 0,
            wrong: Vec::new(),
        }
    }

    /// How long it took in one round.
    pub(super) fn took(&mut self, time: Duration) {
        self.took.push(time);
    }

    /// Of the writes that were not acknowledged, how many are there.
    pub(super) fn whole(&self) -> usize {
        self.whole
    }

    /// Ends the clients of a round, and looks for what they wrote: in this program, which may be another than
    /// they asked.
    pub(super) fn check(&mut self, load: Load, running: &Running) {
        let End { heroes, acknowledged, refused, unanswered } = load.stop();
        self.rounds += 1;
        self.acknowledged += acknowledged;
        self.refused += refused;
        self.unanswered += unanswered;

        let mut rows = self.rows(running.port, self.there.len());
        let mut happened = Vec::new();
        for hero in heroes {
            let found = rows.remove(&hero.name);
            match (found, &hero.open) {
                _ if found == hero.known => {}
                (Some(age), Some(open)) if age == open.age => {
                    self.whole += 1;
                    if open.refused {
                        happened.push((open.request.clone(), open.id.clone().unwrap_or_default()));
                    }
                }
                _ => {
                    self.missing += usize::from(hero.known.is_some());
                    self.wrong
                        .push(format!("{}: {:?} was acknowledged, is {found:?}", hero.name, hero.known));
                }
            }
            self.there.extend(found.map(|age| (hero.name, age)));
        }
        self.wrong.extend(rows.into_keys().map(|name| format!("{name}: nobody asked for it")));

        // A refused write did not happen, but where the log says that it may have.
        let begun = Instant::now();
        for (request, id) in happened {
            let said = format!("may have been written request_id={id}");
            let is_said = |line: &str| line.ends_with(&said);
            // The log takes its time from the program to here.
            while id.is_empty() || !running.log().lines().any(is_said) {
                if begun.elapsed() > Duration::from_secs(5) {
                    self.wrong.push(format!("{request}: was refused and happened, and the log says nothing"));
                    break;
                }
                sleep(Duration::from_millis(50));
            }
        }
        if !self.wrong.is_empty() {
            self.tell();
        }
    }

    /// Looks for all of all rounds once more, and tells how it went.
    pub(super) fn finish(mut self, running: &Running) {
        self.look_again(running);
        self.end();
    }

    /// Looks for all that was there at the end of the last round.
    pub(super) fn look_again(&mut self, running: &Running) {
        let mut rows = self.rows(running.port, 0);
        for (name, age) in &self.there {
            let found = rows.remove(name);
            if found != Some(*age) {
                self.missing += 1;
                self.wrong.push(format!("{name}: was {age}, is {found:?} now"));
            }
        }
        self.wrong.extend(rows.into_keys().map(|name| format!("{name}: came later")));
        if !self.wrong.is_empty() {
            self.tell();
        }
    }

    /// The next round begins with nothing.
    pub(super) fn forget(&mut self) {
        self.there.clear();
    }

    /// Tells how it went.
    pub(super) fn end(mut self) {
        assert!(self.acknowledged > 0, "nothing was written");
        self.tell();
    }

    /// One line for a person, and a panic where something is wrong.
    fn tell(&mut self) {
        let Ledger { fault, measure, rounds, acknowledged, missing, refused, unanswered, whole, .. } = self;
        self.took.sort();
        let seconds = |time: Option<&Duration>| time.map_or(f64::NAN, Duration::as_secs_f64);
        let (half, most) = (seconds(self.took.get(self.took.len() / 2)), seconds(self.took.last()));
        println!(
            "fault: {fault}: {rounds} rounds, {acknowledged} acknowledged, {missing} missing, {refused} refused \
             and {unanswered} unanswered ({whole} of them found whole), {measure} {half:.2} s, at most {most:.2} s"
        );
        let told: Vec<_> = self.wrong.iter().take(20).collect();
        assert!(told.is_empty(), "{} wrong: {told:#?}", self.wrong.len());
    }

    /// The heroes of a program without the first ones, whose age and power must fit.
    fn rows(&mut self, port: u16, mut skip: usize) -> HashMap<String, u16> {
        const PAGE: usize = 1000;
        let mut caller = Caller::new(port, EVER);
        let mut rows = HashMap::new();
        let begun = Instant::now();
        loop {
            let answer = caller.ask("GET", &format!("/heroes?skip={skip}&limit={PAGE}"), "").unwrap();
            if answer.status == 503 && begun.elapsed() < EVER {
                // Other connections read than write.
                sleep(Duration::from_millis(50));
                continue;
            }
            assert_eq!(answer.status, 200, "{}", answer.text());
            let page: Vec<Value> = serde_json::from_slice(&answer.body).unwrap();
            for hero in &page {
                let name = hero["name"].as_str().unwrap().to_owned();
                let age = u16::try_from(hero["age"].as_u64().unwrap()).unwrap();
                if hero["power"] != power(age) {
                    self.wrong.push(format!("half a write: {hero}"));
                }
                if rows.insert(name, age).is_some() {
                    self.wrong.push(format!("twice: {hero}"));
                }
            }
            skip += page.len();
            if page.len() < PAGE {
                return rows;
            }
        }
    }
}
