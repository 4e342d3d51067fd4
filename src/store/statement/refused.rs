//! The statements that are asked after a write was refused: which condition was false, and whether the row that a unique
//! index refused would have been permitted.

use super::{Statements, before};
use crate::resource::sabotage::{self, Site};
use crate::store::draft::Draft;
use crate::store::prepared::{Checks, Statement};
use crate::store::scope::{Filter, write_condition};
use crate::store::{Action, StoreError, Write};
use crate::value::Value;

impl Statements {
    /// The statement that finds out which condition on the former row is false, or `None` if the write has no such
    /// condition. It returns a row of truth values, if the row exists. `computed` are the values that were computed from
    /// stored ones.
    pub(in crate::store) fn refusal<'a>(
        &'a self,
        write: &'a Write,
        computed: &'a [(usize, Value)],
    ) -> Option<Statement<'a>> {
        let values: Vec<_> = write.given_and(computed).collect();
        let conditions = before(write, &values);
        if conditions.is_empty() {
            return None;
        }
        let mut draft = Draft::after("SELECT ", Vec::new());
        for (index, condition) in conditions.into_iter().enumerate() {
            draft.push(if index > 0 { ", " } else { "" });
            condition.write(&self.names, &mut draft);
        }
        let key: Vec<_> = write.key(self.names.key).map(Filter::Key).into_iter().collect();
        draft.at(Site::Refusal);
        write.conditions.scope.from(&self.names, &key, &mut draft);
        Some(Statement::without_columns(draft))
    }

    /// The statement that asks of a row that could not be written whether it would have been permitted, or `None` if that is
    /// not asked. It returns a row of truth values.
    pub(in crate::store) fn judged<'a>(
        &'a self,
        write: &'a Write,
        computed: &'a [(usize, Value)],
    ) -> Result<Option<(Statement<'a>, Checks)>, StoreError> {
        let conditions = &*write.conditions;
        let key = match &write.action {
            Action::Insert { .. } => None,
            Action::Update { key, .. } => Some(key),
            Action::Upsert { .. } | Action::Delete { .. } => return Ok(None),
        };
        let mut checks = Checks { row: !conditions.after.is_true(), columns: Vec::new() };
        let new: Vec<_> = conditions.required().filter(|_| key.is_none()).collect();
        if !checks.row && new.is_empty() || sabotage::drops(Site::Judged) {
            return Ok(None);
        }
        let mut draft = Draft::after("SELECT ", Vec::new());
        if checks.row {
            write_condition(&conditions.after, &self.names, &mut draft);
        }
        for (column, settable, _) in new {
            draft.push(if checks.row || !checks.columns.is_empty() { ", " } else { "" });
            write_condition(settable, &self.names, &mut draft);
            checks.columns.push(column);
        }
        draft.push(" FROM (SELECT ");
        let values: Vec<_> = write.given_and(computed).collect();
        for (column, name) in self.names.columns.iter().enumerate() {
            draft.push(if column > 0 { ", " } else { "" });
            match (values.iter().find(|(set, _)| *set == column), key) {
                (Some((_, value)), _) => self.new_value(write, column, value, &mut draft),
                (None, Some(_)) => draft.name(&self.names, column),
                (None, None) => draft.parameter(&self.names, column, &Value::Null),
            }
            draft.push(" AS ");
            draft.push(name);
        }
        if let Some(key) = key {
            draft.at(Site::Refusal);
            conditions.scope.from(&self.names, &[Filter::Key(key)], &mut draft);
        }
        draft.push(") AS ");
        draft.push(&self.names.table);
        Ok(Some((Statement::without_columns(draft), checks)))
    }
}
