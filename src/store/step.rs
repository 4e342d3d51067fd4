//! Schema steps: migrations that a program writes itself, for what a comparison with the declaration cannot derive.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::Transaction;

/// A migration that the program defines. It is run once in each database, in the transaction that changes the schema.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SchemaStep {
    /// The name under which the database records it. A step whose name is recorded is not run again.
    pub name: String,
    /// Whether it is run before the tables are changed or after.
    pub when: When,
    /// The statements or the code.
    pub action: StepAction,
}

impl SchemaStep {
    /// Creates a step.
    #[must_use]
    pub fn new(name: impl Into<String>, when: When, action: StepAction) -> Self {
        SchemaStep { name: name.into(), when, action }
    }
}

/// When a step is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Before the tables are changed, so that they are as the former version of the program left them.
    Before,
    /// After the tables were changed, so that they are as declared.
    After,
}

/// Statements for each engine. Several are separated by semicolons, and all of them are run; none may begin or end a
/// transaction. An empty text does nothing.
///
/// ```
/// use crewed::prelude::*;
///
/// let fill = Sql {
///     sqlite: "UPDATE books SET blurb = substr(body, 1, 80) WHERE blurb IS NULL",
///     postgres: "UPDATE books SET blurb = left(body, 80) WHERE blurb IS NULL",
/// };
/// assert_ne!(fill.sqlite, fill.postgres);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sql {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

/// The statements or the code of a step.
#[derive(Clone)]
#[non_exhaustive]
pub enum StepAction {
    /// Statements.
    Sql(Sql),
    /// Code that uses the transaction and gives it back.
    Run(RunStep),
}

/// Code that gets a transaction and gives it back with its outcome. The text of an error is for the log.
pub(crate) type RunStep = Arc<dyn Fn(Box<dyn Transaction>) -> Running + Send + Sync>;

/// The future of a step's code.
pub(crate) type Running =
    Pin<Box<dyn Future<Output = (Option<Box<dyn Transaction>>, Result<(), String>)> + Send>>;

impl fmt::Debug for StepAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepAction::Sql(sql) => sql.fmt(f),
            StepAction::Run(_) => f.write_str("Run(..)"),
        }
    }
}
