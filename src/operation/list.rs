//! What a list is asked for, whoever asks: filters, the order, and the page.

use super::order::{Segment, segments};
use crate::resource::{Condition, Predicate, Resource, ResourceMeta, Sort};
use crate::store::{Columns, Order, Scope, Select};
use crate::value::Value;

/// What a list is asked for.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// The rows that are meant.
    pub(crate) filter: Condition,
    /// The order. It is empty if that is the ascending order of the key.
    pub(crate) terms: Vec<Order>,
    /// The values of the row that the page comes after, one for each term.
    pub(crate) after: Option<Vec<Value>>,
    /// How many rows to skip.
    pub(crate) skip: u64,
    /// How many rows to return at most.
    pub(crate) limit: u64,
    /// Whether one row more is read, to learn whether there is another page.
    pub(crate) looks_ahead: bool,
    /// Whether the rows are counted.
    pub(crate) counts: bool,
    /// The positions of the fields that are shown, if not all of them are.
    pub(crate) members: Option<Vec<usize>>,
    /// Identifies the query to its cursors.
    pub(crate) fingerprint: u64,
}

impl List {
    /// All rows, in the order of the key.
    pub(crate) fn of(skip: u64, limit: u64) -> Self {
        List {
            filter: Condition::TRUE,
            terms: Vec::new(),
            after: None,
            skip,
            limit,
            looks_ahead: false,
            counts: false,
            members: None,
            fingerprint: 0,
        }
    }

    /// The rows for which this is true, sorted by these columns, and at last by the key.
    pub(crate) fn matching(
        meta: &ResourceMeta,
        filter: Condition,
        sorts: impl IntoIterator<Item = (usize, bool)>,
    ) -> Self {
        let mut terms: Vec<Order> = Vec::new();
        for (column, descending) in sorts {
            if terms.iter().all(|known| known.column != column) {
                terms.push(Order::of(meta, column, descending));
            }
        }
        List { filter, terms: decided(terms, meta), ..List::of(0, u64::MAX) }
    }

    /// What the rows are sorted by: the key, if there is nothing else.
    pub(super) fn order_of(&self, meta: &ResourceMeta) -> Vec<Order> {
        match &*self.terms {
            [] => vec![Order::of(meta, meta.key, false)],
            terms => terms.to_vec(),
        }
    }

    /// The columns that the rows are sorted by.
    pub(crate) fn sorted_by(&self, meta: &ResourceMeta) -> Vec<usize> {
        self.order_of(meta).into_iter().map(|term| term.column).collect()
    }

    /// The next rows, after that with these values in the columns of the order.
    pub(crate) fn after(&self, position: Vec<Value>) -> Self {
        List { after: Some(position), skip: 0, ..self.clone() }
    }
}

/// The reads that a page of a resource's rows consists of, for the tests that ask an engine how it would read them.
#[must_use]
pub fn page_reads<R: Resource>(
    filter: Predicate<R>,
    sorts: impl IntoIterator<Item = Sort<R>>,
    after: Option<&[Value]>,
    scope: &Scope,
) -> Vec<Select> {
    let sorts = sorts.into_iter().map(|sort| (sort.column, sort.descending));
    let list = List::matching(R::RESOURCE, filter.into_condition(), sorts);
    let segments = segments(&list.order_of(R::RESOURCE), after, R::RESOURCE.key);
    let read = |Segment { filter, order }: Segment| Select {
        filter: list.filter.clone().and(filter),
        order,
        ..Select::page(0, Columns::Visible, 0, 20, scope.clone())
    };
    segments.into_iter().map(read).collect()
}

/// An order in which no two rows have the same place: the key decides at last, in the direction of the term before it.
/// Nothing is left to be decided after a value that no two rows share. The result is empty if that is the order of the
/// key.
pub(super) fn decided(mut terms: Vec<Order>, meta: &ResourceMeta) -> Vec<Order> {
    let decides =
        |term: &Order| term.column == meta.key || (meta.columns[term.column].unique && !term.may_be_null);
    match terms.iter().position(decides) {
        Some(last) => terms.truncate(last + 1),
        None => {
            let descending = terms.last().is_some_and(|term| term.descending);
            terms.push(Order::of(meta, meta.key, descending));
        }
    }
    match &*terms {
        [Order { column, descending: false, .. }] if *column == meta.key => Vec::new(),
        _ => terms,
    }
}
