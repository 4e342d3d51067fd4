//! Steps of a program's own, that are run once on the way from one schema to the next.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::Transaction;

/// A step of a program's own: run once in each database, in the transaction that changes the schema.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SchemaStep {
    /// What it is known by in the database: a step of a name that was run is not run again.
    pub name: String,
    /// Whether it is run before the tables are changed or after.
    pub when: When,
    /// What it does.
    pub action: StepAction,
}

impl SchemaStep {
    /// A step of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, when: When, action: StepAction) -> Self {
        SchemaStep { name: name.into(), when, action }
    }
}

/// When a step is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Before the tables are changed: they are as the former program left them.
    Before,
    /// After the tables were changed: they are as declared.
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

/// What a step does.
#[derive(Clone)]
#[non_exhaustive]
pub enum StepAction {
    /// It runs statements.
    Sql(Sql),
    /// It runs code with the transaction, and gives it back.
    Run(RunStep),
}

/// Code that is given a transaction, and gives it back with what came of it: the text of an error is for the log.
pub(crate) type RunStep = Arc<dyn Fn(Box<dyn Transaction>) -> Running + Send + Sync>;

/// A step's code while it runs.
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
