//! Which unique constraint a refused write is reported for.
//!
//! An engine reports one of several violated constraints, in an order of its own. A client should get the same error
//! from each engine, so the rows are queried after the failure for the constraints that come before the reported one.

use super::prepared::Statement;
use super::statement::Statements;
use super::{Action, Write, sql};
use crate::resource::Table;
use crate::value::Value;

/// The constraints that a refused write may have violated.
pub(super) struct Violations<'a> {
    /// Those that come before the reported one, in order, each with the statement that finds a row if it is violated.
    pub(super) before: Vec<(Vec<usize>, Statement<'a>)>,
    /// The columns of the reported one, in the order of their declaration.
    pub(super) reported: Vec<usize>,
}

impl<'a> Violations<'a> {
    /// The constraints that a write may have violated, if an engine has reported the one over these columns. `computed`
    /// are the values that were computed from stored ones.
    pub(super) fn of(
        table: &Table,
        statements: &'a Statements,
        write: &'a Write,
        computed: &'a [(usize, Value)],
        reported: Vec<usize>,
    ) -> Self {
        let overwrites = matches!(write.action, Action::Upsert { .. });
        let given = write.given_and(computed).filter(|(column, _)| {
            // The row that is overwritten keeps these.
            !(overwrites && table.columns.get(*column).is_some_and(|column| column.preserved))
        });
        let given: Vec<(usize, &Value)> = given.collect();
        let own = match write.action {
            Action::Insert { .. } => None,
            _ => write.key(table.key),
        };
        let is_reported = |columns: &Vec<usize>| {
            columns.len() == reported.len() && columns.iter().all(|column| reported.contains(column))
        };
        let mut before = Vec::new();
        for columns in sql::unique_constraints(table) {
            if is_reported(&columns) {
                return Violations { before, reported: columns };
            }
            let statement = statements.conflicting_row(&columns, &given, own);
            before.extend(statement.map(|statement| (columns, statement)));
        }
        Violations { before, reported }
    }
}
