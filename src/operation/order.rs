//! The order of the rows of a list, and the place in it where a page begins.
//!
//! A page that begins after a row is found by the values that the row has in the columns of the order: a keyset. An
//! index goes straight there, while rows that are skipped have to be read. NULL is greater than every value. A column
//! that may be NULL and comes first divides the rows into two segments, each of which is read by a statement of its own:
//! a single statement for both would have to sort all rows.

use crate::resource::{Comparison, Condition, ResourceMeta};
use crate::store::Order;
use crate::value::Value;

impl Order {
    pub(super) fn of(meta: &ResourceMeta, column: usize, descending: bool) -> Self {
        Order { column, descending, may_be_null: column != meta.key && meta.columns[column].nullable() }
    }

    /// The column has this value.
    fn is(self, value: &Value) -> Condition {
        match value {
            Value::Null => Condition::Null { column: self.column },
            value => self.compared(Comparison::Equal, value),
        }
    }

    /// The column comes after this value.
    fn is_beyond(self, value: &Value) -> Condition {
        let null = || Condition::Null { column: self.column };
        match (value, self.descending) {
            // Nothing is greater than NULL.
            (Value::Null, false) => Condition::FALSE,
            (Value::Null, true) => null().negated(),
            (value, true) => self.compared(Comparison::Less, value),
            (value, false) if self.may_be_null => self.compared(Comparison::Greater, value).or(null()),
            (value, false) => self.compared(Comparison::Greater, value),
        }
    }

    fn compared(self, comparison: Comparison, value: &Value) -> Condition {
        Condition::Compare { column: self.column, comparison, value: value.clone() }
    }
}

/// A part of the rows of a list, all of which come before those of the next part.
#[derive(Debug, PartialEq)]
pub(super) struct Segment {
    /// The rows of the segment that come after the position, if there is one.
    pub(super) filter: Condition,
    /// The order of the rows. It is empty if that is the order of the key.
    pub(super) order: Vec<Order>,
}

/// The segments of the rows in this order, from the row on that comes after the one with these values.
pub(super) fn segments(terms: &[Order], after: Option<&[Value]>, key: usize) -> Vec<Segment> {
    let Some((first, rest)) = terms.split_first() else { return Vec::new() };
    if !first.may_be_null {
        let is_by_key = rest.is_empty() && first.column == key && !first.descending;
        let order = if is_by_key { Vec::new() } else { terms.to_vec() };
        let filter = after.map_or(Condition::TRUE, |values| beyond(terms, values));
        return vec![Segment { filter, order }];
    }
    let null = || Condition::Null { column: first.column };
    let mut terms = terms.to_vec();
    terms[0].may_be_null = false;
    let within = |condition: Condition, segments: Vec<Segment>| -> Vec<Segment> {
        let within = |segment: Segment| Segment { filter: condition.clone().and(segment.filter), ..segment };
        segments.into_iter().map(within).collect()
    };
    let with_value = |after| within(null().negated(), segments(&terms, after, key));
    let without = |after| within(null(), segments(rest, after, key));
    let (former, latter) = match (after, first.descending) {
        (None, false) => (with_value(None), without(None)),
        (None, true) => (without(None), with_value(None)),
        (Some([Value::Null, values @ ..]), false) => (without(Some(values)), Vec::new()),
        (Some([Value::Null, values @ ..]), true) => (without(Some(values)), with_value(None)),
        (Some(values), false) => (with_value(Some(values)), without(None)),
        (Some(values), true) => (with_value(Some(values)), Vec::new()),
    };
    former.into_iter().chain(latter).collect()
}

/// The condition that a row comes after the one with these values.
fn beyond(terms: &[Order], values: &[Value]) -> Condition {
    let (Some((term, terms_left)), Some((value, values_left))) = (terms.split_first(), values.split_first())
    else {
        return Condition::FALSE;
    };
    if terms_left.is_empty() {
        return term.is_beyond(value);
    }
    let is_even = terms.iter().all(|other| other.descending == term.descending && !other.may_be_null);
    if is_even {
        let columns = terms.iter().map(|term| term.column).zip(values.iter().cloned()).collect();
        let comparison = if term.descending { Comparison::Less } else { Comparison::Greater };
        return Condition::CompareRow { columns, comparison };
    }
    let equal = term.is(value).and(beyond(terms_left, values_left));
    let either = term.is_beyond(value).or(equal);
    if term.may_be_null {
        return either;
    }
    // An index goes to where this begins. By the rest alone it could not tell.
    let from = if term.descending { Comparison::LessOrEqual } else { Comparison::GreaterOrEqual };
    term.compared(from, value).and(either)
}
