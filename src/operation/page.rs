//! Pagination: how many rows a list skips and returns.

use super::Service;
use crate::issue::{Bound, IssueCollector, Issues};
use crate::wire::{Constraints, Wire};

/// The bounds of `skip` and `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) struct PageSizes {
    /// The `limit` of a request that sends none.
    pub default: u32,
    /// The greatest `limit`.
    pub max: u32,
    /// The greatest `skip`. It is bounded since the database has to read the rows that are skipped.
    pub skip: u64,
}

impl PageSizes {
    /// Bounds with this default of `limit`, and these greatest values of `limit` and `skip`.
    #[must_use]
    pub(crate) const fn new(default: u32, max: u32, skip: u64) -> Self {
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

/// A number that is not negative.
pub(super) const COUNT: Constraints = Constraints::NONE.ge(Bound::Int(0));

impl Service {
    /// Checks `skip` and `limit` against the bounds of the configuration.
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
