//! How much of a list one answer holds.

use super::Service;
use crate::input;
use crate::issue::{Bound, IssueCollector, Issues};
use crate::wire::{Constraints, Wire};

/// How many rows a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageSizes {
    /// Where `limit` is not sent.
    pub default: u32,
    /// The greatest `limit`.
    pub max: u32,
    /// The greatest `skip`: what is passed over has to be read all the same.
    pub skip: u64,
}

impl PageSizes {
    /// Pages of these sizes, after as many rows as may be passed over.
    #[must_use]
    pub const fn new(default: u32, max: u32, skip: u64) -> Self {
        PageSizes { default, max, skip }
    }

    pub(super) fn limit_constraints(self) -> Constraints {
        COUNT.le(Bound::Int(self.max.into()))
    }

    pub(super) fn skip_constraints(self) -> Constraints {
        COUNT.le(Bound::Int(i64::try_from(self.skip).unwrap_or(i64::MAX)))
    }
}

impl Default for PageSizes {
    fn default() -> Self {
        PageSizes::new(100, 1000, 10_000)
    }
}

const COUNT: Constraints = Constraints::NONE.ge(Bound::Int(0));

impl Service {
    /// The rows to pass over and the rows to show at most, as a query says.
    pub(super) fn page(&self, query: &str) -> Result<(u64, u64), Issues> {
        if query.is_empty() {
            return Ok((0, self.page.default.into()));
        }
        let (pairs, mut issues) = input::unicode_pairs(query, self.meta.object);
        let skip: Option<u64> = input::parameter(&pairs, "skip", &self.skip, &mut issues);
        let limit: Option<u64> = input::parameter(&pairs, "limit", &self.limit, &mut issues);
        issues.extend(input::unknown_keys(&pairs, &["skip", "limit"], self.meta.object));
        if issues.is_empty() {
            Ok((skip.unwrap_or(0), limit.unwrap_or(self.page.default.into())))
        } else {
            Err(issues)
        }
    }

    /// The issues of a page that is larger than the configuration allows.
    pub(super) fn within_page(&self, skip: u64, limit: u64) -> Result<(), Issues> {
        let mut collector = IssueCollector::at("query");
        for (name, count, constraints) in [("skip", skip, &self.skip), ("limit", limit, &self.limit)] {
            collector.step(name, |collector| u64::coerce(&count.into(), constraints, collector));
        }
        match collector.count() {
            0 => Ok(()),
            _ => Err(collector.into_issues()),
        }
    }
}
