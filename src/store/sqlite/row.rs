//! Binds values to statements, and reads their rows.

use rusqlite::types::{ToSqlOutput, ValueRef as Stored};
use rusqlite::{Connection, ToSql};

use super::TableEntry;
use super::failure::{decode_error, store_error, table_error};
use crate::resource::{DecodeError, Row};
use crate::store::prepared::Statement;
use crate::store::{PLACEHOLDERS, Sink, StoreError};
use crate::value::{Value, ValueRef};

/// Runs a statement and passes its rows to the sink.
pub(super) fn stream_rows(
    connection: &Connection,
    entry: &TableEntry,
    statement: &Statement<'_>,
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let undecodable = |found| decode_error(&found, &entry.table);
    for_each_row(connection, entry, statement, &mut |row| {
        statement.send_row(row, sink).map_err(|error| error.into_store_error(undecodable))
    })
}

/// Runs a statement and calls `show` with each row.
pub(super) fn for_each_row(
    connection: &Connection,
    entry: &TableEntry,
    statement: &Statement<'_>,
    show: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let failed = |error| table_error(&error, &entry.table);
    let (mut kept, mut used_once);
    let prepared: &mut rusqlite::Statement<'_> = match statement.is_kept() {
        true => {
            kept = connection.prepare_cached(&statement.text).map_err(failed)?;
            &mut kept
        }
        false => {
            used_once = connection.prepare(&statement.text).map_err(failed)?;
            &mut used_once
        }
    };
    bind(prepared, statement).map_err(failed)?;
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next().map_err(failed)? {
        show(&BorrowedRow(row))?;
    }
    Ok(())
}

/// Runs a statement that returns no rows. Returns the number of rows that it wrote.
pub(super) fn execute(
    connection: &Connection,
    entry: &TableEntry,
    statement: &Statement<'_>,
) -> Result<usize, StoreError> {
    let failed = |error| table_error(&error, &entry.table);
    let mut prepared = connection.prepare_cached(&statement.text).map_err(failed)?;
    bind(&mut prepared, statement).map_err(failed)?;
    prepared.raw_execute().map_err(failed)
}

/// Runs a statement of the user's own, whose parameters are `$1`, `$2` and so on, and passes its rows to the sink.
pub(super) fn stream_user_query(
    connection: &Connection,
    text: &str,
    values: &[Value],
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let refused = |error: rusqlite::Error| match store_error(&error) {
        StoreError::Internal(why) => StoreError::Internal(format!("{why}, in: {text}")),
        error => error,
    };
    let mut statement = connection.prepare_cached(text).map_err(refused)?;
    let mut given = 0;
    for (value, number) in values.iter().zip(1..) {
        if let Some(position) = statement.parameter_index(&format!("${number}")).map_err(refused)? {
            statement.raw_bind_parameter(position, Bound(value.as_ref())).map_err(refused)?;
            given += 1;
        }
    }
    if given != values.len() || given != statement.parameter_count() {
        let (given, asked) = (values.len(), statement.parameter_count());
        let why = format!("{given} value(s) for {asked} parameter(s), in: {text} ({PLACEHOLDERS})");
        return Err(StoreError::Internal(why));
    }
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(refused)? {
        sink.row(&BorrowedRow(row)).map_err(|DecodeError(why)| StoreError::Internal(why))?;
    }
    Ok(())
}

/// Binds the parameters of a statement.
pub(super) fn bind(
    prepared: &mut rusqlite::Statement<'_>,
    statement: &Statement<'_>,
) -> rusqlite::Result<()> {
    let mut parameters = statement.parameters.iter().zip(1..);
    parameters
        .try_for_each(|(parameter, position)| prepared.raw_bind_parameter(position, Bound(parameter.value)))
}

/// A row that is borrowed from SQLite, without a copy of its values.
struct BorrowedRow<'a, 'stmt>(&'a rusqlite::Row<'stmt>);

impl Row for BorrowedRow<'_, '_> {
    fn width(&self) -> usize {
        self.0.as_ref().column_count()
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        let stored = self.0.get_ref(index).map_err(|_| DecodeError(format!("there is no column {index}")))?;
        Ok(match stored {
            Stored::Null => ValueRef::Null,
            Stored::Integer(i) => ValueRef::Integer(i),
            Stored::Real(r) => ValueRef::Real(r),
            Stored::Text(t) => ValueRef::Text(
                std::str::from_utf8(t).map_err(|_| DecodeError("text is not UTF-8".to_owned()))?,
            ),
            Stored::Blob(b) => ValueRef::Blob(b),
        })
    }
}

/// A value that is bound to a parameter, without a copy.
pub(super) struct Bound<'a>(pub(super) ValueRef<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            ValueRef::Null => Stored::Null,
            ValueRef::Integer(i) => Stored::Integer(i),
            // SQLite would store NULL instead.
            ValueRef::Real(r) if r.is_nan() => {
                return Err(rusqlite::Error::ToSqlConversionFailure("NaN cannot be stored".into()));
            }
            ValueRef::Real(r) => Stored::Real(r),
            ValueRef::Text(t) => Stored::Text(t.as_bytes()),
            ValueRef::Blob(b) => Stored::Blob(b),
        }))
    }
}
