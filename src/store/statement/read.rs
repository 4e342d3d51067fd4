//! The statements of reads.

use super::{Statements, masks};
use crate::resource::sabotage::Site;
use crate::resource::{ColumnType, Condition, Table};
use crate::store::draft::{Draft, Parameter};
use crate::store::prepared::Statement;
use crate::store::scope::{Filter, write_column};
use crate::store::sql::Dialect;
use crate::store::{Columns, Select};
use crate::value::ValueRef;

impl Statements {
    /// The statement of a read.
    pub(in crate::store) fn select<'a>(&'a self, select: &'a Select) -> Statement<'a> {
        if select.columns == Columns::Count {
            return self.count(select);
        }
        let shape = self.shape(select.columns);
        let is_usual = select.scope.is_all() && select.order.is_empty();
        match &select.filter {
            Condition::Key(key) if is_usual => shape.usual(&shape.by_key, vec![self.key(key)]),
            Condition::Key(key) if select.scope.masks().is_empty() && select.order.is_empty() => {
                let mut draft = Draft::after(&shape.by_key, Vec::new());
                draft.parameters.push(self.key(key));
                draft.at(Site::SelectByKey);
                select.scope.and(&self.names, &mut draft);
                shape.built(draft)
            }
            filter if is_usual && filter.is_true() => {
                shape.usual(&shape.page, vec![count(select.limit), count(select.skip)])
            }
            filter => {
                let mut draft = Draft::after("SELECT ", Vec::new());
                let flags =
                    self.columns(Site::MaskedColumns, shape, select.columns, &select.scope, &mut draft);
                draft.masks = masks(Site::MaskedFilter, &select.scope);
                draft.at(Site::Select);
                select.scope.from(&self.names, &[Filter::Is(filter)], &mut draft);
                draft.masks = masks(Site::MaskedOrder, &select.scope);
                self.order(select, &mut draft);
                self.bounds(select, &mut draft);
                shape.with_flags(draft, flags)
            }
        }
    }

    /// The statement that counts rows.
    fn count<'a>(&'a self, select: &'a Select) -> Statement<'a> {
        let is_bounded = select.skip > 0 || select.limit < u64::MAX;
        let start = if is_bounded { "SELECT count(*) FROM (SELECT 1" } else { "SELECT count(*)" };
        let mut draft = Draft::after(start, Vec::new());
        draft.masks = masks(Site::MaskedCount, &select.scope);
        draft.at(Site::Count);
        select.scope.from(&self.names, &[Filter::Is(&select.filter)], &mut draft);
        if is_bounded {
            self.bounds(select, &mut draft);
            draft.push(") AS bounded");
        }
        Statement::new(draft.text, draft.parameters, &[ColumnType::Integer])
    }

    fn order<'a>(&'a self, select: &'a Select, draft: &mut Draft<'a>) {
        draft.push(" ORDER BY ");
        if select.order.is_empty() {
            write_column(&self.names, self.names.key, draft);
        }
        for (index, order) in select.order.iter().enumerate() {
            draft.push(if index > 0 { ", " } else { "" });
            write_column(&self.names, order.column, draft);
            draft.push(if order.descending { " DESC" } else { "" });
            if order.may_be_null && self.names.nullable[order.column] && self.names.dialect.null_is_least {
                draft.push(if order.descending { " NULLS FIRST" } else { " NULLS LAST" });
            }
        }
    }

    fn bounds<'a>(&'a self, select: &Select, draft: &mut Draft<'a>) {
        draft.push(" LIMIT ");
        draft.bind(&self.names, count(select.limit));
        draft.push(" OFFSET ");
        draft.bind(&self.names, count(select.skip));
    }
}

/// The statement of a read with its values in it, for the tests that ask an engine how it would read.
pub(in crate::store) fn with_values<D: Dialect>(table: &Table, select: &Select) -> String {
    let statements = Statements::of::<D>(table);
    let statement = statements.select(select);
    let mut text = statement.text.clone().into_owned();
    for (index, parameter) in statement.parameters.iter().enumerate().rev() {
        let literal = D::literal(&parameter.value.to_owned(), &parameter.kind);
        text = text.replace(&D::parameter(index + 1), &literal);
    }
    text
}

/// A limit or an offset. Engines have signed integers, and SQLite reads a negative limit as none at all, so a larger
/// number becomes the maximum.
fn count(count: u64) -> Parameter<'static> {
    let value = ValueRef::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    Parameter { value, kind: ColumnType::Integer }
}
