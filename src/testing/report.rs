//! What the proofs have looked at.

use std::fmt;

use super::coverage::{Coverage, Part};
use super::judge::{Judge, is_constant};

/// What the proofs of access rules have looked at, once they hold.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// How many requests were sent.
    pub requests: u64,
    /// Each rule that was proven.
    pub rules: Vec<ProvenRule>,
    /// Answers that differed since a unique value was taken by a row that the caller does not see, which no rule can hide.
    pub conflicts: u64,
    /// What could not be looked at.
    pub notes: Vec<String>,
}

/// A rule, and how often it was seen.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProvenRule {
    /// The rule, with its resource.
    pub rule: String,
    /// For how many rows and callers it was true.
    pub was_true: u64,
    /// For how many rows and callers it was false, or unknown.
    pub was_false: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "access rules hold, by {} requests", self.requests)?;
        if self.conflicts > 0 {
            writeln!(f, "{} of them were told that a value is taken by a row out of reach", self.conflicts)?;
        }
        for ProvenRule { rule, was_true, was_false } in &self.rules {
            writeln!(f, "  true {was_true:>6}, not {was_false:>6}  {rule}")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "  note: {note}"))
    }
}

impl Judge<'_> {
    /// Messages about rules that were always true, or never.
    pub(super) fn one_sided(&self, coverage: &Coverage) -> Vec<String> {
        let mut found = Vec::new();
        for part in self.parts() {
            let [never, always] = coverage.of(self.served.name(), part);
            let is_declared = self.rule(part).is_some_and(|rule| is_constant(&rule.rule));
            // What no operation asks for is asked of no row.
            let is_asked = self.meta().operations.iter().any(|operation| Part::of(operation) == part);
            let is_of_operation = matches!(part, Part::Create | Part::Update | Part::Delete);
            if is_declared || (is_of_operation && !is_asked) || (never > 0 && always > 0) {
                continue;
            }
            let text = self.rule_text(part);
            found.push(match (never, always) {
                (0, 0) => format!("{text}: was asked of no row"),
                (0, _) => {
                    format!("{text}: was true of every row and caller; add a caller for whom it is not, or more rounds")
                }
                _ => format!("{text}: was true of no row and caller; add a caller for whom it is, or more rounds"),
            });
        }
        found
    }

    /// What was seen of each rule.
    pub(super) fn proven(&self, coverage: &Coverage) -> Vec<ProvenRule> {
        let rule = |part| {
            let [was_false, was_true] = coverage.of(self.served.name(), part);
            ProvenRule { rule: self.rule_text(part), was_true, was_false }
        };
        self.parts().into_iter().map(rule).collect()
    }
}
