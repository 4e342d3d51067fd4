//! The statements around a change of a table: they lock it, fail if a value would be lost, and record the meanings of
//! columns.

use crate::store::postgres::dialect::Postgres;
use crate::store::schema::{Edit, SchemaDialect, keep};
use crate::store::sql::{self, quoted, text_literal};

/// Locks a table for all other transactions until this one ends.
pub(super) fn lock(table: &str) -> String {
    format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", quoted(table))
}

/// The checks that fail if one of these changes would lose a value or a default.
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

/// A check that fails if a value of a column does not meet the condition `fits`.
pub(super) fn refuse(table: &str, column: &str, fits: &str) -> String {
    let misfit = format!("EXISTS (SELECT 1 FROM {table} WHERE NOT ({fits}))");
    fail(&misfit, column, "rows hold what does not fit")
}

fn fail(condition: &str, column: &str, why: &str) -> String {
    format!("IF {condition} THEN RAISE EXCEPTION '%', {}; END IF", text_literal(&format!("{column}: {why}")))
}

/// Records the meanings of these columns.
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
