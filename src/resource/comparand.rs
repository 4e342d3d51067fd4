//! A value that a column is compared with, which the column may not be able to have.
//!
//! A decimal may have more places than its column, and a time may be finer than what is stored. Rounding would make
//! equal what is not. So such a value is said to lie above the greatest storable one that is less, which is enough to
//! compare it exactly.

use super::{Comparison, Condition};
use crate::value::Value;

/// Where a value lies among those that a column can have.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Comparand {
    /// It is NULL.
    Null,
    /// It is this value.
    At(Value),
    /// It is greater than this value, and less than the next.
    Above(Value),
    /// It is less than every value.
    BelowAll,
    /// It has no place among them, as the number that is none.
    Nowhere,
}

impl Comparand {
    /// The condition that a column compares like this with the value. NULL is equal to NULL, and compares with nothing
    /// otherwise.
    pub(crate) fn compared(self, column: usize, comparison: Comparison) -> Condition {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let is = |comparison, value| Condition::Compare { column, comparison, value };
        match (self, comparison) {
            (this, NotEqual) => this.compared(column, Equal).negated(),
            (Comparand::Null, Equal) => Condition::Null { column },
            (Comparand::At(value), comparison) => is(comparison, value),
            (Comparand::Above(value), Greater | GreaterOrEqual) => is(Greater, value),
            (Comparand::Above(value), Less | LessOrEqual) => is(LessOrEqual, value),
            (Comparand::BelowAll, Greater | GreaterOrEqual) => Condition::Null { column }.negated(),
            (Comparand::Null | Comparand::Above(_) | Comparand::BelowAll | Comparand::Nowhere, _) => {
                Condition::FALSE
            }
        }
    }

    /// The condition that a column is equal to one of these values.
    pub(crate) fn one_of(all: impl IntoIterator<Item = Comparand>, column: usize) -> Condition {
        let (mut values, mut null) = (Vec::new(), Condition::FALSE);
        for comparand in all {
            match comparand {
                Comparand::At(value) => values.push(value),
                Comparand::Null => null = Condition::Null { column },
                Comparand::Above(_) | Comparand::BelowAll | Comparand::Nowhere => {}
            }
        }
        let found = match values.len() {
            0 => Condition::FALSE,
            1 => Condition::Compare { column, comparison: Comparison::Equal, value: values.remove(0) },
            _ => Condition::In { column, values },
        };
        found.or(null)
    }
}
