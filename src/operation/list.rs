//! `GET` on the collection.

use super::rows::ManyRows;
use super::{Outcome, Service, Told};
use crate::error::Error;
use crate::input;
use crate::issue::{Bound, Issue, IssueKind, Issues};
use crate::store::Read;
use crate::wire::Constraints;

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
    /// Lists rows by ascending key.
    ///
    /// # Errors
    /// A query that names other keys than `skip` and `limit`, or gives them no number in range; or
    /// the store's.
    pub async fn list(&self, query: &str) -> Result<Outcome, Error> {
        let (skip, limit) = self.page(query).map_err(Error::Invalid)?;
        let read = Read::Page { table: self.table, skip, limit };
        let rows = self
            .store
            .fetch(read, ManyRows::new(&self.layout))
            .await
            .map_err(|e| self.failed(e, Told::Nothing))?;
        rows.into_json().map(Outcome::Found).map_err(|rows| {
            let reason = format!("the rows are too long for one answer; `limit={}` is not", rows.max(1) - 1);
            let loc = vec!["query".into(), "limit".into()];
            let kind = IssueKind::Format { what: "", reason };
            Error::Invalid(vec![Issue::new(kind, loc, limit.into())])
        })
    }

    fn page(&self, query: &str) -> Result<(u64, u64), Issues> {
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
}
