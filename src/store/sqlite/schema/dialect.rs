//! How SQLite says it.

use std::borrow::Cow;

use super::rebuild::Rebuild;
use crate::resource::{ColumnType, Role, Table, TableColumn};
use crate::store::Sql;
use crate::store::schema::{Cast, Edit, LiveTable, Meaning, SchemaDialect};
use crate::store::sql::{self, Dialect};
use crate::value::Value;

/// How SQLite says it.
#[derive(Debug)]
pub(in crate::store::sqlite) struct Sqlite;

impl Dialect for Sqlite {
    const TABLE_OPTIONS: &'static str = " STRICT";

    fn parameter(position: usize) -> String {
        format!("?{position}")
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
            ColumnType::Text | ColumnType::Choice(_) | ColumnType::Date | ColumnType::Json => "TEXT",
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

    /// An integer is the rowid itself; AUTOINCREMENT, so that the id of a deleted row never comes
    /// back.
    ///
    /// Other keys are an index beside a table with rowids. WITHOUT ROWID reads a page by key twice as
    /// fast where rows are small; but rows are of any size, and at 1.5 KB it was measured to make
    /// the file 2.3 times as large, reads by key a third as fast and inserts a fifth.
    fn key(column: &TableColumn) -> &'static str {
        match (column.role, &*Self::column_type(&column.kind)) {
            (Role::CountedKey, _) => "PRIMARY KEY AUTOINCREMENT",
            (_, "INTEGER") => "PRIMARY KEY",
            _ => "NOT NULL PRIMARY KEY",
        }
    }
}

/// As many digits as a decimal has.
const DIGITS: u32 = 18;

impl SchemaDialect for Sqlite {
    /// The same integer means another number.
    const KNOWS_SCALES: bool = false;

    const IN_SOURCE: bool = true;

    fn of_step(sql: &Sql) -> &'static str {
        sql.sqlite
    }

    const HISTORY: &'static str = "CREATE TABLE IF NOT EXISTS \"_crewed_history\" \
        (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, \
        \"made_at\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')), \"statement\" TEXT NOT NULL, \
        \"step\" TEXT) STRICT";

    const MEANINGS: &'static str = "CREATE TABLE IF NOT EXISTS \"_crewed_schema\" \
        (\"table\" TEXT NOT NULL, \"column\" TEXT NOT NULL, \"meaning\" TEXT NOT NULL, \
        PRIMARY KEY (\"table\", \"column\")) STRICT";

    fn present(table: &str, column: &str) -> Option<String> {
        let (table, column) = (sql::text_literal(table), sql::text_literal(column));
        Some(format!(
            "EXISTS (SELECT 1 FROM pragma_table_xinfo({table}) WHERE name = {column} COLLATE NOCASE)"
        ))
    }

    fn assumed(kind: &str) -> Option<Meaning> {
        Some(match kind {
            "INTEGER" | "INT" => Meaning::INTEGER,
            "REAL" => Meaning::Real { bits: 64 },
            "TEXT" => Meaning::TEXT,
            "BLOB" => Meaning::Bytes,
            _ => return None,
        })
    }

    fn shown(expression: &str) -> String {
        format!(
            "substr(CASE typeof({expression}) WHEN 'blob' THEN quote({expression}) ELSE CAST({expression} AS TEXT) \
             END, 1, 60)"
        )
    }

    fn cast(column: &str, from: &Meaning, to: &Meaning) -> Option<Cast> {
        let c = column;
        let whole = 10_i64.pow(DIGITS) - 1;
        let same = Cast::new(None, None);
        Some(match (from, to) {
            (Meaning::Integer { .. } | Meaning::Numbers(_), Meaning::Boolean) => {
                Cast::new(None, Some(format!("{c} IN (0, 1)")))
            }
            (Meaning::Boolean, Meaning::Integer { min: ..=0, max: 1.. })
            | (Meaning::Uuid, Meaning::Bytes)
            | (Meaning::Date, Meaning::Text { .. }) => same,
            (Meaning::Integer { .. }, Meaning::Decimal { scale: scale @ ..=DIGITS }) => {
                let factor = 10_i64.pow(*scale);
                let most = whole / factor;
                Cast::new(Some(format!("{c} * {factor}")), Some(format!("{c} BETWEEN -{most} AND {most}")))
            }
            (Meaning::Decimal { scale: scale @ ..=DIGITS }, Meaning::Integer { min, max }) => {
                let factor = 10_i64.pow(*scale);
                let fits = format!("{c} % {factor} = 0 AND {c} / {factor} BETWEEN {min} AND {max}");
                Cast::new(Some(format!("{c} / {factor}")), Some(fits))
            }
            (Meaning::Decimal { scale: old @ ..=DIGITS }, Meaning::Decimal { scale: new @ ..=DIGITS }) => {
                let factor = 10_i64.pow(old.abs_diff(*new));
                let most = whole / factor;
                match new > old {
                    true => Cast::new(
                        Some(format!("{c} * {factor}")),
                        Some(format!("{c} BETWEEN -{most} AND {most}")),
                    ),
                    false => Cast::new(Some(format!("{c} / {factor}")), Some(format!("{c} % {factor} = 0"))),
                }
            }
            (Meaning::Integer { .. } | Meaning::Numbers(_), Meaning::Real { bits: 64 }) => Cast::new(
                Some(format!("CAST({c} AS REAL)")),
                Some(format!("{c} BETWEEN -9007199254740992 AND 9007199254740992")),
            ),
            (Meaning::Real { .. }, Meaning::Integer { min, max }) => Cast::new(
                Some(format!("CAST({c} AS INTEGER)")),
                Some(format!("{c} = CAST({c} AS INTEGER) AND {c} BETWEEN {min} AND {max}")),
            ),
            (Meaning::Decimal { scale: scale @ ..=DIGITS }, Meaning::Real { .. }) => {
                Cast::new(Some(format!("{c} / {:?}", 10_f64.powi(*scale as i32))), None)
                    .assuming("its decimals are rounded to floating-point numbers")
            }
            (Meaning::Real { .. }, Meaning::Decimal { scale: scale @ ..=DIGITS }) => {
                let value = format!("round({c} * {:?})", 10_f64.powi(*scale as i32));
                let fits = format!("{value} BETWEEN -{whole} AND {whole}");
                Cast::new(Some(format!("CAST({value} AS INTEGER)")), Some(fits))
                    .assuming("its floating-point numbers are rounded to decimals")
            }
            (Meaning::Integer { .. } | Meaning::Numbers(_), Meaning::Text { .. }) => {
                Cast::new(Some(format!("CAST({c} AS TEXT)")), None)
            }
            (Meaning::Text { .. } | Meaning::Names(_), Meaning::Integer { min, max }) => {
                let number = format!("CAST({c} AS INTEGER)");
                let fits = format!("CAST({number} AS TEXT) = {c} AND {number} BETWEEN {min} AND {max}");
                Cast::new(Some(number), Some(fits))
            }
            (Meaning::Bytes, Meaning::Uuid) => Cast::new(None, Some(format!("length({c}) = 16"))),
            (Meaning::Uuid, Meaning::Text { .. }) => {
                let part = |start: u32, length: u32| format!("substr(hex({c}), {start}, {length})");
                let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
                Cast::new(Some(format!("lower({})", parts.join(" || '-' || "))), None)
            }
            (Meaning::Text { .. } | Meaning::Names(_), Meaning::Date) => {
                Cast::new(None, Some(format!("{c} IS NULL OR coalesce(date({c}) = {c}, 0)")))
            }
            (Meaning::Text { .. }, Meaning::Json(_)) => Cast::new(None, Some(format!("json_valid({c})")))
                .assuming("its texts are taken to be JSON of what is declared"),
            (Meaning::Json(_), Meaning::Text { .. }) => same.assuming("its texts show the JSON as it is"),
            (Meaning::Integer { .. }, Meaning::Moment) => {
                same.assuming("its integers are taken for microseconds since 1970")
            }
            (Meaning::Integer { .. }, Meaning::Time) => {
                Cast::new(None, Some(format!("{c} BETWEEN 0 AND 86399999999")))
                    .assuming("its integers are taken for microseconds since midnight")
            }
            (Meaning::Moment, Meaning::Integer { .. }) => {
                same.assuming("its moments become microseconds since 1970")
            }
            (Meaning::Time, Meaning::Integer { .. }) => {
                same.assuming("its times become microseconds since midnight")
            }
            _ => return None,
        })
    }

    fn alter(live: &LiveTable, edits: &[Edit]) -> Result<Vec<String>, String> {
        Ok(Rebuild::edited(live, edits)?.statements())
    }

    fn paste(live: &LiveTable, edits: &[Edit], meanings: &[(String, String)]) -> Result<Vec<String>, String> {
        let rebuild = Rebuild::edited(live, edits)?;
        if edits.iter().any(Edit::alters) {
            return Ok(rebuild.pasted(meanings));
        }
        Ok(rebuild.meant(meanings))
    }

    fn whole(theirs: Option<&str>, statements: Vec<String>) -> Vec<String> {
        let theirs = theirs.map(ToOwned::to_owned);
        let begin = std::iter::once("BEGIN".to_owned()).chain(theirs);
        begin.chain(statements).chain(["COMMIT".to_owned()]).collect()
    }

    fn remake(
        table: &Table,
        live: &LiveTable,
        columns: &[(usize, &str)],
        edits: &[Edit],
        meanings: &[(String, String)],
    ) -> Option<Vec<String>> {
        Rebuild::as_declared(table, live, columns, edits).map(|rebuild| rebuild.pasted(meanings))
    }

    fn drop_index(_: &str, name: &str, constraint: bool) -> Option<String> {
        (!constraint).then(|| format!("DROP INDEX {}", sql::quoted(name)))
    }
}
