//! Statements that stand around a change: they keep others away, fail where something would be lost, and keep what
//! columns mean.

use crate::store::postgres::dialect::Postgres;
use crate::store::schema::{Edit, SchemaDialect, keep};
use crate::store::sql::{self, quoted, text_literal};

/// Keeps everybody else from a table until the transaction ends.
pub(super) fn lock(table: &str) -> String {
    format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", quoted(table))
}

/// Fail where anything would be lost.
pub(super) fn checks(table: &str, edits: &[Edit]) -> Vec<String> {
    let mut checks = Vec::new();
    for edit in edits {
        checks.extend(edit.fits.as_ref().map(|fits| refuse(table, &edit.column, fits)));
        let default =
            |fits: &String| fail(&format!("NOT ({fits})"), &edit.column, "its DEFAULT would be lost");
        checks.extend(edit.default_fits.as_ref().map(default));
    }
    checks
}

/// Fails where a value of a column does not fit.
pub(super) fn refuse(table: &str, column: &str, fits: &str) -> String {
    let schema_error = format!("EXISTS (SELECT 1 FROM {table} WHERE NOT ({fits}))");
    fail(&schema_error, column, "rows hold what does not fit")
}

fn fail(schema_error: &str, column: &str, why: &str) -> String {
    format!(
        "IF {schema_error} THEN RAISE EXCEPTION '%', {}; END IF",
        text_literal(&format!("{column}: {why}"))
    )
}

/// Keeps what these columns mean.
pub(super) fn keep_all<'a>(
    table: &'a str,
    meanings: &'a [(String, String)],
) -> impl Iterator<Item = String> + use<'a> {
    let made = (!meanings.is_empty()).then(|| Postgres::MEANINGS.to_owned());
    let kept = meanings.iter().map(move |(column, meaning)| {
        let values = [table, column, meaning].map(text_literal);
        keep(&format!("VALUES ({})", sql::listed(values.iter())))
    });
    made.into_iter().chain(kept)
}
