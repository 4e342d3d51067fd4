//! SQLite's dialect of SQL, for the statements that read and write rows and create tables.

use std::borrow::Cow;

use crate::resource::{ColumnType, Role, TableColumn, TextSearch};
use crate::store::sql::{self, Dialect};
use crate::value::Value;

/// SQLite's dialect.
#[derive(Debug)]
pub(super) struct Sqlite;

/// The function that folds the case of a text, which every connection has.
pub(super) const FOLD: &str = "_crewed_fold";

impl Dialect for Sqlite {
    const TABLE_OPTIONS: &'static str = " STRICT";

    const NULL_IS_LEAST: bool = true;

    const FOLDS_BY_PATTERN: bool = false;

    const PARAMETER_SIGN: char = '?';

    fn text_search(column: &str, search: TextSearch, text: &str) -> String {
        match search {
            TextSearch::Contains => format!("instr({column}, {text}) > 0"),
            TextSearch::EndsWith => format!("substr({column}, -length({text})) = {text}"),
        }
    }

    fn contains_folded(column: &str, text: &str) -> String {
        format!("instr({FOLD}({column}), {text}) > 0")
    }

    fn has(column: &str, kind: ColumnType, item: &str) -> String {
        let is = match kind {
            ColumnType::Boolean => format!("type = CASE {item} WHEN 1 THEN 'true' ELSE 'false' END"),
            ColumnType::Text => format!("type = 'text' AND value = {item}"),
            _ => format!("type IN ('integer', 'real') AND value = {item}"),
        };
        format!("EXISTS (SELECT 1 FROM json_each({column}) WHERE {is})")
    }

    fn same_name(one: &str, other: &str) -> bool {
        one.eq_ignore_ascii_case(other)
    }

    fn column_type(kind: &ColumnType) -> Cow<'static, str> {
        Cow::Borrowed(match kind {
            ColumnType::Integer
            | ColumnType::Boolean
            | ColumnType::Decimal { .. }
            | ColumnType::Timestamp
            | ColumnType::Time => "INTEGER",
            ColumnType::Real => "REAL",
            ColumnType::Text | ColumnType::UnitEnum(_) | ColumnType::Date | ColumnType::Json => "TEXT",
            ColumnType::Bytes | ColumnType::Uuid => "BLOB",
        })
    }

    fn literal(value: &Value, _: &ColumnType) -> String {
        match value {
            Value::Null => "NULL".to_owned(),
            Value::Integer(i) => i.to_string(),
            Value::Real(r) => format!("{r:?}"),
            Value::Text(text) => sql::text_literal(text),
            Value::Blob(bytes) => format!("x'{}'", sql::hexadecimal(bytes)),
        }
    }

    /// An integer key is the rowid itself. AUTOINCREMENT keeps the id of a deleted row from being used again.
    ///
    /// Other keys are a separate index of a table with rowids. WITHOUT ROWID was rejected: it reads a page in the order
    /// of the key twice as fast if rows are small, but with rows of 1.5 KB it was measured to make the file 2.3 times
    /// as large, reads by key a third as fast and inserts a fifth as fast.
    fn key(column: &TableColumn) -> &'static str {
        match (column.role, &*Self::column_type(&column.kind)) {
            (Role::AutoIncrementKey, _) => "PRIMARY KEY AUTOINCREMENT",
            (_, "INTEGER") => "PRIMARY KEY",
            _ => "NOT NULL PRIMARY KEY",
        }
    }

    /// An index entry ends with the rowid.
    fn indexes_end_with(key: &TableColumn) -> bool {
        Self::column_type(&key.kind) == "INTEGER"
    }
}
