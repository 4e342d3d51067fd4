//! Conditions on rows as data, and the only place that writes them as SQL.
//!
//! A statement that names a table without the caller's scope would reveal rows that the caller may not see. Such a hole
//! is found late, since nothing fails. So only [`Scope`] writes the `FROM` of a resource's table, and the `WHERE` of a
//! statement that changes one; a test searches the sources for others.

use std::fmt::Write as _;

use super::draft::{Draft, Names};
use super::mask::Mask;
use crate::resource::{ColumnType, Comparison, Condition, TextSearch};
use crate::value::{Value, ValueRef};

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

/// The comparison that is true where this one is false.
fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

/// Writes a column: its name, or an expression if it is masked for the caller.
pub(super) fn write_column<'a>(names: &'a Names, column: usize, draft: &mut Draft<'a>) {
    match draft.masks.iter().find(|mask| mask.column == column) {
        None => draft.name(names, column),
        Some(_) if let Some((_, text)) = draft.masked.iter().find(|(known, _)| *known == column) => {
            draft.text.push_str(text);
        }
        Some(mask) => {
            let start = draft.text.len();
            // The rule that masks a column is about the values that there are.
            let masks = std::mem::take(&mut draft.masks);
            draft.push("CASE WHEN ");
            write_condition(&mask.shown, names, draft);
            draft.push(" THEN ");
            // Of a whole number SQLite makes an integer, unless it reads the column itself.
            let [before, after] = match names.types[column] {
                ColumnType::Real => ["CAST(", " AS double precision)"],
                _ => ["", ""],
            };
            draft.push(before);
            draft.name(names, column);
            draft.push(after);
            draft.push(" END");
            draft.masks = masks;
            let text = draft.text[start..].to_owned();
            draft.masked.push((column, text));
        }
    }
}

/// The same as a text of its own.
fn column_text<'a>(names: &'a Names, column: usize, draft: &mut Draft<'a>) -> String {
    let start = draft.text.len();
    write_column(names, column, draft);
    draft.text.split_off(start)
}

/// Writes a condition in parentheses. Values become parameters, so that conditions of the same shape have the same
/// text, which an engine prepares once.
pub(super) fn write_condition<'a>(condition: &'a Condition, names: &'a Names, draft: &mut Draft<'a>) {
    draft.push("(");
    match condition {
        Condition::All(all) => each(all, " AND ", "TRUE", names, draft),
        Condition::Any(any) => each(any, " OR ", "FALSE", names, draft),
        Condition::Not(inner) => match &**inner {
            // An index serves a comparison, and no negation.
            Condition::Compare { column, comparison, value } if !names.nullable[*column] => {
                compare(names, *column, opposite(*comparison), value, draft);
            }
            Condition::Null { column } => {
                write_column(names, *column, draft);
                draft.push(" IS NOT NULL");
            }
            inner if !may_be_unknown(inner, names) => {
                draft.push("NOT ");
                write_condition(inner, names, draft);
            }
            // SQL's `unknown` counts as false, so its negation must be true.
            inner => {
                draft.push("NOT coalesce(");
                write_condition(inner, names, draft);
                draft.push(", FALSE)");
            }
        },
        Condition::Key(value) => compare(names, names.key, Comparison::Equal, value, draft),
        Condition::Compare { column, comparison, value } => {
            compare(names, *column, *comparison, value, draft);
        }
        Condition::CompareRow { columns, comparison } => {
            for (index, (column, _)) in columns.iter().enumerate() {
                draft.push(if index > 0 { ", " } else { "(" });
                write_column(names, *column, draft);
            }
            let _ = write!(draft.text, ") {} ", operator(*comparison));
            for (index, (column, value)) in columns.iter().enumerate() {
                draft.push(if index > 0 { ", " } else { "(" });
                draft.parameter(names, *column, value);
            }
            draft.push(")");
        }
        Condition::In { column, values } => {
            write_column(names, *column, draft);
            // The last value is repeated, so that there are few lengths of lists, and few statements.
            let count = match values.len() {
                few @ ..=512 => few.next_power_of_two(),
                many => many,
            };
            let repeated = values.iter().chain(values.last().into_iter().cycle()).take(count);
            for (index, value) in repeated.enumerate() {
                draft.push(if index > 0 { ", " } else { " IN (" });
                draft.parameter(names, *column, value);
            }
            draft.push(")");
        }
        Condition::Null { column } => {
            write_column(names, *column, draft);
            draft.push(" IS NULL");
        }
        Condition::Text { column, search, text } => {
            let parameter = draft.position_of(names, ValueRef::Text(text), ColumnType::Text);
            let text = (names.dialect.text_search)(&column_text(names, *column, draft), *search, &parameter);
            draft.push(&text);
        }
        Condition::ContainsFolded { column, text } => {
            let column = column_text(names, *column, draft);
            let mut bind = |text| draft.position_of(names, ValueRef::Text(text), ColumnType::Text);
            let found = match (names.dialect.folds_by_pattern, &text.letters) {
                (false, _) => (names.dialect.contains_folded)(&column, &bind(&text.text)),
                (true, None) => (names.dialect.contains_folded)(&column, &bind(&text.pattern)),
                (true, Some([from, to])) => {
                    let begins = (names.dialect.contains_folded)(&column, &bind(&text.pattern));
                    let translated = format!("translate({column}, {}, {})", bind(from), bind(to));
                    let whole = bind(&text.text);
                    let whole = (names.dialect.text_search)(&translated, TextSearch::Contains, &whole);
                    format!("{begins} AND {whole}")
                }
            };
            draft.push(&found);
        }
        Condition::Has { column, item } => {
            let (value, kind) = super::draft::scalar(item);
            let parameter = draft.position_of(names, value, kind);
            let text = (names.dialect.has)(&column_text(names, *column, draft), kind, &parameter);
            draft.push(&text);
        }
    }
    draft.push(")");
}

/// Whether a condition is unknown, in SQL's terms, where a column is NULL.
fn may_be_unknown(condition: &Condition, names: &Names) -> bool {
    match condition {
        Condition::All(all) | Condition::Any(all) => {
            all.iter().any(|condition| may_be_unknown(condition, names))
        }
        Condition::Compare { column, .. }
        | Condition::In { column, .. }
        | Condition::Text { column, .. }
        | Condition::ContainsFolded { column, .. }
        | Condition::Has { column, .. } => names.nullable[*column],
        Condition::CompareRow { columns, .. } => columns.iter().any(|(column, _)| names.nullable[*column]),
        _ => false,
    }
}

fn each<'a>(all: &'a [Condition], between: &str, none: &str, names: &'a Names, draft: &mut Draft<'a>) {
    if all.is_empty() {
        draft.push(none);
    }
    // SQLite takes a row of more than a thousand for too deep an expression.
    const MANY: usize = 256;
    if all.len() > MANY {
        let half = all.len() / 2;
        draft.push("(");
        each(&all[..half], between, none, names, draft);
        draft.push(")");
        draft.push(between);
        draft.push("(");
        each(&all[half..], between, none, names, draft);
        draft.push(")");
        return;
    }
    for (index, condition) in all.iter().enumerate() {
        draft.push(if index > 0 { between } else { "" });
        write_condition(condition, names, draft);
    }
}

fn compare<'a>(
    names: &'a Names,
    column: usize,
    comparison: Comparison,
    value: &'a Value,
    draft: &mut Draft<'a>,
) {
    write_column(names, column, draft);
    draft.push(" ");
    draft.push(operator(comparison));
    draft.push(" ");
    draft.parameter(names, column, value);
}

/// The rows that a caller may read or write. It is a part of every statement, so that to the caller the other rows do
/// not exist.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    rows: Condition,
    /// The columns that the caller may not see in every row.
    masks: Option<Box<[Mask]>>,
}

impl Scope {
    /// Every row.
    ///
    /// Code that uses it decides that the caller may see all rows. Within this crate only the execution of an operation
    /// does.
    #[must_use]
    pub const fn all() -> Self {
        Scope::of(Condition::TRUE)
    }

    /// The rows for which this condition is true.
    #[must_use]
    pub const fn of(condition: Condition) -> Self {
        Scope { rows: condition, masks: None }
    }

    /// The same rows, in which columns are masked.
    #[must_use]
    pub fn masked(self, masks: Vec<Mask>) -> Self {
        Scope { masks: (!masks.is_empty()).then(|| masks.into()), ..self }
    }

    /// The columns that are masked.
    pub(super) fn masks(&self) -> &[Mask] {
        self.masks.as_deref().unwrap_or_default()
    }

    /// The rows that a constraint of the table covers: all of them, whether or not the caller may see them.
    pub(super) const CONSTRAINT: &Scope = &Scope::all();

    pub(super) fn is_all(&self) -> bool {
        self.rows.is_true() && self.masks.is_none()
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.masks().iter().map(|mask| mask.shown.bytes()).sum::<usize>()
    }

    /// The condition that is true for each of its rows.
    pub(super) fn condition(&self) -> &Condition {
        &self.rows
    }

    /// Writes `FROM`, the table, and the `WHERE` of the scope and the filters.
    pub(super) fn from<'a>(&'a self, names: &'a Names, filters: &[Filter<'a>], draft: &mut Draft<'a>) {
        draft.push(" FROM ");
        draft.push(&names.table);
        self.filter(names, filters, draft);
    }

    /// Writes the condition of the scope, for a statement that has a `WHERE` already.
    pub(super) fn and<'a>(&'a self, names: &'a Names, draft: &mut Draft<'a>) {
        draft.push(" AND ");
        write_condition(draft.kept(&self.rows), names, draft);
    }

    /// Writes the `WHERE` of the scope and the filters, for a statement that has named the table already.
    pub(super) fn filter<'a>(&'a self, names: &'a Names, filters: &[Filter<'a>], draft: &mut Draft<'a>) {
        let mut before = " WHERE ";
        let (masks, own) = (draft.masks, filters.len());
        let rows = Filter::Is(draft.kept(&self.rows));
        for (index, filter) in filters.iter().copied().chain([rows]).enumerate() {
            // The scope itself is about the values that there are.
            draft.masks = if index == own { &[] } else { masks };
            if matches!(filter, Filter::Is(condition) if condition.is_true()) {
                continue;
            }
            draft.push(before);
            filter.write(names, draft);
            before = " AND ";
        }
        draft.masks = masks;
    }
}

/// A condition that narrows the scope of a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Filter<'a> {
    /// The row with this key.
    Key(&'a Value),
    /// Rows for which this is true.
    Is(&'a Condition),
    /// All rows but the one with this key.
    Other(&'a Value),
    /// Rows with this value in a column.
    Value(usize, &'a Value),
    /// Rows with the same value in a column as the row with this key.
    ValueOf(usize, &'a Value),
    /// Rows in which the caller may set a column, or may see it and the value is the one that stands. If the value is not
    /// known yet, seeing is enough.
    Settable {
        /// The position of the column.
        column: usize,
        /// The rows in which the caller may set it.
        settable: &'a Condition,
        /// The rows in which the caller may see it.
        seen: &'a Condition,
        /// Its new value.
        value: Option<&'a Value>,
    },
}

impl<'a> Filter<'a> {
    /// Writes the condition.
    pub(super) fn write(self, names: &'a Names, draft: &mut Draft<'a>) {
        match self {
            Filter::Is(condition) => write_condition(condition, names, draft),
            Filter::Key(key) => compare(names, names.key, Comparison::Equal, key, draft),
            Filter::Other(key) => compare(names, names.key, Comparison::NotEqual, key, draft),
            Filter::Value(column, value) => compare(names, column, Comparison::Equal, value, draft),
            Filter::ValueOf(column, key) => {
                write_column(names, column, draft);
                draft.push(" = (SELECT ");
                draft.push(&names.columns[column]);
                Scope::CONSTRAINT.from(names, &[Filter::Key(key)], draft);
                draft.push(")");
            }
            Filter::Settable { column, settable, seen, value } => {
                draft.push("(");
                write_condition(settable, names, draft);
                draft.push(" OR (");
                write_condition(seen, names, draft);
                if let Some(value) = value {
                    // PostgreSQL compares no JSON, which is written by one and the same code anyway.
                    let is_json = matches!(names.types[column], ColumnType::Json);
                    let [before, after] = if is_json { ["CAST(", " AS text)"] } else { ["", ""] };
                    draft.push(" AND ");
                    draft.push(before);
                    write_column(names, column, draft);
                    draft.push(after);
                    draft.push(" IS NOT DISTINCT FROM ");
                    draft.push(before);
                    draft.parameter(names, column, value);
                    draft.push(after);
                }
                draft.push("))");
            }
        }
    }
}
