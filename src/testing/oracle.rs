//! The first proof: random rows, callers and requests, of which each shows and changes what the closures of the rules say.

mod code;
mod reads;
mod writes;

use std::cell::RefCell;

use super::coverage::{Coverage, Part};
use super::failure::{Counterexample, Failure};
use super::judge::{Judge, Row};
use super::maker::{Maker, Taken, json};
use super::program::{Answer, Caller, Running, Sent, Served};
use super::random::Random;
use super::{Proof, Run, key_text, part_of, rows, store_failed};
use crate::value::Value;

/// How many rows a round has, beside those that stand in the store already.
const ROWS: usize = 9;

/// How many writes each caller tries in a round.
const WRITES: usize = 4;

/// The proof for one resource.
pub(super) struct Oracle<'a> {
    running: &'a Running,
    run: &'a Run,
    judge: Judge<'a>,
    maker: &'a Maker,
    coverage: &'a RefCell<Coverage>,
    /// The keys of rows that stand in the store before, and stay.
    standing: Vec<Value>,
    round: u64,
}

impl<'a> Oracle<'a> {
    pub(super) async fn of(
        running: &'a Running,
        run: &'a Run,
        served: Served<'a>,
        maker: &'a Maker,
        coverage: &'a RefCell<Coverage>,
    ) -> Result<Self, Failure> {
        let judge = Judge::of(served, coverage);
        let standing = rows::all(served.service).await.map_err(store_failed)?;
        let standing = standing.into_iter().map(|mut row| row.swap_remove(judge.meta().key)).collect();
        Ok(Oracle { running, run, judge, maker, coverage, standing, round: 0 })
    }

    /// Fills the store with random rows, and asks each caller's requests.
    pub(super) async fn round(&mut self, round: u64) -> Result<(), Failure> {
        self.round = round;
        let service = self.judge.served.service;
        let mut random = Random::of(self.run.seed, &[round, part_of(self.judge.served.name()), 1]);
        let mut taken = Taken::default();
        let mut gone = None;
        for index in 0..=ROWS {
            let Some(row) = self.maker.row(&mut random, &mut taken).map_err(Failure::Unfit)? else {
                continue;
            };
            let row = rows::insert(service, &row).await.map_err(store_failed)?;
            if index == 0 {
                let key = row[self.judge.meta().key].clone();
                rows::remove(service, &key).await.map_err(store_failed)?;
                gone = Some(key);
            }
        }
        for caller in &self.run.callers {
            let known = self.rows().await?;
            self.reads(&mut random, caller, &known, gone.as_ref()).await?;
        }
        for caller in &self.run.callers {
            for _ in 0..WRITES {
                self.write(&mut random, caller, gone.as_ref()).await?;
            }
        }
        self.clear().await
    }

    /// Removes the rows that were added.
    pub(super) async fn clear(&self) -> Result<(), Failure> {
        for row in self.rows().await? {
            let key = self.judge.key(&row);
            if !self.standing.contains(key) {
                rows::remove(self.judge.served.service, key).await.map_err(store_failed)?;
            }
        }
        Ok(())
    }

    /// All rows as they are.
    async fn rows(&self) -> Result<Vec<Row>, Failure> {
        let all = rows::all(self.judge.served.service).await.map_err(store_failed)?;
        all.into_iter().map(|row| self.judge.row(row)).collect()
    }

    /// The address of the row of a key.
    fn address(&self, key: &Value) -> String {
        let meta = self.judge.meta();
        let key = key_text(&json(meta, meta.key, key));
        format!("{}/{}", self.judge.served.path(), crate::http::encode(&key))
    }

    async fn ask(&self, caller: &Caller, sent: &Sent) -> Answer {
        self.coverage.borrow_mut().requests += 1;
        self.running.ask(caller, sent).await
    }

    /// The status of an operation that a caller may do to no row at all.
    fn refused(caller: &Caller) -> u16 {
        if caller.value().is_some() { 403 } else { 401 }
    }

    fn refute(
        &self,
        caller: &Caller,
        sent: &Sent,
        expected: String,
        answer: &Answer,
        about: About<'_>,
    ) -> Failure {
        let found = format!("{} {}{}", answer.status, answer.body, answer.why_failed());
        self.refute_found(caller, sent, expected, found, about)
    }

    fn refute_found(
        &self,
        caller: &Caller,
        sent: &Sent,
        expected: String,
        found: String,
        about: About<'_>,
    ) -> Failure {
        Failure::Refuted(Box::new(Counterexample {
            proof: Proof::Oracle,
            seed: self.run.seed,
            round: self.round,
            caller: caller.name.clone(),
            request: sent.curl(&caller.name),
            expected,
            found,
            rows: about.rows.iter().map(|row| self.judge.text(row)).collect(),
            rule: self.judge.rule_text(about.part),
        }))
    }
}

/// What a counterexample is about.
#[derive(Clone, Copy)]
struct About<'r> {
    part: Part,
    rows: &'r [&'r Row],
}
