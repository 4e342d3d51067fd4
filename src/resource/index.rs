//! Declared indexes, and the filters that an index would serve.

use super::{ColumnType, Operator, ResourceMeta};

/// A declared index over several columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexMeta {
    /// The positions of its columns, in its order.
    pub columns: &'static [usize],
    /// Whether no two rows may have the same values in all of them. A row with a NULL among them is never the same.
    pub unique: bool,
}

impl IndexMeta {
    /// Declares an index: `index(a, b)`.
    #[must_use]
    pub const fn new(columns: &'static [usize]) -> Self {
        IndexMeta { columns, unique: false }
    }

    /// Makes the columns unique together: `unique(a, b)`.
    #[must_use]
    pub const fn unique(self) -> Self {
        IndexMeta { unique: true, ..self }
    }

    /// The column whose values are unique within each tenant, if they are so by themselves.
    pub(crate) fn unique_in_tenant(&self, tenant: Option<usize>) -> Option<usize> {
        match *self.columns {
            [first, second] if self.unique && tenant == Some(first) => Some(second),
            [first, second] if self.unique && tenant == Some(second) => Some(first),
            _ => None,
        }
    }
}

/// The filters by a column that an index would serve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexedFilter {
    /// There is none. An index on truth values leaves half of the rows, and so does not count.
    #[default]
    None,
    /// Only those by the order of its values.
    Order,
    /// Those for values that are equal, too.
    Equal,
}

impl IndexedFilter {
    /// Those that clients may use by a field.
    pub(super) fn of(meta: &ResourceMeta, field: usize) -> Self {
        let constraints = &meta.object.fields[field].constraints;
        if matches!((meta.columns[field].kind)(constraints), ColumnType::Boolean) {
            return IndexedFilter::None;
        }
        let filters = meta.field_filters().into_iter().filter(|filter| filter.field == field);
        filters.fold(IndexedFilter::None, |known, filter| match filter.operator {
            Operator::Eq | Operator::In => IndexedFilter::Equal,
            Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte | Operator::StartsWith
                if known == IndexedFilter::None =>
            {
                IndexedFilter::Order
            }
            _ => known,
        })
    }
}
