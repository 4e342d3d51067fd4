//! Why a proof does not hold, for people.

use std::fmt;

use super::Proof;

/// Why the proofs of access rules do not hold, or could not be made.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The program did not launch, or its store failed.
    Launch(String),
    /// The proofs cannot be made like this.
    Unfit(String),
    /// The proofs have found nothing, and have shown nothing either: these are the rules that were true of everything, or
    /// of nothing, and the resources of which nothing was hidden.
    Vacuous(Vec<String>),
    /// A request is not answered as the rules say.
    Refuted(Box<Counterexample>),
}

/// A request that is not answered as the rules say.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counterexample {
    /// The proof that has found it.
    pub proof: Proof,
    /// The seed and the round, for which the requests are the same in each run.
    pub seed: u64,
    /// See [`seed`](Self::seed).
    pub round: u64,
    /// The name of the caller.
    pub caller: String,
    /// The request, as a command line.
    pub request: String,
    /// What should have come.
    pub expected: String,
    /// What has come.
    pub found: String,
    /// The rows that it is about.
    pub rows: Vec<String>,
    /// The rule that it is about.
    pub rule: String,
}

impl Failure {
    /// The proof that does not hold, if one was refuted.
    #[must_use]
    pub fn proof(&self) -> Option<Proof> {
        match self {
            Failure::Refuted(counterexample) => Some(counterexample.proof),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Launch(why) => write!(f, "the program was not launched: {why}"),
            Failure::Unfit(why) => write!(f, "access rules cannot be proven like this: {why}"),
            Failure::Vacuous(why) => {
                f.write_str("the proofs of access rules have shown too little:")?;
                why.iter().try_for_each(|why| write!(f, "\n  - {why}"))
            }
            Failure::Refuted(counterexample) => counterexample.fmt(f),
        }
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counterexample { proof, seed, round, caller, request, expected, found, rows, rule } = self;
        writeln!(f, "access rules do not hold, by the proof of {proof}, seed {seed}, round {round}:")?;
        let part = |f: &mut fmt::Formatter<'_>, name: &str, text: &str| {
            let mut lines = text.lines();
            writeln!(f, "  {name:<9} {}", lines.next().unwrap_or_default())?;
            lines.try_for_each(|line| writeln!(f, "            {line}"))
        };
        part(f, "request:", request)?;
        part(f, "expected:", expected)?;
        part(f, "came:", found)?;
        part(f, "rule:", rule)?;
        rows.iter().try_for_each(|row| part(f, "row:", row))?;
        match proof {
            Proof::Oracle => write!(
                f,
                "either the value that was given for {caller} is not what the program makes of the credentials, or something \
                 else of the program's changes the answer, or this is a fault of crewed's"
            ),
            Proof::NonInterference => write!(
                f,
                "something in the answer depends on what {caller} does not see: in a fairing or a dependency of the \
                 program's, or by a fault of crewed's"
            ),
        }
    }
}

// A test that unwraps shows the same as one that panics by itself.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}
