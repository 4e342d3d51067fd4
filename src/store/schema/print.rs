//! The messages about a database that differs from the declaration.

use std::fmt::Write as _;

use super::change::{Difference, Level};
use super::dialect::SchemaDialect;
use super::plan::{self, Plan, TablePlan};
use crate::store::{Migrate, SchemaPolicy, StepAction, When, sql};

/// The words that introduce statements which `migrate = "convert"` would run as well.
pub(super) const CONVERT: &str = "to convert it";

impl Plan {
    /// The message if the database refused a statement: the table and the change it belongs to, and the database's
    /// error.
    pub(in crate::store) fn refused(&self, statement: &str, said: &str) -> String {
        let mut text = String::new();
        let is_of =
            |table: &&TablePlan| table.alter.iter().chain(&table.simple).any(|known| known == statement);
        match self.tables.iter().find(is_of) {
            Some(table) => table.refused(statement, said, &mut text),
            None => text.push_str(&format!("was not changed: {said}, in: {statement}")),
        }
        text
    }

    /// Checks whether the policy allows the plan.
    ///
    /// # Errors
    /// The differences that prevent the launch, and what would remove them.
    pub(in crate::store) fn allowed<D: SchemaDialect>(&self, policy: &SchemaPolicy) -> Result<(), String> {
        let most = policy.most();
        let mut text = String::new();
        if !self.wrong_steps.is_empty() {
            text.push_str("cannot be changed by the steps of the program (nothing was changed):");
            for wrong in &self.wrong_steps {
                let _ = write!(text, "\n  {wrong}");
            }
            return Err(text);
        }
        if self.waits(policy) {
            return Ok(());
        }
        if self.differences().any(|difference| difference.stops(most)) {
            text.push_str("does not fit the declaration (nothing was changed):");
            for table in &self.tables {
                table.refuse(most, &mut text);
            }
        }
        let lines = match policy.migrate {
            Migrate::Apply | Migrate::Convert => Vec::new(),
            Migrate::Print => self.printed::<D>(most),
            Migrate::Check => self
                .differences()
                .filter(|difference| !difference.stops(most) && difference.is_done())
                .map(|difference| difference.does.clone())
                .chain(self.steps.iter().filter(|step| step.runs).map(|step| format!("step `{}`", step.name)))
                .collect(),
        };
        if !lines.is_empty() {
            if !text.is_empty() {
                text.push_str("\nand ");
            }
            text.push_str(match policy.migrate {
                Migrate::Print => {
                    "is not yet as declared; these statements make it so (migrate = \"apply\" runs them):"
                }
                _ => "is not yet as declared (migrate = \"apply\" makes it so):",
            });
            for line in lines {
                let _ = write!(text, "\n  {line}");
            }
        }
        if text.is_empty() { Ok(()) } else { Err(text) }
    }

    /// The complete statements of the plan, which a person can run.
    pub(super) fn printed<D: SchemaDialect>(&self, most: Level) -> Vec<String> {
        let stopped = |table: &&TablePlan| table.differences.iter().any(|difference| difference.stops(most));
        let done = |table: &&TablePlan| {
            let mut differences = table.differences.iter();
            differences.any(|difference| !difference.stops(most) && difference.is_done())
        };
        let mut lines = self.printed_steps::<D>(When::Before);
        // A table with statements of its own to paste records its meanings among those; a table that is refused has not
        // changed yet. So for both only new and renamed columns are recorded here.
        let pasted = |table: &&TablePlan| stopped(table) || !table.alter.is_empty();
        for table in self.tables.iter().filter(|table| !stopped(table) && !table.alter.is_empty()) {
            lines.extend(table.paste.iter().flat_map(|(_, paste)| paste).map(|line| format!("{line};")));
        }
        let tables = || self.tables.iter().filter(done);
        let simple: Vec<String> = tables().flat_map(|table| &table.simple).cloned().collect();
        let mut meanings = plan::meanings::<D>(tables().filter(|table| !pasted(table)));
        meanings.extend(plan::moved::<D>(tables().filter(pasted)));
        if !simple.is_empty() || !meanings.is_empty() {
            let whole = D::whole([simple, meanings].concat());
            lines.extend(whole.into_iter().map(|line| format!("{line};")));
        }
        lines.extend(tables().flat_map(|table| &table.later).map(|later| format!("{};", later.statement)));
        lines.extend(self.printed_steps::<D>(When::After));
        lines
    }

    /// The steps as statements that a person can run, each of which is recorded. Only the program can run a step of
    /// code.
    fn printed_steps<D: SchemaDialect>(&self, when: When) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut history = self.history.iter().map(|line| format!("{line};")).collect();
        for step in self.due(when) {
            if matches!(step.action, StepAction::Run(_)) {
                let name = step.name.replace(char::is_control, " ");
                lines.push(format!("-- the step `{name}` is code: the program runs it"));
                continue;
            }
            lines.append(&mut history);
            let note = format!(
                "INSERT INTO \"_crewed_history\" (\"statement\", \"step\") VALUES ({}, {})",
                sql::text_literal(step.text),
                sql::text_literal(&step.name)
            );
            lines.extend(D::step(if step.runs { step.text } else { "" }, &step.name, &note));
        }
        lines
    }
}

impl TablePlan {
    /// Appends the differences that prevent the launch, and what would remove them. Conversions come first with their
    /// statements, since these expect the table in its present state.
    fn refuse(&self, most: Level, text: &mut String) {
        let stops = || self.differences.iter().filter(|difference| difference.stops(most));
        let paste = self.paste.as_ref().filter(|_| stops().any(|difference| difference.converted));
        let converted = |difference: &&Difference| paste.is_some() && difference.converted;
        for difference in stops().filter(converted) {
            difference.tell(text);
        }
        if let Some((words, statements)) = paste {
            let blocked = stops().any(|difference| difference.converted && difference.found.is_some());
            let by_itself = words == CONVERT;
            let (before, after) = match (blocked, by_itself, most) {
                (true, true, Level::Convert) => {
                    ("once no row stands in the way, the next launch does it; ", "")
                }
                (true, true, _) => {
                    ("once no row stands in the way, ", " (migrate = \"convert\" does the same)")
                }
                (true, false, _) => ("once no row stands in the way, ", ""),
                (false, true, _) => {
                    ("", " (migrate = \"convert\" does the same, where no row stands in the way)")
                }
                (false, false, _) => ("", ""),
            };
            let _ = write!(text, "\n    {before}{words}{after}:");
            for statement in statements {
                let _ = write!(text, "\n      {statement};");
            }
        }
        for difference in stops().filter(|difference| !converted(difference)) {
            difference.tell(text);
        }
    }

    /// Appends the message about a statement that the database refused.
    fn refused(&self, statement: &str, said: &str, text: &mut String) {
        let _ = write!(text, "was not changed, as the database refused it: {said}");
        let altered = self.alter.iter().any(|known| known == statement);
        let _ = write!(text, "\n  what was to be done:");
        for difference in self.differences.iter().filter(|known| known.is_done()) {
            if !altered || difference.converted {
                let _ = write!(text, "\n    {}", difference.does);
            }
        }
        let _ = write!(text, "\n  the statement that was refused:\n    {statement};");
        if let Some((_, statements)) = self.paste.as_ref().filter(|_| altered) {
            let _ =
                write!(text, "\n  once what it names is out of the way, the next launch does it, and so do:");
            for statement in statements {
                let _ = write!(text, "\n      {statement};");
            }
        }
    }
}

impl Difference {
    fn tell(&self, text: &mut String) {
        let _ = write!(text, "\n  {}", self.what);
        for line in self.found.iter().chain(&self.remedies).chain(&self.hints) {
            let _ = write!(text, "\n    {line}");
        }
    }
}
