//! Conditions on the rows of a table, as data. A client's query, the user's code and crewed itself all make them.

use serde_json::Value as Json;

use super::fold::{Folded, folded};
use crate::value::Value;

/// A condition on the rows of one table. Unlike in SQL it is either true or false: a comparison with NULL is false, and
/// its negation is true.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Condition {
    /// All of these are true. An empty list is true.
    All(Vec<Condition>),
    /// At least one of these is true. An empty list is false.
    Any(Vec<Condition>),
    /// This is false.
    Not(Box<Condition>),
    /// The row has this key.
    Key(Value),
    /// The comparison of a column with a value is true.
    Compare {
        /// The position of the column in the table.
        column: usize,
        /// The operator.
        comparison: Comparison,
        /// The value.
        value: Value,
    },
    /// The comparison of several columns with as many values is true: the first that differ decide. No column may be
    /// NULL.
    CompareRow {
        /// The positions of the columns in the table, with the values.
        columns: Vec<(usize, Value)>,
        /// The operator.
        comparison: Comparison,
    },
    /// A column has one of these values, of which there is at least one.
    In {
        /// The position of the column in the table.
        column: usize,
        /// The values.
        values: Vec<Value>,
    },
    /// A column is NULL.
    Null {
        /// The position of the column in the table.
        column: usize,
    },
    /// A text is found in a column.
    Text {
        /// The position of the column in the table.
        column: usize,
        /// How it is searched for.
        search: TextSearch,
        /// The text, which is not empty.
        text: String,
    },
    /// A text is a part of a column's text, whatever the case of the letters.
    ContainsFolded {
        /// The position of the column in the table.
        column: usize,
        /// The text, which is not empty.
        text: Box<Folded>,
    },
    /// A list in a JSON column has this item, which is a text, a number or a truth value.
    Has {
        /// The position of the column in the table.
        column: usize,
        /// The item.
        item: Box<Json>,
    },
}

/// A comparison operator. Texts compare by their bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// How a text is searched for in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextSearch {
    /// It is a part of the column's text.
    Contains,
    /// The column's text ends with it.
    EndsWith,
}

impl Condition {
    /// The condition that is true for every row.
    pub const TRUE: Condition = Condition::All(Vec::new());

    /// The condition that is true for no row.
    pub const FALSE: Condition = Condition::Any(Vec::new());

    /// Whether this is [`Condition::TRUE`].
    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Condition::All(all) if all.is_empty())
    }

    /// Whether this is [`Condition::FALSE`].
    pub(crate) fn is_false(&self) -> bool {
        matches!(self, Condition::Any(any) if any.is_empty())
    }

    /// Both are true.
    pub(crate) fn and(self, other: Condition) -> Self {
        match (self, other) {
            (one, other) if other.is_true() || one.is_false() => one,
            (one, other) if one.is_true() || other.is_false() => other,
            (Condition::All(mut all), other) => {
                all.push(other);
                Condition::All(all)
            }
            (one, other) => Condition::All(vec![one, other]),
        }
    }

    /// One of them is true.
    pub(crate) fn or(self, other: Condition) -> Self {
        match (self, other) {
            (one, other) if other.is_false() || one.is_true() => one,
            (one, other) if one.is_false() || other.is_true() => other,
            (Condition::Any(mut any), other) => {
                any.push(other);
                Condition::Any(any)
            }
            (one, other) => Condition::Any(vec![one, other]),
        }
    }

    /// This one is false.
    pub(crate) fn negated(self) -> Self {
        match self {
            Condition::Not(inner) => *inner,
            this if this.is_true() => Condition::FALSE,
            this if this.is_false() => Condition::TRUE,
            this => Condition::Not(Box::new(this)),
        }
    }

    /// What is left of it where some of its parts are known to be true.
    pub(crate) fn given(self, is_true: &dyn Fn(&Condition) -> bool) -> Self {
        match self {
            this if is_true(&this) => Condition::TRUE,
            Condition::All(all) => {
                all.into_iter().map(|part| part.given(is_true)).fold(Condition::TRUE, Condition::and)
            }
            Condition::Any(any) => {
                any.into_iter().map(|part| part.given(is_true)).fold(Condition::FALSE, Condition::or)
            }
            this => this,
        }
    }

    /// Whether this one is a part of it without which it is false.
    pub(crate) fn requires(&self, part: &Condition) -> bool {
        match self {
            this if this == part => true,
            Condition::All(all) => all.iter().any(|one| one.requires(part)),
            _ => false,
        }
    }

    /// A column's text has this one in it.
    pub(crate) fn contains(column: usize, text: &str) -> Self {
        Condition::search(column, TextSearch::Contains, text)
    }

    /// A column's text has this one in it, whatever the case of the letters.
    pub(crate) fn contains_folded(column: usize, text: &str) -> Self {
        match Condition::contains(column, &folded(text)) {
            Condition::Text { column, text, .. } => {
                Condition::ContainsFolded { column, text: Box::new(Folded::of(text)) }
            }
            certain => certain,
        }
    }

    /// A column's text ends with this one.
    pub(crate) fn ends_with(column: usize, text: &str) -> Self {
        Condition::search(column, TextSearch::EndsWith, text)
    }

    /// A column's text begins with this one. The texts that do so lie between it and the first text after them, which an
    /// index finds.
    pub(crate) fn starts_with(column: usize, text: &str) -> Self {
        if text.is_empty() || text.contains('\0') {
            return Condition::search(column, TextSearch::Contains, text);
        }
        let is = |comparison, text: String| Condition::Compare { column, comparison, value: text.into() };
        let from = is(Comparison::GreaterOrEqual, text.to_owned());
        match after_all_with(text) {
            Some(end) => from.and(is(Comparison::Less, end)),
            None => from,
        }
    }

    /// A list in a JSON column has this item.
    pub(crate) fn has(column: usize, item: Json) -> Self {
        match item {
            // PostgreSQL cannot be asked for this character.
            Json::String(text) if text.contains('\0') => Condition::FALSE,
            Json::String(_) | Json::Number(_) | Json::Bool(_) => {
                Condition::Has { column, item: Box::new(item) }
            }
            Json::Null | Json::Array(_) | Json::Object(_) => Condition::FALSE,
        }
    }

    fn search(column: usize, search: TextSearch, text: &str) -> Self {
        match text {
            // Every text has the empty one in it.
            "" => Condition::Null { column }.negated(),
            // No text is stored that has this character.
            text if text.contains('\0') => Condition::FALSE,
            text => Condition::Text { column, search, text: text.to_owned() },
        }
    }

    /// The approximate size of its values in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let values = match self {
            Condition::All(all) | Condition::Any(all) => return all.iter().map(Condition::bytes).sum(),
            Condition::Not(inner) => return inner.bytes(),
            Condition::Key(value) | Condition::Compare { value, .. } => value.bytes(),
            Condition::CompareRow { columns, .. } => columns.iter().map(|(_, value)| value.bytes()).sum(),
            Condition::In { values, .. } => values.iter().map(Value::bytes).sum(),
            Condition::Text { text, .. } => text.len(),
            Condition::ContainsFolded { text, .. } => text.bytes(),
            Condition::Has { item, .. } => item.as_str().map_or(0, str::len),
            Condition::Null { .. } => 0,
        };
        values + size_of::<Condition>()
    }
}

/// The first text that comes after all that begin with this one, or `None` if there is none.
fn after_all_with(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        let next = match last {
            // What comes between is no character.
            '\u{d7ff}' => Some('\u{e000}'),
            last => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_after_a_prefix() {
        for (prefix, end) in [
            ("a", Some("b")),
            ("ab\u{7f}", Some("ab\u{80}")),
            ("x\u{d7ff}", Some("x\u{e000}")),
            ("x\u{10ffff}", Some("y")),
            ("\u{10ffff}\u{10ffff}", None),
        ] {
            assert_eq!(after_all_with(prefix).as_deref(), end, "{prefix:?}");
        }
    }

    #[test]
    fn conditions_that_decide_nothing_are_left_out() {
        let one = || Condition::Null { column: 1 };
        let two = || Condition::Null { column: 2 };
        assert_eq!(Condition::TRUE.and(one()), one());
        assert_eq!(one().and(Condition::TRUE), one());
        assert_eq!(one().and(Condition::FALSE), Condition::FALSE);
        assert_eq!(Condition::FALSE.or(one()), one());
        assert_eq!(one().or(Condition::TRUE), Condition::TRUE);
        assert_eq!(one().and(two()).and(one()), Condition::All(vec![one(), two(), one()]));
        assert_eq!(one().negated().negated(), one());
        assert_eq!(Condition::TRUE.negated(), Condition::FALSE);
    }

    #[test]
    fn what_is_left_of_a_condition() {
        let one = || Condition::Null { column: 1 };
        let two = || Condition::Null { column: 2 };
        let left = |condition: Condition| condition.given(&|part| *part == one());
        assert_eq!(left(one().and(two())), two());
        assert_eq!(left(one().or(two())), Condition::TRUE);
        assert_eq!(left(two().and(one().or(two()))), two());
        assert_eq!(left(two().or(one().and(two()))), Condition::Any(vec![two(), two()]));
        // What a negation is of is another condition.
        assert_eq!(left(one().negated()), one().negated());
        assert!(one().requires(&one()) && two().and(one()).requires(&one()));
        assert!(!one().or(two()).requires(&one()) && !one().negated().requires(&one()));
    }
}
