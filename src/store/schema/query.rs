//! Questions about the rows that are there.

use super::change::{Doubt, Told};
use super::dialect::SchemaDialect;
use crate::store::sql::quoted;

/// What is told of values that are not what is declared.
const MISFIT: Told = Told::Values("holds what does not fit", "hold what does not fit");

/// Rows that hold NULL, told by their key.
pub(super) fn nulls<D: SchemaDialect>(table: &str, column: &str, key: Option<(&str, &'static str)>) -> Doubt {
    let misfit = format!("{} IS NULL", quoted(column));
    by_key::<D>(table, &misfit, key, None, "holds NULL", "hold NULL")
}

/// Rows of which this holds, told by their key and, where that may be seen, what they hold in a column.
pub(super) fn rows<D: SchemaDialect>(
    table: &str,
    misfit: &str,
    column: Option<&str>,
    key: Option<(&str, &'static str)>,
) -> Doubt {
    by_key::<D>(table, misfit, key, column, "holds what does not fit", "hold what does not fit")
}

/// `key` is its name in the database, and in the declaration.
fn by_key<D: SchemaDialect>(
    table: &str,
    misfit: &str,
    key: Option<(&str, &'static str)>,
    column: Option<&str>,
    one: &'static str,
    many: &'static str,
) -> Doubt {
    let sample = key.map(|(key, _)| {
        let key = quoted(key);
        let shown = match column {
            Some(column) => format!("{} || ' (' || {} || ')'", D::shown(&key), D::shown(&quoted(column))),
            None => D::shown(&key),
        };
        let table = quoted(table);
        format!("SELECT {shown}, CAST(1 AS bigint) FROM {table} WHERE {misfit} ORDER BY {key} LIMIT 5")
    });
    Doubt {
        total: total(table, misfit),
        sample,
        told: Told::Rows(key.map_or("", |(_, name)| name), one, many),
    }
}

/// Rows of which this holds, told by what they hold in a column.
pub(super) fn values<D: SchemaDialect>(table: &str, misfit: &str, column: &str) -> Doubt {
    let shown = D::shown(&quoted(column));
    let sample = format!(
        "SELECT {shown}, count(*) FROM {} WHERE {misfit} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5",
        quoted(table)
    );
    Doubt { total: total(table, misfit), sample: Some(sample), told: MISFIT }
}

/// Rows of which this holds, and whose values are for nobody to see.
pub(super) fn unseen(table: &str, misfit: &str) -> Doubt {
    Doubt { total: total(table, misfit), sample: None, told: MISFIT }
}

/// Values that more than one row has; NULL is not one.
pub(super) fn shared<D: SchemaDialect>(table: &str, column: &str, seen: bool) -> Doubt {
    let (table, column) = (quoted(table), quoted(column));
    let groups = format!("FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1");
    let sample = seen.then(|| {
        format!("SELECT {}, count(*) {groups} ORDER BY count(*) DESC, 1 LIMIT 5", D::shown(&column))
    });
    Doubt {
        total: format!(
            "SELECT CAST(coalesce(sum(n), 0) AS bigint) FROM (SELECT count(*) AS n {groups}) AS shared"
        ),
        sample,
        told: Told::Values("has a value that another row has too", "have a value that another row has too"),
    }
}

/// More than one row.
pub(super) fn several(table: &str) -> Doubt {
    let total = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1 OFFSET 1) AS second", quoted(table));
    Doubt { total, sample: None, told: Told::Several }
}

/// A constant of which this holds.
pub(super) fn constant(misfit: &str) -> Doubt {
    let total = format!("SELECT count(*) FROM (SELECT 1) AS one WHERE {misfit}");
    Doubt { total, sample: None, told: Told::Default }
}

fn total(table: &str, misfit: &str) -> String {
    format!("SELECT count(*) FROM {} WHERE {misfit}", quoted(table))
}
