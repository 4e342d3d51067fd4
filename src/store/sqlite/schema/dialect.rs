//! SQLite's dialect of schema changes: conversions between types, and the statements that change a table.

use super::rebuild::{CREATE_GUARD, DROP_GUARD, Rebuild, SET_TIMEOUT};
use crate::resource::Table;
use crate::resource::{FIRST_MOMENT, LAST_MOMENT};
use crate::store::Sql;
use crate::store::schema::{Cast, Edit, LiveTable, Meaning, SchemaDialect, cast_between};
use crate::store::script::{Script, one_line};
use crate::store::sql;
use crate::store::sqlite::dialect::Sqlite;
use crate::wire::MOST_DIGITS;

impl SchemaDialect for Sqlite {
    /// A decimal is stored as an integer without its scale, so with another scale the same integer is another number.
    const DECIMAL_HAS_SCALE: bool = false;

    const REBUILDS_TABLES: bool = true;

    const SCRIPT: Script = Script::Sqlite;

    fn of_step(sql: &Sql) -> &'static str {
        sql.sqlite
    }

    const HISTORY: &'static str = "CREATE TABLE IF NOT EXISTS \"_crewed_history\" \
        (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, \
        \"made_at\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')), \"statement\" TEXT NOT NULL, \
        \"step\" TEXT) STRICT";

    const MEANINGS: &'static str = "CREATE TABLE IF NOT EXISTS \"_crewed_schema\" \
        (\"table\" TEXT NOT NULL COLLATE NOCASE, \"column\" TEXT NOT NULL COLLATE NOCASE, \
        \"meaning\" TEXT NOT NULL, PRIMARY KEY (\"table\", \"column\")) STRICT";

    fn present(table: &str, column: &str) -> Option<String> {
        let (table, column) = (sql::text_literal(table), sql::text_literal(column));
        Some(format!(
            "EXISTS (SELECT 1 FROM pragma_table_xinfo({table}) WHERE name = {column} COLLATE NOCASE)"
        ))
    }

    fn assumed(kind: &str) -> Option<Meaning> {
        Some(match kind {
            "INTEGER" => Meaning::INTEGER,
            "REAL" => Meaning::Real { bits: 64 },
            "TEXT" => Meaning::TEXT,
            "BLOB" => Meaning::Bytes,
            _ => return None,
        })
    }

    fn preview(expression: &str) -> String {
        format!(
            "substr(CASE typeof({expression}) WHEN 'blob' THEN quote({expression}) ELSE CAST({expression} AS TEXT) \
             END, 1, 60)"
        )
    }

    fn cast(column: &str, from: &Meaning, to: &Meaning) -> Option<Cast> {
        let c = column;
        let whole = 10_i64.pow(MOST_DIGITS) - 1;
        let same = Cast::new(None, None);
        Some(match (from, to) {
            (Meaning::Integer { .. } | Meaning::Numbers(_), Meaning::Boolean) => {
                Cast::new(None, Some(format!("{c} IN (0, 1)")))
            }
            (Meaning::Boolean, Meaning::Integer { min: ..=0, max: 1.. })
            | (Meaning::Uuid, Meaning::Bytes)
            | (Meaning::Date, Meaning::Text { .. }) => same,
            (Meaning::Integer { .. }, Meaning::Decimal { scale: scale @ ..=MOST_DIGITS }) => {
                let factor = 10_i64.pow(*scale);
                let most = whole / factor;
                Cast::new(Some(format!("{c} * {factor}")), Some(format!("{c} BETWEEN -{most} AND {most}")))
            }
            (Meaning::Decimal { scale: scale @ ..=MOST_DIGITS }, Meaning::Integer { min, max }) => {
                let factor = 10_i64.pow(*scale);
                let fits = format!("{c} % {factor} = 0 AND {c} / {factor} BETWEEN {min} AND {max}");
                Cast::new(Some(format!("{c} / {factor}")), Some(fits))
            }
            (
                Meaning::Decimal { scale: old @ ..=MOST_DIGITS },
                Meaning::Decimal { scale: new @ ..=MOST_DIGITS },
            ) => {
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
            (Meaning::Decimal { scale: scale @ ..=MOST_DIGITS }, Meaning::Real { .. }) => {
                Cast::new(Some(format!("{c} / {:?}", 10_f64.powi(*scale as i32))), None)
                    .assuming("its decimals are rounded to floating-point numbers")
            }
            // Different decimals of up to 15 digits are different floating-point numbers, so the decimal that is
            // recovered here is the one that was once written.
            (Meaning::Real { .. }, Meaning::Decimal { scale: scale @ ..=MOST_DIGITS }) => {
                let factor = 10_f64.powi(*scale as i32);
                let value = format!("CAST(round({c} * {factor:?}) AS INTEGER)");
                let most = 10_i64.pow(Meaning::EXACT_DIGITS) - 1;
                let fits = format!("{value} BETWEEN -{most} AND {most} AND {value} / {factor:?} = {c}");
                Cast::new(Some(value), Some(fits))
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
                let text = format!("lower({})", parts.join(" || '-' || "));
                Cast::new(Some(format!("CASE WHEN {c} NOT NULL THEN {text} END")), None)
            }
            (Meaning::Text { .. } | Meaning::Names(_), Meaning::Uuid) => {
                let bytes = format!("unhex(replace({c}, '-', ''))");
                let fits = format!(
                    "{c} IS NULL OR ({c} LIKE '________-____-____-____-____________' AND coalesce(length({bytes}) = 16, 0))"
                );
                Cast::new(Some(bytes), Some(fits))
            }
            (Meaning::Decimal { scale: 0 }, Meaning::Text { .. }) => {
                Cast::new(Some(format!("CAST({c} AS TEXT)")), None)
            }
            (Meaning::Decimal { scale: scale @ ..=MOST_DIGITS }, Meaning::Text { .. }) => {
                let factor = 10_i64.pow(*scale);
                let zeros = "0".repeat(*scale as usize);
                let sign = format!("CASE WHEN {c} < 0 THEN '-' ELSE '' END");
                let places = format!("substr('{zeros}' || (abs({c}) % {factor}), -{scale})");
                let value = format!("({sign}) || (abs({c}) / {factor}) || '.' || {places}");
                Cast::new(Some(value), Some(format!("{c} BETWEEN -{whole} AND {whole}")))
            }
            (Meaning::Text { .. } | Meaning::Names(_), Meaning::Date) => {
                // Without a modifier SQLite accepts the 31st of February; with `+0 days` it normalizes the date, which
                // then differs from the text.
                let day = format!("coalesce(date({c}, '+0 days') = {c} AND {c} >= '0001-01-01', 0)");
                Cast::new(None, Some(format!("{c} IS NULL OR {day}")))
            }
            (Meaning::Text { .. }, Meaning::Json(_)) => Cast::new(None, Some(format!("json_valid({c})")))
                .assuming("its texts are taken to be JSON of what is declared"),
            (Meaning::Json(_), Meaning::Text { .. }) => same.assuming("its texts show the JSON as it is"),
            (Meaning::Integer { .. }, Meaning::Moment) => {
                Cast::new(None, Some(format!("{c} BETWEEN {FIRST_MOMENT} AND {LAST_MOMENT}")))
                    .assuming("its integers are taken for microseconds since 1970")
            }
            (Meaning::Integer { .. }, Meaning::Time) => {
                Cast::new(None, Some(format!("{c} BETWEEN 0 AND 86399999999")))
                    .assuming("its integers are taken for microseconds since midnight")
            }
            (Meaning::Moment, Meaning::Integer { .. }) => {
                Cast::new(None, to.holds(c)).assuming("its moments become microseconds since 1970")
            }
            (Meaning::Time, Meaning::Integer { .. }) => {
                Cast::new(None, to.holds(c)).assuming("its times become microseconds since midnight")
            }
            _ => return None,
        })
    }

    /// In a table that is not STRICT, a column may have values of any type, so each value is converted by its own type.
    fn cast_by_value(column: &str, kind: &str, to: &Meaning) -> Option<Cast> {
        let natures = [
            ("integer", Meaning::INTEGER),
            ("real", Meaning::Real { bits: 64 }),
            ("text", Meaning::TEXT),
            ("blob", Meaning::Bytes),
        ];
        let (mut values, mut fits, mut assumes) = (String::new(), String::new(), None);
        for (nature, from) in natures {
            let cast = match (&from, to) {
                // `unhex` exists only since SQLite 3.41, and a column that was declared as BLOB does not need it.
                (Meaning::Text { .. }, Meaning::Uuid) if kind == "BLOB" => None,
                _ => cast_between::<Sqlite>(column, &from, to),
            };
            let Some(cast) = cast else { continue };
            assumes = assumes.or(cast.assumes);
            fits.push_str(&format!(" WHEN '{nature}' THEN {}", cast.fits.as_deref().unwrap_or("1")));
            if let Some(value) = cast.value {
                values.push_str(&format!(" WHEN '{nature}' THEN {value}"));
            }
        }
        if matches!(to, Meaning::Decimal { .. }) {
            assumes =
                Some("its integers are taken for whole numbers, and not for the last place of a decimal");
        }
        let value = (!values.is_empty()).then(|| format!("CASE typeof({column}){values} ELSE {column} END"));
        let fits = format!("CASE typeof({column}) WHEN 'null' THEN 1{fits} ELSE 0 END");
        Some(Cast { value, fits: Some(fits), assumes })
    }

    fn alter(live: &LiveTable, edits: &[Edit]) -> Result<Vec<String>, String> {
        Ok(Rebuild::edited(live, edits)?.statements())
    }

    fn paste(
        table: &Table,
        live: &LiveTable,
        edits: &[Edit],
        meanings: &[(String, String)],
    ) -> Result<Vec<String>, String> {
        let rebuild = Rebuild::edited(live, edits)?;
        if edits.iter().any(Edit::alters) {
            return Ok(rebuild.pasted(table.name, meanings));
        }
        Ok(rebuild.recorded(table.name, meanings))
    }

    /// The shell stops executing a line at the first statement that fails, and goes on with the next line. So the step
    /// is one line, and the next line rolls back unless the step was recorded.
    fn step(text: &str, name: &str, note: &str) -> Vec<String> {
        let name = sql::text_literal(name);
        vec![
            format!("{SET_TIMEOUT};"),
            "PRAGMA foreign_keys = ON;".to_owned(),
            format!("{CREATE_GUARD};"),
            format!("BEGIN IMMEDIATE; {} {note}; COMMIT;", one_line(text, Self::SCRIPT)),
            format!(
                "INSERT OR ROLLBACK INTO temp.\"_crewed_guard\" SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM \
                 \"_crewed_history\" WHERE \"step\" = {name});"
            ),
            format!("{DROP_GUARD};"),
        ]
    }

    fn whole(statements: Vec<String>) -> Vec<String> {
        let begin = std::iter::once("BEGIN".to_owned());
        begin.chain(statements).chain(["COMMIT".to_owned()]).collect()
    }

    fn remake(
        table: &Table,
        live: &LiveTable,
        columns: &[(usize, &str)],
        edits: &[Edit],
        meanings: &[(String, String)],
    ) -> Option<Vec<String>> {
        Rebuild::as_declared(table, live, columns, edits).map(|rebuild| rebuild.pasted(table.name, meanings))
    }

    fn drop_index(_: &str, name: &str, constraint: bool) -> Option<String> {
        (!constraint).then(|| format!("DROP INDEX {}", sql::quoted(name)))
    }
}
