//! Proofs of an API's access rules, for its own tests: the feature `testing`.
//!
//! ```
//! # use crewed::prelude::*;
//! use crewed::testing;
//! # use crewed::rocket::http::{Header, Status};
//! # use crewed::rocket::request::{FromRequest, Outcome};
//! # #[crewed::caller]
//! # struct Me { #[caller(id)] id: i64, is_editor: bool }
//! # #[crewed::rocket::async_trait]
//! # impl<'r> FromRequest<'r> for Me {
//! #     type Error = HttpError;
//! #     async fn from_request(request: &'r crewed::rocket::Request<'_>) -> Outcome<Self, HttpError> {
//! #         match request.headers().get_one("x-user") {
//! #             Some("ada") => Outcome::Success(Me { id: 1, is_editor: true }),
//! #             Some("bob") => Outcome::Success(Me { id: 2, is_editor: false }),
//! #             Some(_) => Outcome::Error((Status::Unauthorized, HttpError::new(401, "Bad credentials"))),
//! #             None => Outcome::Forward(Status::Unauthorized),
//! #         }
//! #     }
//! # }
//!
//! #[resource("/notes", access(caller = Me, read(owner || caller.is_editor), create(caller), update(owner), delete(owner)))]
//! struct Note {
//!     #[field(key, generated)]
//!     id: i64,
//!     #[field(owner)]
//!     owner_id: i64,
//!     text: String,
//! }
//!
//! // Under `#[test]`.
//! fn access_rules_hold() {
//!     testing::access(|config| rocket::custom(config).attach(Api::new().resource::<Note>()))
//!         .caller("ada", Me { id: 1, is_editor: true }, |request| request.header(Header::new("x-user", "ada")))
//!         .caller("bob", Me { id: 2, is_editor: false }, |request| request.header(Header::new("x-user", "bob")))
//!         .prove();
//! }
//! # fn main() { access_rules_hold() }
//! ```
//!
//! Each resource with access rules is proven twice, by random rows and requests:
//!
//! - **Oracle**: what each request shows and changes is what the rules say, which are closures of Rust for that.
//! - **Non-interference**: two stores that agree in all that a caller may see, and differ in the rest, answer the same
//!   requests of theirs byte for byte alike, so that no answer tells of rows and fields that are hidden. What is generated is
//!   left out of the comparison: keys and times.
//!
//! One thing tells of hidden rows whatever the rules are: a `unique` value that is taken is a 409. Requests avoid values
//! that hidden rows have; where a unique field has too few values for that, [`Report::conflicts`] counts the answers that
//! differed.
//!
//! Functions under `#[get]` and its like are not proven, since what they do with rows is their own affair, and neither are
//! answers of [`Api::on_error`](crate::Api::on_error), which may say anything.

mod coverage;
mod failure;
mod interference;
mod judge;
mod maker;
mod oracle;
mod program;
mod random;
mod report;
mod rows;
mod texts;
mod values;

pub use failure::{Counterexample, Failure};
pub use report::{ProvenRule, Report};

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use rocket::figment::Figment;
use rocket::local::asynchronous::LocalRequest;
use rocket::{Build, Orbit, Rocket};
use serde_json::Value as Json;

use self::coverage::Coverage;
use self::interference::Interference;
use self::judge::Judge;
use self::maker::Maker;
use self::oracle::Oracle;
use self::program::{Caller, Prepare, Program, Running, Served};
use crate::resource::AnyCaller;
use crate::store::StoreError;

/// A store of which each rocket has one of its own.
const MEMORY: &str = "sqlite::memory:";

/// A proof of access rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Proof {
    /// What is shown and changed is what the rules say.
    Oracle,
    /// No answer tells of what is hidden.
    NonInterference,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Proof::Oracle => "the oracle",
            Proof::NonInterference => "non-interference",
        })
    }
}

/// Proves the access rules of a program, which the closure builds upon a configuration: [`Access`].
///
/// The configuration has nothing but a store. Whatever else the program needs, the closure merges into it.
pub fn access(program: impl Fn(Figment) -> Rocket<Build> + 'static) -> Access {
    Access {
        program: Box::new(program),
        prepare: None,
        stores: [MEMORY.to_owned(), MEMORY.to_owned()],
        proofs: vec![Proof::Oracle, Proof::NonInterference],
        run: Run { callers: vec![Caller::nobody()], seed: 0, rounds: 20, ignored: Vec::new() },
    }
}

/// The proofs of a program's access rules, which [`access`] makes: see the [module](self).
#[must_use = "nothing is proven before `prove` or `holds`"]
pub struct Access {
    program: Program,
    prepare: Option<Prepare>,
    stores: [String; 2],
    proofs: Vec<Proof>,
    run: Run,
}

/// What all proofs of a run have in common.
struct Run {
    callers: Vec<Caller>,
    seed: u64,
    rounds: u64,
    /// The headers that answers may differ in.
    ignored: Vec<String>,
}

impl Access {
    /// Adds a caller: a name for messages, what the program makes of their credentials, and how a request is given these.
    /// Somebody without credentials is among the callers anyway.
    ///
    /// Rules are proven for these callers alone, so that they should be unlike each other: of each role, of two tenants.
    /// Two of the same kind tell whether what belongs to one is kept from the other.
    pub fn caller<C: crate::Caller>(
        mut self,
        name: impl Into<String>,
        value: C,
        request: impl for<'c> Fn(LocalRequest<'c>) -> LocalRequest<'c> + 'static,
    ) -> Self {
        let caller = Caller { name: name.into(), value: Some(Box::new(value)), authorize: Box::new(request) };
        self.run.callers.push(caller);
        self
    }

    /// Sets the two stores, by what stands under `store` in a configuration. They must be empty, and are afterwards. Two
    /// `sqlite::memory:` are the default.
    pub fn stores(self, one: impl Into<String>, other: impl Into<String>) -> Self {
        Access { stores: [one.into(), other.into()], ..self }
    }

    /// Adds rows to both stores before anything is asked, such as the accounts that credentials belong to. They are never
    /// changed, and have to be the same in both, but for their times.
    ///
    /// ```
    /// # use crewed::prelude::*;
    /// # use crewed::testing;
    /// # #[resource("/accounts")]
    /// # struct Account { #[field(key)] name: String }
    /// # fn api() -> Api { Api::new().resource::<Account>() }
    /// let proofs = testing::access(|config| rocket::custom(config).attach(api())).prepare(async |rocket| {
    ///     let accounts = Repository::<Account>::of(rocket).expect("accounts are served");
    ///     accounts.create(AccountCreate { name: "ada".to_owned() }).await.expect("a row");
    /// });
    /// # let _ = proofs;
    /// ```
    pub fn prepare(self, prepare: impl AsyncFn(&Rocket<Orbit>) + 'static) -> Self {
        let prepare = Rc::new(prepare);
        let prepare: Prepare = Box::new(move |rocket| {
            let prepare = Rc::clone(&prepare);
            Box::pin(async move { prepare(rocket).await })
        });
        Access { prepare: Some(prepare), ..self }
    }

    /// Sets the seed. The rows and requests of a run follow from it, so that a run can be repeated.
    pub fn seed(mut self, seed: u64) -> Self {
        self.run.seed = seed;
        self
    }

    /// Sets the number of rounds, each with rows of its own: 20 by default, and at least one for each caller.
    pub fn rounds(mut self, rounds: u64) -> Self {
        self.run.rounds = rounds;
        self
    }

    /// Lets answers differ in a header, such as an id of the request that a fairing has made up.
    pub fn except_header(mut self, name: impl Into<String>) -> Self {
        self.run.ignored.push(name.into());
        self
    }

    /// Makes one of the proofs alone.
    pub fn only(self, proof: Proof) -> Self {
        Access { proofs: vec![proof], ..self }
    }

    /// Makes the proofs.
    ///
    /// # Panics
    /// If they do not hold. The message has the request, what was expected and what came. Within an async function it
    /// panics as well: there is [`holds`](Self::holds).
    pub fn prove(self) -> Report {
        match rocket::async_test(self.holds()) {
            Ok(report) => report,
            Err(failure) => panic!("{failure}"),
        }
    }

    /// Makes the proofs.
    ///
    /// # Errors
    /// They do not hold, have shown nothing, or cannot be made.
    pub async fn holds(self) -> Result<Report, Failure> {
        let [first, second] = &self.stores;
        if first == second && first != MEMORY {
            return Err(Failure::Unfit(format!("both stores are `{first}`: name two")));
        }
        let coverage = RefCell::new(Coverage::default());
        let running = [self.launched(first).await?, self.launched(second).await?];
        if let Some(prepare) = &self.prepare {
            for running in &running {
                prepare(running.rocket()).await;
            }
        }
        let proven = self.proven(&running, &coverage).await;
        for running in &running {
            running.empty().await?;
        }
        proven
    }

    async fn proven(
        &self,
        [one, other]: &[Running; 2],
        coverage: &RefCell<Coverage>,
    ) -> Result<Report, Failure> {
        let mut report = Report::default();
        if self.proofs.contains(&Proof::Oracle) {
            for served in one.resources() {
                let maker = self.maker(&served);
                let mut oracle = Oracle::of(one, &self.run, served, &maker, coverage).await?;
                for round in 0..self.all_rounds() {
                    oracle.round(round).await?;
                }
            }
            let judges: Vec<_> =
                one.resources().into_iter().map(|served| Judge::of(served, coverage)).collect();
            let one_sided: Vec<String> =
                judges.iter().flat_map(|judge| judge.one_sided(&coverage.borrow())).collect();
            if !one_sided.is_empty() {
                return Err(Failure::Vacuous(one_sided));
            }
            report.rules = judges.iter().flat_map(|judge| judge.proven(&coverage.borrow())).collect();
        }
        if self.proofs.contains(&Proof::NonInterference) {
            let mut empty = Vec::new();
            for (first, second) in one.resources().into_iter().zip(other.resources()) {
                let maker = self.maker(&first);
                let sides = [(one, first), (other, second)];
                let mut interference = Interference::of(sides, &self.run, &maker, coverage).await?;
                for round in 0..self.all_rounds() {
                    interference.round(round).await?;
                }
                let (nothing, notes) = interference.shown_nothing();
                empty.extend(nothing);
                report.notes.extend(notes);
            }
            if !empty.is_empty() {
                return Err(Failure::Vacuous(empty));
            }
        }
        let coverage = coverage.borrow();
        Ok(Report { requests: coverage.requests, conflicts: coverage.conflicts, ..report })
    }

    /// Launches the program on a store that has no rows.
    async fn launched(&self, store: &str) -> Result<Running, Failure> {
        let running = Running::launch(&self.program, store).await?;
        let resources = running.resources();
        if resources.is_empty() {
            return Err(Failure::Unfit("no resource of the program has access rules".to_owned()));
        }
        resources.iter().try_for_each(|served| self.is_fit(served))?;
        if let Some(resource) = running.has_rows_of().await? {
            return Err(Failure::Unfit(format!(
                "the store `{store}` has rows of the resource `{resource}`: name one that may be filled and emptied"
            )));
        }
        Ok(running)
    }

    /// Whether the callers are of the type that a resource has rules for.
    fn is_fit(&self, served: &Served<'_>) -> Result<(), Failure> {
        if !served.access.depends_on_caller() {
            return Ok(());
        }
        let is_other = |caller: &&Caller| {
            let is_of_type = |value: &AnyCaller| value.type_id() == served.service.caller_type();
            caller.value().is_some_and(|value| !is_of_type(value))
        };
        match self.run.callers.iter().find(is_other) {
            None => Ok(()),
            Some(caller) => Err(Failure::Unfit(format!(
                "the rules of the resource `{}` are for callers of another type than that of `{}`: prove it in a program of \
                 its own",
                served.name(),
                caller.name
            ))),
        }
    }

    fn maker(&self, served: &Served<'_>) -> Maker {
        let callers: Vec<&AnyCaller> = self.run.callers.iter().filter_map(Caller::value).collect();
        Maker::of(served.service.meta(), served.access, &callers)
    }

    fn all_rounds(&self) -> u64 {
        self.run.rounds.max(self.run.callers.len() as u64)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let callers: Vec<&str> = self.run.callers.iter().map(|caller| caller.name.as_str()).collect();
        f.debug_struct("Access")
            .field("callers", &callers)
            .field("seed", &self.run.seed)
            .finish_non_exhaustive()
    }
}

fn store_failed(error: StoreError) -> Failure {
    Failure::Launch(format!("its store failed: {error}"))
}

/// The text of a key in a path, before it is encoded.
fn key_text(key: &Json) -> String {
    match key {
        Json::String(text) => text.clone(),
        key => key.to_string(),
    }
}

/// A number for a name, the same in each run.
fn part_of(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
