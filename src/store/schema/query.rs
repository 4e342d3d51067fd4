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

/// Values other than NULL that more than one row has in these columns.
pub(super) fn shared<D: SchemaDialect>(
    table: &str,
    columns: &[&str],
    visible: bool,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let names: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let (of, by) = (quoted(table), sql::listed(names.iter()));
    let given: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
    let groups = format!("FROM {of} WHERE {} GROUP BY {by} HAVING count(*) > 1", given.join(" AND "));
    let shown: Vec<String> = names.iter().map(|name| D::preview(name)).collect();
    let shown = shown.join(" || ', ' || ");
    let sample =
        visible.then(|| format!("SELECT {shown}, count(*) {groups} ORDER BY count(*) DESC, 1 LIMIT 5"));
    let wording = match columns {
        [_] => {
            Wording::Values("has a value that another row has too", "have a value that another row has too")
        }
        _ => Wording::Values("has values that another row has too", "have values that another row has too"),
    };
    Precondition {
        total: format!(
            "SELECT CAST(coalesce(sum(n), 0) AS bigint) FROM (SELECT count(*) AS n {groups}) AS shared"
        ),
        sample,
        wording,
        keys: keys::<D>(table, &format!("{} IN (SELECT {by} {groups})", row_of(&names)), key),
        remedies: key.map(|(key, _)| separate_values(table, &names, key)).unwrap_or_default(),
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
fn separate_values(table: &str, columns: &[String], key: &str) -> Vec<String> {
    let (table, key, by) = (quoted(table), quoted(key), sql::listed(columns.iter()));
    let shared = format!("SELECT {by} FROM {table} GROUP BY {by} HAVING count(*) > 1");
    let order = sql::listed((1..=columns.len() + 1).map(|place| place.to_string()));
    let set = sql::listed(columns.iter().map(|column| format!("{column} = <VALUE>")));
    let value = if columns.len() == 1 { "a value" } else { "values" };
    vec![
        format!(
            "look at them first: SELECT {by}, {key} FROM {table} WHERE {} IN ({shared}) ORDER BY {order}",
            row_of(columns)
        ),
        format!("and give each {value} of its own: UPDATE {table} SET {set} WHERE {key} = <KEY>"),
    ]
}

/// Columns as the left side of an `IN`.
fn row_of(columns: &[String]) -> String {
    match columns {
        [column] => column.clone(),
        columns => format!("({})", sql::listed(columns.iter())),
    }
}
