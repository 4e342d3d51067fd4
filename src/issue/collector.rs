//! Collects the issues of an input while it is parsed, and bounds the size of the issues and the memory of the values.
//!
//! An error lists every issue, and each issue repeats the faulty value. Without bounds, a body made of faults would
//! cause an answer of many times its own size.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::echo::Echo;
use super::{Issue, IssueKind, Issues, REDACTED, Step};

/// The maximal number of issues of one request. More would not help the client, and a body that consists of faults must
/// not cost many times its own size.
pub const MOST_ISSUES: usize = 100;

/// How many bytes of the sent values are repeated in all issues of one input together. A value beyond that is replaced
/// by a text with its beginning and its length.
pub const MOST_ECHOED: usize = 64 << 10;

/// The maximal size in bytes of all issues of one input, with their locations and messages. No further issue is
/// collected beyond that.
pub const MOST_TOLD: usize = 256 << 10;

/// The memory in bytes that the parsed values of a body may always take. For a long body the limit is sixteen bytes for
/// each byte of it.
pub(crate) const MOST_MEMORY: usize = 16 << 20;

/// How many bytes of memory the parsed values of a body with this length may take.
pub(crate) fn most_memory(length: usize) -> usize {
    length.saturating_mul(16).max(MOST_MEMORY)
}

/// The length in bytes of the beginning of a value that is too long to be repeated.
const EXCERPT_LENGTH: usize = 128;

/// Collects issues. It keeps track of the location in the input that is being parsed.
#[derive(Debug)]
pub struct IssueCollector {
    loc: Vec<Step>,
    issues: Issues,
    /// The number of steps up to the outermost secret value, if the present value is within one.
    secret: Option<usize>,
    count: usize,
    /// How many bytes of values may still be repeated.
    echo_left: usize,
    /// How many bytes the issues may still take.
    size_left: usize,
    /// How much memory the values may take, and how much of it is left, in bytes.
    memory: usize,
    memory_left: usize,
    full: bool,
}

impl Default for IssueCollector {
    fn default() -> Self {
        IssueCollector {
            loc: Vec::new(),
            issues: Issues::new(),
            secret: None,
            count: 0,
            echo_left: MOST_ECHOED,
            size_left: MOST_TOLD,
            memory: MOST_MEMORY,
            memory_left: MOST_MEMORY,
            full: false,
        }
    }
}

impl IssueCollector {
    /// A collector that starts at a place: `body`, `path`, `query`.
    #[must_use]
    pub fn at(place: &'static str) -> Self {
        // Most locations have no more steps.
        let mut loc = Vec::with_capacity(4);
        loc.push(place.into());
        IssueCollector { loc, ..IssueCollector::default() }
    }

    /// A collector for a body of this length, in bytes.
    pub(crate) fn in_body(length: usize) -> Self {
        let memory = most_memory(length);
        IssueCollector { memory, memory_left: memory, ..IssueCollector::at("body") }
    }

    /// Runs `inner` one step further in.
    pub fn step<T>(&mut self, step: impl Into<Step>, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.loc.push(step.into());
        let result = inner(self);
        self.loc.pop();
        result
    }

    /// Runs `inner` for a value that may be secret. Issues within a secret value repeat nothing of it, not even the
    /// names of members that the client chose.
    pub fn secretly<T>(&mut self, secret: bool, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.secret;
        if secret && before.is_none() {
            self.secret = Some(self.loc.len());
        }
        let result = inner(self);
        self.secret = before;
        result
    }

    /// Adds an issue at the present location. Returns `None`, since there is no value.
    pub fn fault<T>(&mut self, kind: IssueKind, input: &(impl Echo + ?Sized)) -> Option<T> {
        self.count += 1;
        if !self.is_full() {
            let (kind, input) = match self.secret {
                Some(_) => (kind.redacted(), REDACTED.into()),
                None => (kind, self.echo(input)),
            };
            self.note(kind, input);
        }
        None
    }

    /// Whether no further issue is collected, so that the rest of the input need not be checked.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full || self.issues.len() >= MOST_ISSUES
    }

    /// Reserves memory for a value. If there is not enough, this returns `false`, and the last issue is one that
    /// concerns the whole input.
    pub fn reserve_memory(&mut self, bytes: usize) -> bool {
        match self.memory_left.checked_sub(bytes) {
            Some(left) => self.memory_left = left,
            None => self.out_of_memory(),
        }
        !self.full
    }

    /// How much memory the values may still take, in bytes.
    pub(crate) fn memory_left(&self) -> usize {
        self.memory_left
    }

    /// Adds the issue that the values of the input take too much memory.
    pub(crate) fn out_of_memory(&mut self) {
        self.count += 1;
        if !self.is_full() {
            let inner = self.loc.split_off(self.loc.len().min(1));
            self.note(IssueKind::TooManyValues { most: self.memory }, Json::Null);
            self.loc.extend(inner);
        }
        self.full = true;
    }

    /// The value to repeat in an issue, or its beginning if it is too long.
    fn echo(&mut self, input: &(impl Echo + ?Sized)) -> Json {
        if let Some(length) = input.length_within(self.echo_left) {
            self.echo_left -= length;
            return input.to_json();
        }
        let cut = match input.beginning(EXCERPT_LENGTH) {
            (beginning, Some(length)) => format!("{beginning}… ({length} bytes in all)"),
            (beginning, None) => format!("{beginning}…"),
        };
        cut.into()
    }

    fn note(&mut self, kind: IssueKind, input: Json) {
        let kind = kind.shortened();
        let secret = self.secret.unwrap_or(self.loc.len());
        let step = |(at, step): (usize, &Step)| match step {
            Step::Name(Cow::Owned(_)) if at >= secret => REDACTED.into(),
            step => step.shortened(),
        };
        let loc = self.loc.iter().enumerate().map(step).collect();
        let issue = Issue::new(kind, loc, input);
        match self.size_left.checked_sub(issue.length()) {
            Some(left) => self.size_left = left,
            None => self.full = true,
        }
        self.issues.push(issue);
    }

    /// The number of faults so far, including those beyond the limits.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The collected issues.
    #[must_use]
    pub fn into_issues(self) -> Issues {
        self.issues
    }
}

/// Limits the issues of several inputs to what those of one input may take.
pub(crate) fn keep_within_bounds(issues: &mut Issues) {
    let mut size = 0;
    let fits = |issue: &&Issue| {
        let before = size;
        size += issue.length();
        before <= MOST_TOLD
    };
    let count = issues.iter().take(MOST_ISSUES).take_while(fits).count();
    issues.truncate(count);
    let mut collector = IssueCollector::default();
    for issue in issues {
        // A value that was cut before is short, even if each of its characters is escaped, and must not be cut again.
        if issue.input.length_within(8 * EXCERPT_LENGTH).is_none() {
            issue.input = collector.echo(&issue.input);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::issue::MOST_OF_A_NAME;

    fn told(issues: &[Issue]) -> usize {
        issues.iter().map(|issue| issue.input.to_string().len()).sum()
    }

    #[test]
    fn what_is_echoed_is_bounded() {
        let whole = json!({"text": "x".repeat(40 << 10)});
        let mut collector = IssueCollector::at("body");
        for _ in 0..200 {
            collector.fault::<()>(IssueKind::Missing, &whole);
        }
        assert_eq!(collector.count(), 200);
        let issues = collector.into_issues();
        assert_eq!(issues.len(), MOST_ISSUES);
        assert_eq!(issues[0].input, whole);
        assert!(
            issues[1]
                .input
                .as_str()
                .is_some_and(|cut| cut.starts_with("{\"text\":\"xxx") && cut.ends_with('…'))
        );
        assert!(told(&issues) < MOST_ECHOED + MOST_ISSUES * 300);
    }

    /// A value that is as long as the limit is repeated; one that is longer by a byte is cut.
    #[test]
    fn the_bound_is_where_it_is_said_to_be() {
        for (length, cut) in [(MOST_ECHOED - 2, false), (MOST_ECHOED - 1, true)] {
            let text = Json::from("é".repeat(length / 2) + if length % 2 == 1 { "x" } else { "" });
            let mut collector = IssueCollector::at("body");
            collector.fault::<()>(IssueKind::IntType, &text);
            let issues = collector.into_issues();
            assert_eq!(issues[0].input != text, cut, "{length}");
            if cut {
                let expected = format!("{}… ({length} bytes in all)", "é".repeat(EXCERPT_LENGTH / 2));
                assert_eq!(issues[0].input, Json::from(expected));
            }
        }
    }

    #[test]
    fn long_names_do_not_multiply() {
        let mut collector = IssueCollector::at("body");
        collector.step("한".repeat(100_000), |collector| {
            for index in 0..1000 {
                collector.step(index, |collector| collector.fault::<()>(IssueKind::IntType, &Json::Null));
            }
        });
        let issues = collector.into_issues();
        assert_eq!(issues.len(), MOST_ISSUES);
        let Step::Name(name) = &issues[0].loc[1] else { panic!("{issues:?}") };
        assert!(name.len() <= MOST_OF_A_NAME + '…'.len_utf8() && name.ends_with('…'));
    }

    #[test]
    fn places_that_are_deep_end_the_collecting() {
        let mut collector = IssueCollector::at("body");
        fn deeper(depth: usize, collector: &mut IssueCollector) {
            match depth {
                0 => (0..1000).for_each(|_| {
                    collector.fault::<()>(IssueKind::IntType, &Json::Null);
                }),
                _ => collector.step("n".repeat(MOST_OF_A_NAME), |collector| deeper(depth - 1, collector)),
            }
        }
        deeper(120, &mut collector);
        assert!(collector.is_full());
        assert_eq!(collector.into_issues().len(), MOST_TOLD / (120 * MOST_OF_A_NAME) + 1);
    }

    #[test]
    fn memory_is_bounded_and_told_once() {
        let mut collector = IssueCollector::at("body");
        assert!(collector.reserve_memory(MOST_MEMORY));
        collector.step("list", |collector| assert!(!collector.reserve_memory(1)));
        collector.fault::<()>(IssueKind::IntType, &Json::Null);
        let issues = collector.into_issues();
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].kind, IssueKind::TooManyValues { most: MOST_MEMORY });
        assert_eq!(issues[0].loc, [Step::from("body")]);
    }
}
