//! Questions about the rows that are there.

use super::change::{Finding, Precondition};
use super::dialect::SchemaDialect;
use crate::store::sql::{self, quoted};

/// What is told of values that are not what is declared.
const MISFIT: Finding = Finding::Values("holds what does not fit", "hold what does not fit");

/// Rows that hold NULL, told by their key.
pub(super) fn nulls<D: SchemaDialect>(
    table: &str,
    column: &str,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let schema_error = format!("{} IS NULL", quoted(column));
    let told = Finding::Rows(key.map_or("", |(_, name)| name), "holds NULL", "hold NULL");
    by_key::<D>(table, &schema_error, key, None, told).put_right(vec![give_value(
        table,
        column,
        &schema_error,
    )])
}

/// Rows of which this holds, told by their key and, where that may be seen, what they hold in a column.
pub(super) fn rows<D: SchemaDialect>(
    table: &str,
    schema_error: &str,
    column: Option<&str>,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let told =
        Finding::Rows(key.map_or("", |(_, name)| name), "holds what does not fit", "hold what does not fit");
    by_key::<D>(table, schema_error, key, column, told)
}

/// `key` is its name in the database, and in the declaration.
fn by_key<D: SchemaDialect>(
    table: &str,
    schema_error: &str,
    key: Option<(&str, &'static str)>,
    column: Option<&str>,
    told: Finding,
) -> Precondition {
    let sample = key.map(|(key, _)| {
        let key = quoted(key);
        let shown = match column {
            Some(column) => format!("{} || ' (' || {} || ')'", D::shown(&key), D::shown(&quoted(column))),
            None => D::shown(&key),
        };
        let table = quoted(table);
        format!("SELECT {shown}, CAST(1 AS bigint) FROM {table} WHERE {schema_error} ORDER BY {key} LIMIT 5")
    });
    Precondition { sample, ..Precondition::of(total(table, schema_error), told) }
}

/// Rows of which this holds, told by what they hold in a column.
pub(super) fn values<D: SchemaDialect>(
    table: &str,
    schema_error: &str,
    column: &str,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let shown = D::shown(&quoted(column));
    let sample = format!(
        "SELECT {shown}, count(*) FROM {} WHERE {schema_error} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5",
        quoted(table)
    );
    let keys = keys::<D>(table, schema_error, key);
    Precondition { sample: Some(sample), keys, ..Precondition::of(total(table, schema_error), MISFIT) }
}

/// Rows of which this holds, and whose values are for nobody to see.
pub(super) fn unseen(table: &str, schema_error: &str) -> Precondition {
    Precondition::of(total(table, schema_error), MISFIT)
}

/// Rows by their key, where they are told by what they hold.
fn keys<D: SchemaDialect>(
    table: &str,
    schema_error: &str,
    key: Option<(&str, &'static str)>,
) -> Option<Box<Precondition>> {
    key.map(|(_, name)| Box::new(by_key::<D>(table, schema_error, key, None, Finding::Keys(name))))
}

/// Values that more than one row has; NULL is not one.
pub(super) fn shared<D: SchemaDialect>(
    table: &str,
    column: &str,
    seen: bool,
    key: Option<(&str, &'static str)>,
) -> Precondition {
    let (of, by) = (quoted(table), quoted(column));
    let groups = format!("FROM {of} WHERE {by} IS NOT NULL GROUP BY {by} HAVING count(*) > 1");
    let sample = seen
        .then(|| format!("SELECT {}, count(*) {groups} ORDER BY count(*) DESC, 1 LIMIT 5", D::shown(&by)));
    Precondition {
        total: format!(
            "SELECT CAST(coalesce(sum(n), 0) AS bigint) FROM (SELECT count(*) AS n {groups}) AS shared"
        ),
        sample,
        told: Finding::Values(
            "has a value that another row has too",
            "have a value that another row has too",
        ),
        keys: keys::<D>(table, &format!("{by} IN (SELECT {by} {groups})"), key),
        remedies: key.map(|(key, _)| tell_apart(table, column, key)).unwrap_or_default(),
    }
}

/// More than one row.
pub(super) fn several(table: &str) -> Precondition {
    let total = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1 OFFSET 1) AS second", quoted(table));
    Precondition::of(total, Finding::Several)
}

/// A constant of which this holds.
pub(super) fn constant(schema_error: &str) -> Precondition {
    let total = format!("SELECT count(*) FROM (SELECT 1) AS one WHERE {schema_error}");
    Precondition::of(total, Finding::Default)
}

fn total(table: &str, schema_error: &str) -> String {
    format!("SELECT count(*) FROM {} WHERE {schema_error}", quoted(table))
}

/// Statements that put rows right which stand in the way.
pub(super) fn give_value(table: &str, column: &str, schema_error: &str) -> String {
    let (table, column) = (quoted(table), quoted(column));
    format!("put them right first: UPDATE {table} SET {column} = <VALUE> WHERE {schema_error}")
}

/// Statements that show rows which share a value, and give one of them another.
pub(super) fn tell_apart(table: &str, column: &str, key: &str) -> Vec<String> {
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
