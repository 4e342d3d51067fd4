//! What engines say differently of a schema.

use super::change::{Cast, Edit};
use super::introspect::LiveTable;
use super::meaning::Meaning;
use crate::resource::Table;
use crate::store::Sql;
use crate::store::script::Script;
use crate::store::sql::Dialect;

/// What engines say differently where a schema is changed.
pub(in crate::store) trait SchemaDialect: Dialect {
    /// Whether it rewrites a decimal of another scale itself, so that a program which knows the former one
    /// goes on reading it.
    const KNOWS_SCALES: bool;

    /// Whether a column changes by making its table anew, and so not where another one cannot.
    const IN_SOURCE: bool;

    /// How it reads texts of several statements.
    const SCRIPT: Script;

    /// The statements of a step that are for it.
    fn of_step(sql: &Sql) -> &'static str;

    /// Makes the table of what was done to the schema, if it is not there.
    const HISTORY: &'static str;

    /// Gives that table what a former build's lacks.
    const HISTORY_NAMES: &'static str = "ALTER TABLE \"_crewed_history\" ADD COLUMN \"step\" TEXT";

    /// Makes the table of what columns mean, if it is not there.
    const MEANINGS: &'static str;

    /// Whether a table has a column, where a statement has to ask since one before it may have failed.
    fn present(table: &str, column: &str) -> Option<String>;

    /// What a column means of which nothing but its type on disk is known.
    fn assumed(kind: &str) -> Option<Meaning>;

    /// The same expression as text, of 60 characters at most.
    fn shown(expression: &str) -> String;

    /// How values of one meaning become values of another, where that takes more than to call them so: an
    /// expression of the column, and what must hold so that nothing is lost.
    fn cast(column: &str, from: &Meaning, to: &Meaning) -> Option<Cast>;

    /// The same for each value by what it is, where a column is held to no type that says what it means, `kind` as it
    /// is called; nothing, where every column is.
    fn each(_column: &str, _kind: &str, _to: &Meaning) -> Option<Cast> {
        None
    }

    /// Changes columns of a table, all at once; its indexes, triggers and references stay as they were.
    ///
    /// # Errors
    /// Where the statement that made the table is not understood.
    fn alter(live: &LiveTable, edits: &[Edit]) -> Result<Vec<String>, String>;

    /// The same as a person can paste it into the engine's shell, one that goes on after errors too: all of it
    /// happens or nothing, and where a value does not fit, nothing. `meanings` are kept of these columns
    /// afterwards, under the name by which the table is declared.
    ///
    /// # Errors
    /// As of [`alter`](Self::alter).
    fn paste(
        table: &Table,
        live: &LiveTable,
        edits: &[Edit],
        meanings: &[(String, String)],
    ) -> Result<Vec<String>, String>;

    /// The statements of a step, to be pasted, with the one that notes the step of this name: it is noted where all
    /// of them were run, and else nothing is done.
    fn step(text: &str, name: &str, note: &str) -> Vec<String>;

    /// Statements for the engine's shell: in one transaction, and, as far as the shell can be held to that, all of
    /// them or none.
    fn whole(statements: Vec<String>) -> Vec<String>;

    /// Makes a table anew as it is declared, with the rows and the undeclared columns that it has, to be pasted.
    /// `columns` are those that are there, by position and by the name that they have.
    fn remake(
        table: &Table,
        live: &LiveTable,
        columns: &[(usize, &str)],
        edits: &[Edit],
        meanings: &[(String, String)],
    ) -> Option<Vec<String>>;

    /// Gives up an index, or the constraint that it serves; nothing, where no statement does.
    fn drop_index(table: &str, name: &str, constraint: bool) -> Option<String>;
}
