//! What SQLite leaves open about a write that a constraint refused: asked in the transaction of the write, where the
//! statement itself has left nothing.

use rusqlite::Connection;

use super::TableEntry;
use super::row::{Bound, bind};
use crate::store::{StoreError, sql};
use crate::value::Value;

/// Of several values that are taken, the first in the order of the declaration, and the column that refers to
/// nothing; `key` is that of the row that is written, where it may be there already.
pub(super) fn precisely(
    connection: &Connection,
    entry: &TableEntry,
    values: &[(usize, &Value)],
    key: Option<&Value>,
    error: StoreError,
) -> StoreError {
    let more = match error {
        StoreError::UniqueViolation { column } => first_violation(connection, entry, values, key, column)
            .map(|column| StoreError::UniqueViolation { column }),
        StoreError::Reference { .. } => missing(connection, entry, values, key.is_some()),
        _ => return error,
    };
    // What cannot be found out is told as it was.
    more.unwrap_or(error)
}

fn first_violation(
    connection: &Connection,
    entry: &TableEntry,
    values: &[(usize, &Value)],
    key: Option<&Value>,
    taken: usize,
) -> rusqlite::Result<usize> {
    let columns = &entry.table.columns;
    let is_unique = |column: usize| column == entry.table.key || columns[column].unique;
    let mut before: Vec<_> =
        values.iter().filter(|(column, _)| *column < taken && is_unique(*column)).collect();
    before.sort_by_key(|(column, _)| *column);
    for (column, value) in before {
        let Ok(statement) = entry.statements.taken(*column, value, key) else { continue };
        let mut other = connection.prepare(&statement.text)?;
        bind(&mut other, &statement)?;
        if other.raw_query().next()?.is_some() {
            return Ok(*column);
        }
    }
    Ok(taken)
}

/// Which of the values refers to a row that is not there. Where none does, and the row may have been there before,
/// others refer to what it was.
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
    // In the order of the declaration.
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

/// Whether a row of a table refers to one that is not there; what cannot be found out is not told.
pub(super) fn refers_to_nothing(connection: &Connection, table: &str) -> bool {
    let broken = "SELECT EXISTS (SELECT 1 FROM pragma_foreign_key_check(?1))";
    connection.query_row(broken, [table], |row| row.get(0)).unwrap_or_default()
}

/// A foreign key of a table: the other table, and each of its columns with the one there.
struct ForeignKey {
    id: i64,
    table: String,
    columns: Vec<(String, Option<String>)>,
}

fn foreign_keys(connection: &Connection, table: &str) -> rusqlite::Result<Vec<ForeignKey>> {
    // A key that names no column of the other table is of its primary key.
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
