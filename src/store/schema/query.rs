//! Queries for the existing rows that prevent a change.

use super::change::{Precondition, Wording};
use super::dialect::SchemaDialect;
use crate::store::sql::{self, quoted};

/// The wording for values that do not fit the declaration.
const MISFIT: Wording = Wording::Values("holds what does not fit", "hold what does not fit");

/// Rows in which a column is NULL, described by their key.
pub(super) fn nulls<D: SchemaDialect>(
    table: &str,
    column: &str,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let condition = format!("{} IS NULL", quoted(column));
    let wording = Wording::Rows(key.map_or("", |(_, name)| name), "holds NULL", "hold NULL");
    by_key::<D>(table, &condition, key, None, wording)
        .with_remedies(vec![give_value(table, column, &condition)])
}

/// Rows that meet a condition, described by their key and, if it is given, the value of a column.
pub(super) fn rows<D: SchemaDialect>(
    table: &str,
    condition: &str,
    column: Option<&str>,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let wording =
        Wording::Rows(key.map_or("", |(_, name)| name), "holds what does not fit", "hold what does not fit");
    by_key::<D>(table, condition, key, column, wording)
}

/// Rows that meet a condition, described by their key; `key` has its name in the database and in the declaration.
fn by_key<D: SchemaDialect>(
    table: &str,
    condition: &str,
    key: Option<(&str, &'static str)>,
    column: Option<&str>,
    wording: Wording,
) -> Precondition {
    let sample = key.map(|(key, _)| {
        let key = quoted(key);
        let shown = match column {
            Some(column) => format!("{} || ' (' || {} || ')'", D::preview(&key), D::preview(&quoted(column))),
            None => D::preview(&key),
        };
        let table = quoted(table);
        format!("SELECT {shown}, CAST(1 AS bigint) FROM {table} WHERE {condition} ORDER BY {key} LIMIT 5")
    });
    Precondition { sample, ..Precondition::of(total(table, condition), wording) }
}

/// Rows that meet a condition, described by the values of a column.
pub(super) fn values<D: SchemaDialect>(
    table: &str,
    condition: &str,
    column: &str,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let shown = D::preview(&quoted(column));
    let sample = format!(
        "SELECT {shown}, count(*) FROM {} WHERE {condition} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5",
        quoted(table)
    );
    let keys = keys::<D>(table, condition, key);
    Precondition { sample: Some(sample), keys, ..Precondition::of(total(table, condition), MISFIT) }
}

/// Rows that meet a condition and whose values must not be logged.
pub(super) fn hidden(table: &str, condition: &str) -> Precondition {
    Precondition::of(total(table, condition), MISFIT)
}

/// The keys of rows that are described by their values.
fn keys<D: SchemaDialect>(
    table: &str,
    condition: &str,
    key: Option<(&str, &'static str)>,
) -> Option<Box<Precondition>> {
    key.map(|(_, name)| Box::new(by_key::<D>(table, condition, key, None, Wording::Keys(name))))
}

/// Values other than NULL that more than one row has.
pub(super) fn shared<D: SchemaDialect>(
    table: &str,
    column: &str,
    visible: bool,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let (of, by) = (quoted(table), quoted(column));
    let groups = format!("FROM {of} WHERE {by} IS NOT NULL GROUP BY {by} HAVING count(*) > 1");
    let sample = visible
        .then(|| format!("SELECT {}, count(*) {groups} ORDER BY count(*) DESC, 1 LIMIT 5", D::preview(&by)));
    Precondition {
        total: format!(
            "SELECT CAST(coalesce(sum(n), 0) AS bigint) FROM (SELECT count(*) AS n {groups}) AS shared"
        ),
        sample,
        wording: Wording::Values(
            "has a value that another row has too",
            "have a value that another row has too",
        ),
        keys: keys::<D>(table, &format!("{by} IN (SELECT {by} {groups})"), key),
        remedies: key.map(|(key, _)| separate_values(table, column, key)).unwrap_or_default(),
    }
}

/// The precondition that a table has at most one row.
pub(super) fn several(table: &str) -> Precondition {
    let total = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1 OFFSET 1) AS second", quoted(table));
    Precondition::of(total, Wording::Several)
}

/// The precondition that a constant does not meet a condition.
pub(super) fn constant(condition: &str) -> Precondition {
    let total = format!("SELECT count(*) FROM (SELECT 1) AS one WHERE {condition}");
    Precondition::of(total, Wording::Default)
}

fn total(table: &str, condition: &str) -> String {
    format!("SELECT count(*) FROM {} WHERE {condition}", quoted(table))
}

/// A statement that corrects the rows which prevent a change.
pub(super) fn give_value(table: &str, column: &str, condition: &str) -> String {
    let (table, column) = (quoted(table), quoted(column));
    format!("put them right first: UPDATE {table} SET {column} = <VALUE> WHERE {condition}")
}

/// Statements that list the rows which share a value, and give one of them another.
pub(super) fn separate_values(table: &str, column: &str, key: &str) -> Vec<String> {
    let shared = {
        let (table, column) = (quoted(table), quoted(column));
        format!("SELECT {column} FROM {table} GROUP BY {column} HAVING count(*) > 1")
    };
    let shown = sql::listed([quoted(column), quoted(key)].iter());
    let (table, column, key) = (quoted(table), quoted(column), quoted(key));
    vec![
        format!("look at them first: SELECT {shown} FROM {table} WHERE {column} IN ({shared}) ORDER BY 1, 2"),
        format!(
            "and give each a value of its own: UPDATE {table} SET {column} = <VALUE> WHERE {key} = <KEY>"
        ),
    ]
}
