//! Conditions on rows as data, and the only place that writes them as SQL.
//!
//! A statement that names a table without the caller's scope would reveal rows that the caller may not see. Such a hole
//! is found late, since nothing fails. So only [`Scope`] writes the `FROM` of a resource's table, and the `WHERE` of a
//! statement that changes one; a test searches the sources for others.

use super::draft::{Draft, Names};
use crate::value::Value;

/// A condition on the rows of one table. Unlike in SQL it is either true or false: a comparison with NULL is false, and
/// its negation is true.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Predicate {
    /// All of these are true. An empty list is true.
    All(Vec<Predicate>),
    /// At least one of these is true. An empty list is false.
    Any(Vec<Predicate>),
    /// This is false.
    Not(Box<Predicate>),
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
    /// A column is NULL.
    Null {
        /// The position of the column in the table.
        column: usize,
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

impl Comparison {
    fn operator(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }
}

impl Predicate {
    /// The condition that is true for every row.
    pub const TRUE: Predicate = Predicate::All(Vec::new());

    /// Whether this is [`Predicate::TRUE`].
    pub(super) fn is_true(&self) -> bool {
        matches!(self, Predicate::All(all) if all.is_empty())
    }

    /// The approximate size of its values in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Predicate::All(all) | Predicate::Any(all) => all.iter().map(Predicate::bytes).sum(),
            Predicate::Not(inner) => inner.bytes(),
            Predicate::Key(value) | Predicate::Compare { value, .. } => value.bytes(),
            Predicate::Null { .. } => 0,
        }
    }

    /// Writes it in parentheses. Values become parameters, so that conditions of the same shape have the same text,
    /// which an engine prepares once.
    pub(super) fn write<'a>(&'a self, names: &'a Names, draft: &mut Draft<'a>) {
        draft.push("(");
        match self {
            Predicate::All(all) => {
                each(all, " AND ", "TRUE", draft, |predicate, draft| predicate.write(names, draft));
            }
            Predicate::Any(any) => {
                each(any, " OR ", "FALSE", draft, |predicate, draft| predicate.write(names, draft));
            }
            // SQL's `unknown` counts as false, so its negation must be true.
            Predicate::Not(inner) => {
                draft.push("NOT coalesce(");
                inner.write(names, draft);
                draft.push(", FALSE)");
            }
            Predicate::Key(value) => compare(names, names.key, Comparison::Equal, value, draft),
            Predicate::Compare { column, comparison, value } => {
                compare(names, *column, *comparison, value, draft);
            }
            Predicate::Null { column } => {
                draft.column(names, *column);
                draft.push(" IS NULL");
            }
        }
        draft.push(")");
    }
}

fn each<'a>(
    all: &'a [Predicate],
    between: &str,
    none: &str,
    draft: &mut Draft<'a>,
    write: impl Fn(&'a Predicate, &mut Draft<'a>),
) {
    if all.is_empty() {
        draft.push(none);
    }
    for (index, predicate) in all.iter().enumerate() {
        draft.push(if index > 0 { between } else { "" });
        write(predicate, draft);
    }
}

fn compare<'a>(
    names: &'a Names,
    column: usize,
    comparison: Comparison,
    value: &'a Value,
    draft: &mut Draft<'a>,
) {
    draft.column(names, column);
    draft.push(" ");
    draft.push(comparison.operator());
    draft.push(" ");
    draft.parameter(names, column, value);
}

/// The rows that a caller may read or write. It is a part of every statement, so that to the caller the other rows do
/// not exist.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope(Predicate);

impl Scope {
    /// Every row.
    ///
    /// Code that uses it decides that the caller may see all rows. Within this crate only the execution of an operation
    /// does.
    #[must_use]
    pub const fn all() -> Self {
        Scope(Predicate::TRUE)
    }

    /// The rows for which this condition is true.
    #[must_use]
    pub const fn of(predicate: Predicate) -> Self {
        Scope(predicate)
    }

    /// The rows that a constraint of the table covers: all of them, whether or not the caller may see them.
    pub(super) const CONSTRAINT: &Scope = &Scope::all();

    pub(super) fn is_all(&self) -> bool {
        self.0.is_true()
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.bytes()
    }

    /// The condition that is true for each of its rows.
    pub(super) fn predicate(&self) -> &Predicate {
        &self.0
    }

    /// Writes `FROM`, the table, and the `WHERE` of the scope and the filters.
    pub(super) fn from<'a>(&'a self, names: &'a Names, filters: &[Filter<'a>], draft: &mut Draft<'a>) {
        draft.push(" FROM ");
        draft.push(&names.table);
        self.filter(names, filters, draft);
    }

    /// Writes the `WHERE` of the scope and the filters, for a statement that has named the table already.
    pub(super) fn filter<'a>(&'a self, names: &'a Names, filters: &[Filter<'a>], draft: &mut Draft<'a>) {
        let mut before = " WHERE ";
        for filter in filters.iter().copied().chain([Filter::Is(&self.0)]) {
            match filter {
                Filter::Is(predicate) if predicate.is_true() => continue,
                Filter::Is(predicate) => {
                    draft.push(before);
                    predicate.write(names, draft);
                }
                Filter::Key(key) => {
                    draft.push(before);
                    compare(names, names.key, Comparison::Equal, key, draft);
                }
                Filter::Conflict(column, value, own) => {
                    draft.push(before);
                    compare(names, column, Comparison::Equal, value, draft);
                    if let Some(own) = own {
                        draft.push(" AND ");
                        compare(names, names.key, Comparison::NotEqual, own, draft);
                    }
                }
            }
            before = " AND ";
        }
    }
}

/// A condition that narrows the scope of a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Filter<'a> {
    /// The row with this key.
    Key(&'a Value),
    /// Rows for which this is true.
    Is(&'a Predicate),
    /// Rows with this value in a column, except the row with the given key.
    Conflict(usize, &'a Value, Option<&'a Value>),
}
