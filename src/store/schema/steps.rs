//! Compares the steps of a program with those that the database has recorded.

use super::dialect::SchemaDialect;
use super::introspect::Live;
use crate::store::script::ends_transaction;
use crate::store::{SchemaPolicy, SchemaStep, StepAction, When};

/// A step that the database has not recorded.
#[derive(Clone, Debug)]
pub(in crate::store) struct DueStep {
    pub(in crate::store) name: String,
    pub(in crate::store) when: When,
    pub(in crate::store) action: StepAction,
    /// Its statements for this engine, or an empty text if it is code.
    pub(in crate::store) text: &'static str,
    /// Whether it is run. In a database without tables it is only recorded, as there is nothing to migrate.
    pub(in crate::store) runs: bool,
}

/// The result of the comparison.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) due: Vec<DueStep>,
    /// Mistakes in the declared steps.
    pub(super) wrong: Vec<String>,
    /// Remarks for the log.
    pub(super) notes: Vec<String>,
}

impl Steps {
    /// Finds the steps that the database has not recorded.
    pub(super) fn of<D: SchemaDialect>(policy: &SchemaPolicy, live: &Live) -> Self {
        let mut steps = Steps::default();
        let recorded = || live.history.iter().flat_map(|history| &history.steps);
        for (i, step) in policy.steps.iter().enumerate() {
            let SchemaStep { name, when, action } = step;
            if policy.steps[..i].iter().any(|other| other.name == *name) {
                steps.wrong.push(format!("the step `{name}`: is declared twice"));
                continue;
            }
            let text = match action {
                StepAction::Sql(sql) => D::of_step(sql),
                StepAction::Run(_) => "",
            };
            if let Some(word) = ends_transaction(text, D::SCRIPT) {
                steps.wrong.push(format!(
                    "the step `{name}`: has {word}, and is run in a transaction that is none of its own"
                ));
            }
            match recorded().find(|(known, _)| known == name) {
                Some((_, known)) if matches!(action, StepAction::Sql(_)) && known != text => {
                    steps.notes.push(format!(
                        "the step `{name}` was run with another text, and is not run again; what is new goes into \
                         a step of another name"
                    ));
                }
                Some(_) => {}
                None => steps.due.push(DueStep {
                    name: name.clone(),
                    when: *when,
                    action: action.clone(),
                    text,
                    runs: !live.is_empty(),
                }),
            }
        }
        steps
    }
}

impl DueStep {
    /// The line that is logged once it is done.
    pub(in crate::store) fn report(&self) -> String {
        let how = if self.runs { "run" } else { "noted and not run, as the database is new" };
        format!("step `{}`: {how}", self.name)
    }
}
