//! Which rows a statement is about: conditions as data, and the one place that writes them as SQL.
//!
//! A table that is named in a statement without its scope shows rows to somebody who may not see them, and such a
//! hole is found late: nothing fails. So a `FROM` of a resource's table, and the `WHERE` of what changes one, are
//! written by [`Scope`] alone, which a test of the sources holds.

use super::draft::{Draft, Names};
use crate::value::Value;

/// A condition on the rows of one table. It is either so or not so of a row: a comparison with NULL is not so, and
/// its negation is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Predicate {
    /// Each of these is so; of none of them at all, too.
    All(Vec<Predicate>),
    /// At least one of these is so.
    Any(Vec<Predicate>),
    /// This is not so.
    Not(Box<Predicate>),
    /// The row has this key.
    Key(Value),
    /// A column compares so with a value.
    Compare {
        /// The position of the column in the table.
        column: usize,
        /// How.
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

/// How two values compare. Texts compare by their bytes.
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
    /// What is so of every row.
    pub const TRUE: Predicate = Predicate::All(Vec::new());

    /// Whether it is so of every row, whatever the rows.
    pub(super) fn is_true(&self) -> bool {
        matches!(self, Predicate::All(all) if all.is_empty())
    }

    /// How many bytes it holds, about.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Predicate::All(all) | Predicate::Any(all) => all.iter().map(Predicate::bytes).sum(),
            Predicate::Not(inner) => inner.bytes(),
            Predicate::Key(value) | Predicate::Compare { value, .. } => value.bytes(),
            Predicate::Null { .. } => 0,
        }
    }

    /// Writes it as one group in parentheses. Values become parameters, so that the text depends on the shape alone.
    pub(super) fn write<'a>(&'a self, names: &'a Names, draft: &mut Draft<'a>) {
        draft.push("(");
        match self {
            Predicate::All(all) => {
                each(all, " AND ", "TRUE", draft, |predicate, draft| predicate.write(names, draft));
            }
            Predicate::Any(any) => {
                each(any, " OR ", "FALSE", draft, |predicate, draft| predicate.write(names, draft));
            }
            // What is unknown to SQL is not so.
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

/// Which rows somebody may see or touch: a part of every statement. To everybody else's eyes the others are not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope(Predicate);

impl Scope {
    /// Every row.
    ///
    /// Whoever asks for it has decided that the caller may see all rows. Within this crate that is decided in one
    /// place, where an operation is carried out.
    #[must_use]
    pub const fn all() -> Self {
        Scope(Predicate::TRUE)
    }

    /// The rows of which this is so.
    #[must_use]
    pub const fn of(predicate: Predicate) -> Self {
        Scope(predicate)
    }

    /// What a constraint of the table compares a new row with: every row, whoever may see it.
    pub(super) const CONSTRAINT: &Scope = &Scope::all();

    pub(super) fn is_all(&self) -> bool {
        self.0.is_true()
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.bytes()
    }

    /// What is so of each of its rows.
    pub(super) fn predicate(&self) -> &Predicate {
        &self.0
    }

    /// Writes `FROM`, the table, and which of its rows.
    pub(super) fn from<'a>(&'a self, names: &'a Names, filters: &[Filter<'a>], draft: &mut Draft<'a>) {
        draft.push(" FROM ");
        draft.push(&names.table);
        self.filter(names, filters, draft);
    }

    /// Writes which of the rows of a table that was named before.
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
                Filter::Apart(column, value, own) => {
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

/// Which of the rows of a scope a statement is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Filter<'a> {
    /// The row of this key.
    Key(&'a Value),
    /// Those of which this is so.
    Is(&'a Predicate),
    /// Those that have this value in a column, and another key than this.
    Apart(usize, &'a Value, Option<&'a Value>),
}
