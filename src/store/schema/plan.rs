//! The plan of a migration, table by table.

use super::change::{Difference, Level, Meant, Precondition, PreconditionResult};
use super::dialect::SchemaDialect;
use super::introspect::Live;
use super::steps::DueStep;
use crate::store::sql;
use crate::store::{Migrate, SchemaPolicy, When};

/// All differences, and the statements and steps that remove them.
#[derive(Debug, Default)]
pub(in crate::store) struct Plan {
    pub(super) tables: Vec<TablePlan>,
    /// Remarks for the log, which do not stop the launch.
    pub(in crate::store) notes: Vec<String>,
    /// The number of existing columns without a recorded meaning.
    pub(super) adopted: usize,
    /// The steps that were not run in this database yet.
    pub(in crate::store) steps: Vec<DueStep>,
    /// Mistakes in the declared steps.
    pub(super) wrong_steps: Vec<String>,
    /// The statements that create or update the table of recorded changes.
    pub(super) history: Vec<&'static str>,
    /// Whether none of the tables exists, nor did any before.
    pub(super) is_new: bool,
}

/// What a launch would change in a database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Due {
    /// Remarks about the database for the log.
    pub(crate) notes: Vec<String>,
    /// A line for each change.
    pub(crate) changes: Vec<String>,
    /// The statements that make the changes, for a person to run.
    pub(crate) statements: Vec<String>,
    /// Whether crewed has made nothing in the database yet.
    pub(crate) is_new: bool,
}

/// The differences of one table, and the statements that remove them.
#[derive(Debug, Default)]
pub(super) struct TablePlan {
    pub(super) name: String,
    pub(super) differences: Vec<Difference>,
    /// Statements that convert columns, by their present names. They are run before all others.
    pub(super) alter: Vec<String>,
    /// The same as statements to paste, with the words that introduce them.
    pub(super) paste: Option<(String, Vec<String>)>,
    /// Statements that each create, rename or drop one thing.
    pub(super) simple: Vec<String>,
    /// The meanings to record afterwards.
    pub(super) meant: Vec<Meant>,
    /// What is done when the transaction of everything else is committed, and while rows are written.
    pub(super) later: Vec<Later>,
}

/// A statement that cannot be run in a transaction.
#[derive(Clone, Debug)]
pub(in crate::store) struct Later {
    pub(in crate::store) statement: String,
    /// The statement that removes what a failure leaves.
    pub(in crate::store) undo: Option<String>,
}

impl Difference {
    /// Whether it stops the launch.
    pub(super) fn stops(&self, most: Level) -> bool {
        self.found.is_some() || self.level > most
    }

    /// Whether a change removes it.
    pub(super) fn is_done(&self) -> bool {
        !self.does.is_empty()
    }
}

impl Plan {
    pub(super) fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.tables.iter().flat_map(|table| &table.differences)
    }

    /// The queries about existing rows, in the order that [`resolve`](Self::resolve) expects.
    pub(in crate::store) fn preconditions(&self) -> impl Iterator<Item = &Precondition> {
        self.differences()
            .filter_map(|difference| difference.precondition.as_ref())
            .flat_map(Precondition::queries)
    }

    /// Adds the results of the queries to the differences.
    pub(in crate::store) fn resolve(&mut self, found: impl IntoIterator<Item = PreconditionResult>) {
        let mut found = found.into_iter();
        let differences = self.tables.iter_mut().flat_map(|table| &mut table.differences);
        for difference in differences {
            if let Some(precondition) = &difference.precondition {
                let mut reports = precondition
                    .queries()
                    .map(|precondition| precondition.report(&found.next().unwrap_or_default()));
                difference.found = reports.next().flatten();
                let keys: Vec<String> = reports.flatten().collect();
                if difference.found.is_some() {
                    difference.remedies =
                        keys.into_iter().chain(precondition.remedies.iter().cloned()).collect();
                }
            }
        }
    }

    /// Whether the database matches the declaration, and no step is due.
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.tables.iter().all(TablePlan::is_empty)
    }

    /// The steps that are due before the tables are changed, or after.
    pub(in crate::store) fn due(&self, when: When) -> impl Iterator<Item = &DueStep> {
        self.steps.iter().filter(move |step| step.when == when)
    }

    /// Whether the comparison has to wait for steps that run first, as they may change tables and rows.
    pub(in crate::store) fn waits(&self, policy: &SchemaPolicy) -> bool {
        policy.changes() && self.due(When::Before).any(|step| step.runs)
    }

    /// The statements that create or update the table of recorded changes, before all others.
    pub(in crate::store) fn history(&self) -> &[&'static str] {
        &self.history
    }

    /// The tables whose columns are converted.
    pub(in crate::store) fn altered(&self) -> impl Iterator<Item = &str> {
        let altered = self.tables.iter().filter(|table| !table.alter.is_empty());
        altered.map(|table| table.name.as_str())
    }

    /// The statements that convert columns, by their present names. They are run before all others.
    pub(in crate::store) fn alters(&self) -> impl Iterator<Item = &String> {
        self.tables.iter().flat_map(|table| &table.alter)
    }

    /// The statements that create, rename and drop.
    pub(in crate::store) fn simple(&self) -> impl Iterator<Item = &String> {
        self.tables.iter().flat_map(|table| &table.simple)
    }

    /// What is done when all else is committed.
    pub(in crate::store) fn later(&self) -> impl Iterator<Item = &Later> {
        self.tables.iter().flat_map(|table| &table.later)
    }

    /// The statements that record the meanings of columns.
    pub(in crate::store) fn meanings<D: SchemaDialect>(&self) -> Vec<String> {
        meanings::<D>(self.tables.iter())
    }

    /// What a launch under this policy would change.
    pub(in crate::store) fn due_under<D: SchemaDialect>(self, policy: &SchemaPolicy) -> Due {
        if self.is_empty() {
            return Due { notes: self.notes, ..Due::default() };
        }
        let steps = |when| self.due(when).map(DueStep::report);
        let changes = steps(When::Before).chain(self.report()).chain(steps(When::After)).collect();
        let statements = self.printed::<D>(policy.most());
        Due { changes, statements, is_new: self.is_new, notes: self.notes }
    }

    /// A line for each change.
    pub(in crate::store) fn report(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.differences().filter(|difference| difference.is_done()).map(|d| d.does.clone()).collect();
        if self.adopted > 0 {
            let (columns, they) = match self.adopted {
                1 => ("1 column".to_owned(), "it is"),
                several => (format!("{several} columns"), "they are"),
            };
            lines.push(format!(
                "`_crewed_schema` keeps from now on what {columns} may hold, as {they} declared now: a later \
                 declaration is compared with that"
            ));
        }
        lines
    }
}

impl TablePlan {
    fn is_empty(&self) -> bool {
        self.differences.is_empty() && self.meant.is_empty()
    }
}

/// The statements that record the meanings of the columns of these tables.
pub(super) fn meanings<'a, D: SchemaDialect>(tables: impl Iterator<Item = &'a TablePlan>) -> Vec<String> {
    let meant: Vec<&Meant> = tables.flat_map(|table| &table.meant).collect();
    if meant.is_empty() {
        return Vec::new();
    }
    let mut statements = vec![D::MEANINGS.to_owned()];
    for Meant { table, was, .. } in &meant {
        statements.extend(was.as_ref().map(|was| forget::<D>(table, was)));
    }
    statements.extend(meant.iter().map(|meant| {
        let values = [&meant.table, &meant.column, &meant.meaning].map(|text| sql::text_literal(text));
        let values = sql::listed(values.iter());
        let values = match D::present(&meant.table, &meant.column) {
            Some(present) => format!("SELECT {values} WHERE {present}"),
            None => format!("VALUES ({values})"),
        };
        keep(&values)
    }));
    statements
}

/// The statements that move recorded meanings to the new names of renamed columns, and record those of new columns. All
/// others stay as recorded, since the columns were not converted yet.
pub(super) fn moved<'a, D: SchemaDialect>(tables: impl Iterator<Item = &'a TablePlan>) -> Vec<String> {
    let mut statements = Vec::new();
    for meant in tables.flat_map(|table| &table.meant) {
        let Meant { table, column, was, meaning, added } = meant;
        let present = D::present(table, column).map_or(String::new(), |present| format!(" AND {present}"));
        let (name, to) = (sql::text_literal(table), sql::text_literal(column));
        if let Some(was) = was {
            let from = sql::text_literal(was);
            statements.push(keep(&format!(
                "SELECT {name}, {to}, \"meaning\" FROM \"_crewed_schema\" WHERE \"table\" = {name} AND \"column\" = \
                 {from}{present}"
            )));
            statements.push(forget::<D>(table, was));
        } else if *added {
            let meaning = sql::text_literal(meaning);
            statements.push(keep(&format!("SELECT {name}, {to}, {meaning} WHERE true{present}")));
        }
    }
    if !statements.is_empty() {
        statements.insert(0, D::MEANINGS.to_owned());
    }
    statements
}

/// Deletes the recorded meaning of a column that does not exist under this name any more.
fn forget<D: SchemaDialect>(table: &str, was: &str) -> String {
    let gone = D::present(table, was).map_or(String::new(), |present| format!(" AND NOT {present}"));
    let (table, was) = (sql::text_literal(table), sql::text_literal(was));
    format!("DELETE FROM \"_crewed_schema\" WHERE \"table\" = {table} AND \"column\" = {was}{gone}")
}

/// Records meanings; `values` are rows of a table, a column and its meaning.
pub(in crate::store) fn keep(values: &str) -> String {
    format!(
        "INSERT INTO \"_crewed_schema\" (\"table\", \"column\", \"meaning\") {values} \
         ON CONFLICT (\"table\", \"column\") DO UPDATE SET \"meaning\" = excluded.\"meaning\""
    )
}

/// The statements that create or update the table of recorded changes.
pub(super) fn history<D: SchemaDialect>(live: &Live) -> Vec<&'static str> {
    match &live.history {
        Some(history) if history.names_steps => Vec::new(),
        Some(_) => vec![D::HISTORY_NAMES],
        None => vec![D::HISTORY],
    }
}

impl SchemaPolicy {
    /// The highest level of changes that are made.
    pub(super) fn most(&self) -> Level {
        match self.migrate {
            Migrate::Convert => Level::Convert,
            _ => Level::Apply,
        }
    }

    /// Whether anything may be changed at all.
    pub(in crate::store) fn changes(&self) -> bool {
        matches!(self.migrate, Migrate::Apply | Migrate::Convert)
    }
}
