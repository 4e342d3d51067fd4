//! The differences between the engines' dialects of schema changes.

use super::change::{Cast, Edit};
use super::introspect::LiveTable;
use super::meaning::Meaning;
use crate::resource::Table;
use crate::store::Sql;
use crate::store::script::Script;
use crate::store::sql::Dialect;

/// The differences between the engines' dialects of schema changes.
pub(in crate::store) trait SchemaDialect: Dialect {
    /// Whether a stored decimal has its scale, so that an older program can read it after the column's scale has grown.
    const DECIMAL_HAS_SCALE: bool;

    /// Whether a change of a column rebuilds its table, so that a column that cannot be changed prevents all others.
    const REBUILDS_TABLES: bool;

    /// The rules for quotes and comments in texts of several statements.
    const SCRIPT: Script;

    /// The statements of a step for this engine.
    fn of_step(sql: &Sql) -> &'static str;

    /// Creates the table that records all changes of the schema, if it does not exist.
    const HISTORY: &'static str;

    /// Adds the column to that table which older versions of crewed did not create.
    const HISTORY_NAMES: &'static str = "ALTER TABLE \"_crewed_history\" ADD COLUMN \"step\" TEXT";

    /// Creates the table that records the meanings of columns, if it does not exist.
    const MEANINGS: &'static str;

    /// A condition that a table has a column, for an engine whose shell goes on after a statement has failed.
    fn present(table: &str, column: &str) -> Option<String>;

    /// The meaning that is assumed for a column of which only the SQL type is known.
    fn assumed(kind: &str) -> Option<Meaning>;

    /// The expression as text, of at most 60 characters, for messages.
    fn preview(expression: &str) -> String;

    /// The conversion of values from one meaning to another, if the stored values change or have to be checked.
    fn cast(column: &str, from: &Meaning, to: &Meaning) -> Option<Cast>;

    /// The conversion of a column whose type `kind` does not restrict its values, so that each value is converted by
    /// its own type. It is `None` on an engine without such columns.
    fn cast_by_value(_column: &str, _kind: &str, _to: &Meaning) -> Option<Cast> {
        None
    }

    /// The statements that change several columns of a table at once and keep its indexes, triggers and references.
    ///
    /// # Errors
    /// The statement that created the table could not be parsed.
    fn alter(live: &LiveTable, edits: &[Edit]) -> Result<Vec<String>, String>;

    /// The same as statements to paste into the engine's shell. Shells go on after an error, but even then either all
    /// of the change must happen or, if a value does not fit, nothing of it. It also records `meanings` for these
    /// columns, under the declared name of the table.
    ///
    /// # Errors
    /// As of [`alter`](Self::alter).
    fn paste(
        table: &Table,
        live: &LiveTable,
        edits: &[Edit],
        meanings: &[(String, String)],
    ) -> Result<Vec<String>, String>;

    /// The statements of a step to paste, with `note`, which records it. Either all of them are run and the step is
    /// recorded, or nothing happens.
    fn step(text: &str, name: &str, note: &str) -> Vec<String>;

    /// Statements to paste, in one transaction that is rolled back after an error, as far as the shell permits that.
    fn whole(statements: Vec<String>) -> Vec<String>;

    /// Statements to paste that rebuild a table as declared, with its rows and its undeclared columns. `columns` are
    /// the existing ones, by declared position and present name.
    fn remake(
        table: &Table,
        live: &LiveTable,
        columns: &[(usize, &str)],
        edits: &[Edit],
        meanings: &[(String, String)],
    ) -> Option<Vec<String>>;

    /// The statement that drops an index, or the constraint that it belongs to, if there is such a statement.
    fn drop_index(table: &str, name: &str, constraint: bool) -> Option<String>;
}
