//! Finds out which constraint a write has violated.
//!
//! SQLite reports only one of several violated unique constraints, in an order of its own, and for a foreign key it
//! does not even report which one. So the rows are queried after the failure, in the transaction of the write, where the
//! failed statement itself has left no trace.

use rusqlite::Connection;

use super::TableEntry;
use super::failure::decode_error;
use super::row::{Bound, bind, for_each_row};
use crate::store::violation::Violations;
use crate::store::{Action, StoreError, Write, sql};
use crate::value::Value;

/// Refines a violation: to the first violated unique constraint in the order of the declaration, or to the column whose
/// foreign key refers to no row.
pub(super) fn refine_violation(
    connection: &Connection,
    entry: &TableEntry,
    write: &Write,
    computed: &[(usize, Value)],
    error: StoreError,
) -> StoreError {
    let more = match &error {
        StoreError::UniqueViolation { columns } => {
            // Who may not write such a row is told nothing of others.
            if let Some(refused) = refused(connection, entry, write, computed) {
                return refused;
            }
            let (table, statements) = (&entry.table, &entry.statements);
            let violations = Violations::of(table, statements, write, computed, columns.clone());
            first_violation(connection, violations).map(|columns| StoreError::UniqueViolation { columns })
        }
        StoreError::Reference { .. } => {
            let values: Vec<_> = write.given_and(computed).collect();
            let is_new = matches!(write.action, Action::Insert { .. });
            missing(connection, entry, &values, !is_new && write.key(entry.table.key).is_some())
        }
        _ => return error,
    };
    // If these queries fail, the original error is reported.
    more.unwrap_or(error)
}

/// Why the row would not have been permitted anyway. An error of the query counts as no reason.
fn refused(
    connection: &Connection,
    entry: &TableEntry,
    write: &Write,
    computed: &[(usize, Value)],
) -> Option<StoreError> {
    let (statement, checks) = entry.statements.judged(write, computed).ok()??;
    let mut refused = None;
    let asked = for_each_row(connection, entry, &statement, &mut |row| {
        refused = checks.refusal(row, 0).map_err(|found| decode_error(&found, &entry.table))?;
        Ok(())
    });
    asked.ok()?;
    refused
}

fn first_violation(connection: &Connection, violations: Violations<'_>) -> rusqlite::Result<Vec<usize>> {
    for (columns, statement) in violations.before {
        let mut other = connection.prepare(&statement.text)?;
        bind(&mut other, &statement)?;
        if other.raw_query().next()?.is_some() {
            return Ok(columns);
        }
    }
    Ok(violations.reported)
}

/// The error for a violated foreign key. It has the column whose value refers to no row. If there is none and the row
/// existed before, other rows refer to its former values.
fn missing(
    connection: &Connection,
    entry: &TableEntry,
    values: &[(usize, &Value)],
    was_there: bool,
) -> rusqlite::Result<StoreError> {
    let mut keys = foreign_keys(connection, entry.table.name)?;
    let given = |name: &str| {
        let column = entry.table.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))?;
        values.iter().copied().find(|(given, value)| *given == column && **value != Value::Null)
    };
    // The first violation in the order of the declaration is reported.
    keys.sort_by_key(|key| {
        key.columns.iter().filter_map(|(from, _)| given(from)).map(|(column, _)| column).min()
    });
    let mut of_several = None;
    for key in keys {
        match &*key.columns {
            [(from, to)] => {
                let Some((column, value)) = given(from) else { continue };
                let there = format!(
                    "SELECT 1 FROM {} WHERE {} = ?1",
                    sql::quoted(&key.table),
                    sql::quoted(to.as_deref().unwrap_or("rowid"))
                );
                let mut there = connection.prepare(&there)?;
                there.raw_bind_parameter(1, Bound(value.as_ref()))?;
                if there.raw_query().next()?.is_none() {
                    return Ok(StoreError::Reference { column: Some(column) });
                }
            }
            several => {
                let first = several.iter().find_map(|(from, _)| given(from)).map(|(column, _)| column);
                of_several = of_several.or(first);
            }
        }
    }
    Ok(match (of_several, was_there) {
        (None, true) => StoreError::Referenced,
        (column, _) => StoreError::Reference { column },
    })
}

/// Whether a foreign key of a table is violated. An error of the query counts as no.
pub(super) fn refers_to_nothing(connection: &Connection, table: &str) -> bool {
    let broken = "SELECT EXISTS (SELECT 1 FROM pragma_foreign_key_check(?1))";
    connection.query_row(broken, [table], |row| row.get(0)).unwrap_or_default()
}

/// A foreign key: the referenced table, and pairs of a referring column and the column that it refers to.
struct ForeignKey {
    id: i64,
    table: String,
    columns: Vec<(String, Option<String>)>,
}

fn foreign_keys(connection: &Connection, table: &str) -> rusqlite::Result<Vec<ForeignKey>> {
    // A foreign key that names no columns of the other table refers to its primary key.
    let text = "SELECT k.id, k.\"table\", k.\"from\", coalesce(k.\"to\",
            (SELECT name FROM pragma_table_info(k.\"table\") WHERE pk = k.seq + 1))
        FROM pragma_foreign_key_list(?1) k ORDER BY k.id, k.seq";
    let mut keys: Vec<ForeignKey> = Vec::new();
    let mut statement = connection.prepare(text)?;
    let mut rows = statement.query([table])?;
    while let Some(row) = rows.next()? {
        let (id, column) = (row.get(0)?, (row.get(2)?, row.get(3)?));
        match keys.last_mut().filter(|key| key.id == id) {
            Some(key) => key.columns.push(column),
            None => keys.push(ForeignKey { id, table: row.get(1)?, columns: vec![column] }),
        }
    }
    Ok(keys)
}
