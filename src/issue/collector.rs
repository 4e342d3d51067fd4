//! The walk through an input, which collects its issues and bounds what they and its values cost.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::echo::Echo;
use super::{Issue, IssueKind, Issues, REDACTED, Step};

/// How many issues are told of one request: what is wrong a hundred times over is not told better by
/// more, and a body of nothing but faults must not cost many times its own size.
pub const MOST_ISSUES: usize = 100;

/// How many bytes of what was sent are shown again in the issues of one input, all together. What no
/// longer fits is cut: a text stands in its place, with its beginning and its length.
pub const MOST_ECHOED: usize = 64 << 10;

/// How many bytes the issues of one input may come to, with their places and their words. No further
/// issue is collected then.
pub const MOST_TOLD: usize = 256 << 10;

/// How many bytes of memory the values of one body may take when they are read: sixteen for each byte of the
/// body, and never less than this.
pub(crate) const MOST_MEMORY: usize = 16 << 20;

/// How many bytes the values of a body of this length may take.
pub(crate) fn most_memory(length: usize) -> usize {
    length.saturating_mul(16).max(MOST_MEMORY)
}

/// How much is shown of what is cut, in bytes.
const EXCERPT: usize = 128;

/// Walks an input, knows where it stands, and collects what is wrong there.
#[derive(Debug)]
pub struct IssueCollector {
    loc: Vec<Step>,
    issues: Issues,
    /// Since which step values are secret, where they are.
    secret: Option<usize>,
    count: usize,
    /// How many bytes may still be shown again.
    echo_left: usize,
    /// How many bytes the issues may still come to.
    telling_left: usize,
    /// How many bytes the values may take, and how many of these are left.
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
            telling_left: MOST_TOLD,
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
        IssueCollector { loc: vec![place.into()], ..IssueCollector::default() }
    }

    /// A collector for a body of this length, in bytes.
    pub(crate) fn in_body(length: usize) -> Self {
        let memory = most_memory(length);
        IssueCollector { memory, memory_left: memory, ..IssueCollector::at("body") }
    }

    /// Does something one step further in.
    pub fn step<T>(&mut self, step: impl Into<Step>, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.loc.push(step.into());
        let result = inner(self);
        self.loc.pop();
        result
    }

    /// Does something where values are secret, if they are: nothing of them is noted, and no name that the client
    /// chose within them.
    pub fn secretly<T>(&mut self, secret: bool, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.secret;
        if secret && before.is_none() {
            self.secret = Some(self.loc.len());
        }
        let result = inner(self);
        self.secret = before;
        result
    }

    /// Notes a fault here. Returns `None`, which is what there is instead of a value.
    pub fn fault<T>(&mut self, kind: IssueKind, input: &(impl Echo + ?Sized)) -> Option<T> {
        self.count += 1;
        if !self.is_full() {
            let (kind, input) = match self.secret {
                Some(_) => (kind.without_words(), REDACTED.into()),
                None => (kind, self.echo(input)),
            };
            self.note(kind, input);
        }
        None
    }

    /// Whether no further issue is noted, so that there is no use in looking on.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full || self.issues.len() >= MOST_ISSUES
    }

    /// Whether there is memory left for so many bytes more, which are taken. Where there is not, that is
    /// the last fault that is noted, of the whole input.
    pub fn takes(&mut self, bytes: usize) -> bool {
        match self.memory_left.checked_sub(bytes) {
            Some(left) => self.memory_left = left,
            None => self.out_of_memory(),
        }
        !self.full
    }

    /// How many bytes the values may still take.
    pub(crate) fn memory_left(&self) -> usize {
        self.memory_left
    }

    /// Notes that the values of the input take too much memory.
    pub(crate) fn out_of_memory(&mut self) {
        self.count += 1;
        if !self.is_full() {
            let inner = self.loc.split_off(self.loc.len().min(1));
            self.note(IssueKind::TooManyValues { most: self.memory }, Json::Null);
            self.loc.extend(inner);
        }
        self.full = true;
    }

    /// The input, or its beginning where not all of it may be shown.
    fn echo(&mut self, input: &(impl Echo + ?Sized)) -> Json {
        if let Some(length) = input.length_within(self.echo_left) {
            self.echo_left -= length;
            return input.to_json();
        }
        let cut = match input.beginning(EXCERPT) {
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
        match self.telling_left.checked_sub(issue.length()) {
            Some(left) => self.telling_left = left,
            None => self.full = true,
        }
        self.issues.push(issue);
    }

    /// How many faults there were so far, noted or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Ends the walk.
    #[must_use]
    pub fn into_issues(self) -> Issues {
        self.issues
    }
}

/// Keeps the issues of several inputs within what those of one may come to.
pub(crate) fn keep_within_bounds(issues: &mut Issues) {
    let mut told = 0;
    let may_be_told = |issue: &&Issue| {
        let before = told;
        told += issue.length();
        before <= MOST_TOLD
    };
    let count = issues.iter().take(MOST_ISSUES).take_while(may_be_told).count();
    issues.truncate(count);
    let mut collector = IssueCollector::default();
    for issue in issues {
        // What was cut before is short, even where all of it must be escaped.
        if issue.input.length_within(8 * EXCERPT).is_none() {
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

    /// At the bound itself all is shown, one byte beyond it is cut.
    #[test]
    fn the_bound_is_where_it_is_said_to_be() {
        for (length, cut) in [(MOST_ECHOED - 2, false), (MOST_ECHOED - 1, true)] {
            let text = Json::from("é".repeat(length / 2) + if length % 2 == 1 { "x" } else { "" });
            let mut collector = IssueCollector::at("body");
            collector.fault::<()>(IssueKind::IntType, &text);
            let issues = collector.into_issues();
            assert_eq!(issues[0].input != text, cut, "{length}");
            if cut {
                let expected = format!("{}… ({length} bytes in all)", "é".repeat(EXCERPT / 2));
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
        assert!(collector.takes(MOST_MEMORY));
        collector.step("list", |collector| assert!(!collector.takes(1)));
        collector.fault::<()>(IssueKind::IntType, &Json::Null);
        let issues = collector.into_issues();
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].kind, IssueKind::TooManyValues { most: MOST_MEMORY });
        assert_eq!(issues[0].loc, [Step::from("body")]);
    }
}
