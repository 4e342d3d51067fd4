//! The second proof: two stores that agree in all that a caller may see, and differ in the rest, answer the caller's
//! requests alike.

mod alike;
mod requests;
mod twins;

use std::cell::RefCell;
use std::collections::BTreeSet;

use self::alike::Side;
use self::requests::{Requests, Wanted};
use self::twins::Twins;
use super::coverage::{Coverage, Part};
use super::failure::{Counterexample, Failure};
use super::judge::{Judge, columns, is_constant};
use super::maker::{Maker, rules};
use super::program::{Answer, Caller, Running, Sent, Served};
use super::random::Random;
use super::{Proof, Run, part_of, rows, store_failed};
use crate::resource::{Role, Rule};
use crate::value::Value;

/// How many reads are compared in a round, before anything is written.
const READS: usize = 24;

/// How many requests are compared in a round after that, half of which write.
const WRITES: usize = 20;

/// How many pages of a list are compared.
const PAGES: usize = 5;

/// How many rows a message has of each store.
const MOST_TOLD: usize = 8;

/// The proof for one resource.
pub(super) struct Interference<'a> {
    sides: [(&'a Running, Judge<'a>); 2],
    run: &'a Run,
    maker: &'a Maker,
    coverage: &'a RefCell<Coverage>,
    /// The keys of rows that stand in both stores before, and stay.
    standing: Vec<Value>,
    /// The fields that rules are about, whose values no caller who is subject to the rules can be kept from altogether.
    deciding: Vec<usize>,
    /// Whether a row was hidden, and the fields that were hidden in a row that was not.
    hid_rows: bool,
    hid_fields: BTreeSet<usize>,
    round: u64,
}

impl<'a> Interference<'a> {
    pub(super) async fn of(
        sides: [(&'a Running, Served<'a>); 2],
        run: &'a Run,
        maker: &'a Maker,
        coverage: &'a RefCell<Coverage>,
    ) -> Result<Self, Failure> {
        let sides = sides.map(|(running, served)| (running, Judge::of(served, coverage)));
        let access = sides[0].1.served.access;
        let owner = access.owner.map(|owner| owner.column);
        let mut deciding: Vec<usize> = access.caller_columns().map(|column| column.column).collect();
        rules(access).for_each(|rule| columns(&rule.rule, owner, &mut deciding));
        let mut interference = Interference {
            sides,
            run,
            maker,
            coverage,
            standing: Vec::new(),
            deciding,
            hid_rows: false,
            hid_fields: BTreeSet::new(),
            round: 0,
        };
        interference.standing = interference.standing().await?;
        Ok(interference)
    }

    fn judge(&self) -> &Judge<'a> {
        &self.sides[0].1
    }

    /// The keys of the rows that were prepared, which have to be the same in both stores, but for their times.
    async fn standing(&self) -> Result<Vec<Value>, Failure> {
        let meta = self.judge().meta();
        let mut all = Vec::new();
        for (_, judge) in &self.sides {
            all.push(rows::all(judge.served.service).await.map_err(store_failed)?);
        }
        let times = meta.columns.iter().enumerate();
        let times: Vec<usize> = times
            .filter(|(_, column)| matches!(column.role, Role::CreatedAt | Role::UpdatedAt))
            .map(|(index, _)| index)
            .collect();
        let mut keys = Vec::new();
        for rows in &mut all {
            keys = rows.iter().map(|row| row[meta.key].clone()).collect();
            rows.iter_mut().for_each(|row| times.iter().for_each(|time| row[*time] = Value::Null));
        }
        match all[0] == all[1] {
            true => Ok(keys),
            false => Err(Failure::Unfit(format!(
                "the rows of the resource `{}` that were prepared differ between the stores: prepare the same in both, with \
                 keys that are not random",
                self.judge().served.name()
            ))),
        }
    }

    /// Fills both stores, and compares the answers to a caller's requests.
    pub(super) async fn round(&mut self, round: u64) -> Result<(), Failure> {
        self.round = round;
        let run = self.run;
        let caller = &run.callers[(round % run.callers.len() as u64) as usize];
        let mut random = Random::of(run.seed, &[round, part_of(self.judge().served.name()), 2]);
        let twins = self.twins(&mut random, caller).await?;
        self.hid_rows |= twins.hides_rows;
        self.hid_fields.extend(&twins.hidden_fields);
        self.reads(&mut random, caller, &twins).await?;
        self.writes(&mut random, caller, &twins).await?;
        self.clear().await
    }

    /// Compares reads, exactly.
    async fn reads(&self, random: &mut Random, caller: &Caller, twins: &Twins) -> Result<(), Failure> {
        let mut sides = self.fresh_sides(twins);
        let requests = Requests::of(self.judge(), self.maker, twins, sides[0].leaves_out_times());
        for _ in 0..READS {
            let wanted = requests.read(random).map_err(Failure::Unfit)?;
            self.compare(caller, twins, &wanted, &mut sides).await?;
        }
        Ok(())
    }

    /// Compares writes and reads, but for what is generated.
    async fn writes(&self, random: &mut Random, caller: &Caller, twins: &Twins) -> Result<(), Failure> {
        let mut sides = self.fresh_sides(twins);
        sides.iter_mut().for_each(Side::ignore_what_is_generated);
        let requests = Requests::of(self.judge(), self.maker, twins, sides[0].leaves_out_times());
        for _ in 0..WRITES {
            let wanted = match random.percent(50) {
                true => requests.write(random, &sides[0].keys).map_err(Failure::Unfit)?,
                false => requests.read_of(random, &sides[0].keys).map_err(Failure::Unfit)?,
            };
            if !self.compare(caller, twins, &wanted, &mut sides).await? {
                // From here on the stores do not agree any more.
                break;
            }
        }
        Ok(())
    }

    fn fresh_sides(&self, twins: &Twins) -> [Side; 2] {
        let meta = self.judge().meta();
        [0, 1].map(|_| {
            let mut side = Side::of(meta, twins.keys.clone(), &self.run.ignored);
            if !self.standing.is_empty() {
                side.ignore_times();
            }
            side
        })
    }

    /// Compares the answers to a request, and the pages after it. Returns whether they are alike, or differ only by a value
    /// that is taken.
    async fn compare(
        &self,
        caller: &Caller,
        twins: &Twins,
        wanted: &Wanted,
        sides: &mut [Side; 2],
    ) -> Result<bool, Failure> {
        let mut sent = [wanted.sent(&sides[0].keys), wanted.sent(&sides[1].keys)];
        for _ in 0..PAGES {
            let one = self.ask(0, caller, &sent[0]).await;
            let other = self.ask(1, caller, &sent[1]).await;
            let is_conflict = [&one, &other].iter().any(|answer| answer.status == 409);
            if wanted.tells && is_conflict && one != other {
                self.coverage.borrow_mut().conflicts += 1;
                return Ok(false);
            }
            if one.status == 201 && other.status == 201 {
                sides[0].created(&one);
                sides[1].created(&other);
            }
            let alike = [sides[0].seen(&one), sides[1].seen(&other)];
            if alike[0] != alike[1] || one.status >= 500 {
                return Err(self.refute(caller, twins, &sent[0], &alike));
            }
            let (Some(next), Some(next_of_other)) = (one.next(), other.next()) else { break };
            sent =
                [next, next_of_other].map(|address| Sent { address: address.to_owned(), ..sent[0].clone() });
        }
        Ok(true)
    }

    async fn ask(&self, side: usize, caller: &Caller, sent: &Sent) -> Answer {
        self.coverage.borrow_mut().requests += 1;
        self.sides[side].0.ask(caller, sent).await
    }

    fn refute(&self, caller: &Caller, twins: &Twins, sent: &Sent, answers: &[Answer; 2]) -> Failure {
        let judge = self.judge();
        let mut told = Vec::new();
        for (name, rows) in ["only in the one store", "only in the other"].iter().zip(&twins.differing) {
            told.extend(rows.iter().take(MOST_TOLD).map(|row| format!("{name}: {}", judge.text(row))));
        }
        let [one, other] = answers.each_ref().map(Answer::to_string);
        let expected = match answers[0].status {
            500.. => "an answer, and no failure".to_owned(),
            _ => format!("the same from two stores that agree in all that {} may see", caller.name),
        };
        Failure::Refuted(Box::new(Counterexample {
            proof: Proof::NonInterference,
            seed: self.run.seed,
            round: self.round,
            caller: caller.name.clone(),
            request: sent.curl(&caller.name),
            expected,
            found: format!("from the one, {one}\nfrom the other, {other}{}", answers[0].why_failed()),
            rows: told,
            rule: judge.rule_text(Part::Read),
        }))
    }

    async fn clear(&self) -> Result<(), Failure> {
        for (_, judge) in &self.sides {
            let service = judge.served.service;
            let key = judge.meta().key;
            for row in rows::all(service).await.map_err(store_failed)? {
                if !self.standing.contains(&row[key]) {
                    rows::remove(service, &row[key]).await.map_err(store_failed)?;
                }
            }
        }
        Ok(())
    }

    /// What was to be hidden, and was hidden from nobody; and what could not be looked at.
    pub(super) fn shown_nothing(&self) -> (Vec<String>, Vec<String>) {
        let judge = self.judge();
        let (name, access) = (judge.served.name(), judge.served.access);
        let (mut empty, mut notes) = (Vec::new(), Vec::new());
        if matches!(access.read.rule, Rule::Public) && access.tenant.is_none() {
            notes.push(format!("everybody sees all rows of `{name}`, so that there are none to hide"));
        } else if !self.hid_rows && !is_constant(&access.read.rule) {
            empty.push(format!(
                "no row of `{name}` was hidden from anybody; add a caller who does not see all"
            ));
        }
        for field in access.fields.iter().filter(|field| field.read.is_some()) {
            let (column, meta) = (field.column, judge.meta());
            let field = meta.object.fields[column].name;
            if self.deciding.contains(&column) {
                notes.push(format!("`{field}` of `{name}` decides what callers may do, and was not varied"));
            } else if !self.hid_fields.contains(&column) && !meta.object.fields[column].write_only {
                empty.push(format!("`{field}` was hidden in no row of `{name}` that a caller saw"));
            }
        }
        (empty, notes)
    }
}
