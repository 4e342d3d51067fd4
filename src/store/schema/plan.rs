//! What is to be done to a database, table by table.

use super::change::{Difference, Found, Level, Meant, Precondition};
use super::dialect::SchemaDialect;
use super::introspect::Live;
use super::steps::Due;
use crate::store::sql;
use crate::store::{Migrate, SchemaPolicy, When};

/// What is missing, what does not fit, and what is done about it.
#[derive(Debug, Default)]
pub(in crate::store) struct Plan {
    pub(super) tables: Vec<TablePlan>,
    /// What is worth a line in the log, and no reason to stop.
    pub(in crate::store) notes: Vec<String>,
    /// How many columns are there of which it was not kept yet what they mean.
    pub(super) adopted: usize,
    /// The steps of the program's own that are due.
    pub(in crate::store) steps: Vec<Due>,
    /// What is wrong with these, whatever the database has.
    pub(super) wrong_steps: Vec<String>,
    /// The statements that make the table of what was done what it should be.
    pub(super) history: Vec<&'static str>,
}

/// What is to be done to a table.
#[derive(Debug, Default)]
pub(super) struct TablePlan {
    pub(super) name: String,
    pub(super) differences: Vec<Difference>,
    /// Statements that convert columns, by the names that they have; they come first.
    pub(super) alter: Vec<String>,
    /// The same for a person, with the words before it.
    pub(super) paste: Option<(String, Vec<String>)>,
    /// Statements that make, rename and drop what takes a statement each.
    pub(super) simple: Vec<String>,
    /// What is kept of its columns afterwards.
    pub(super) meant: Vec<Meant>,
}

impl Difference {
    /// Whether it stops the launch.
    pub(super) fn stops(&self, most: Level) -> bool {
        self.found.is_some() || self.level > most
    }

    /// Whether something is done about it.
    pub(super) fn is_done(&self) -> bool {
        !self.does.is_empty()
    }
}

impl Plan {
    pub(super) fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.tables.iter().flat_map(|table| &table.differences)
    }

    /// Questions about the rows that are there.
    pub(in crate::store) fn preconditions(&self) -> impl Iterator<Item = &Precondition> {
        self.differences()
            .filter_map(|difference| difference.precondition.as_ref())
            .flat_map(Precondition::questions)
    }

    /// Takes into account what was found, in the order of the questions.
    pub(in crate::store) fn resolve(&mut self, found: impl IntoIterator<Item = Found>) {
        let mut found = found.into_iter();
        let differences = self.tables.iter_mut().flat_map(|table| &mut table.differences);
        for difference in differences {
            if let Some(precondition) = &difference.precondition {
                let mut told = precondition
                    .questions()
                    .map(|precondition| precondition.judge(&found.next().unwrap_or_default()));
                difference.found = told.next().flatten();
                let keys: Vec<String> = told.flatten().collect();
                if difference.found.is_some() {
                    difference.remedies =
                        keys.into_iter().chain(precondition.remedies.iter().cloned()).collect();
                }
            }
        }
    }

    /// Whether the database is as it should be.
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.tables.iter().all(TablePlan::is_empty)
    }

    /// The steps that are due before anything else is done, or after it.
    pub(in crate::store) fn due(&self, when: When) -> impl Iterator<Item = &Due> {
        self.steps.iter().filter(move |step| step.when == when)
    }

    /// Whether nothing can be said of the rows yet, since steps come first that may change them.
    pub(in crate::store) fn waits(&self, policy: &SchemaPolicy) -> bool {
        policy.changes() && self.due(When::Before).any(|step| step.runs)
    }

    /// What makes the table of what was done what it should be, before anything is.
    pub(in crate::store) fn history(&self) -> &[&'static str] {
        &self.history
    }

    /// The tables whose columns are converted.
    pub(in crate::store) fn altered(&self) -> impl Iterator<Item = &str> {
        let altered = self.tables.iter().filter(|table| !table.alter.is_empty());
        altered.map(|table| table.name.as_str())
    }

    /// The statements that convert columns, by the names that they have; they come first.
    pub(in crate::store) fn alters(&self) -> impl Iterator<Item = &String> {
        self.tables.iter().flat_map(|table| &table.alter)
    }

    /// The statements that make, rename and drop.
    pub(in crate::store) fn simple(&self) -> impl Iterator<Item = &String> {
        self.tables.iter().flat_map(|table| &table.simple)
    }

    /// The statements that keep what columns mean from now on.
    pub(in crate::store) fn meanings<D: SchemaDialect>(&self) -> Vec<String> {
        meanings::<D>(self.tables.iter())
    }

    /// What is done, a line for each.
    pub(in crate::store) fn told(&self) -> Vec<String> {
        let mut told: Vec<String> =
            self.differences().filter(|difference| difference.is_done()).map(|d| d.does.clone()).collect();
        if self.adopted > 0 {
            let (columns, they) = match self.adopted {
                1 => ("1 column".to_owned(), "it is"),
                several => (format!("{several} columns"), "they are"),
            };
            told.push(format!(
                "`_crewed_schema` keeps from now on what {columns} may hold, as {they} declared now: a later \
                 declaration is compared with that"
            ));
        }
        told
    }
}

impl TablePlan {
    fn is_empty(&self) -> bool {
        self.differences.is_empty() && self.meant.is_empty()
    }
}

/// The statements that keep what the columns of these tables mean.
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

/// The statements by which what the columns of these tables mean goes with their names, and is kept of columns that
/// are new; of others it stays what it is.
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

/// Forgets what a column means that is not there by this name any more.
fn forget<D: SchemaDialect>(table: &str, was: &str) -> String {
    let gone = D::present(table, was).map_or(String::new(), |present| format!(" AND NOT {present}"));
    let (table, was) = (sql::text_literal(table), sql::text_literal(was));
    format!("DELETE FROM \"_crewed_schema\" WHERE \"table\" = {table} AND \"column\" = {was}{gone}")
}

/// Keeps what columns mean: rows of a table, a column and its meaning.
pub(in crate::store) fn keep(values: &str) -> String {
    format!(
        "INSERT INTO \"_crewed_schema\" (\"table\", \"column\", \"meaning\") {values} \
         ON CONFLICT (\"table\", \"column\") DO UPDATE SET \"meaning\" = excluded.\"meaning\""
    )
}

/// What makes the table of what was done what it should be.
pub(super) fn history<D: SchemaDialect>(live: &Live) -> Vec<&'static str> {
    match &live.history {
        Some(history) if history.names_steps => Vec::new(),
        Some(_) => vec![D::HISTORY_NAMES],
        None => vec![D::HISTORY],
    }
}

impl SchemaPolicy {
    /// What may be done to make a difference go.
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
