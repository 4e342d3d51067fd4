//! Migrations: compares the present tables of a database with the declared ones, and plans the changes.
//!
//! Unlike in Django there are no migration files: the plan follows from the difference between the database and the
//! declaration. Changes that lose no data are made in one transaction. Changes that narrow or rewrite values are
//! reported, all differences of all tables at once, with the rows that prevent them and with statements to paste into
//! the engine's shell. This module is common to the engines; [`SchemaDialect`] has their differences.

mod advice;
mod change;
mod column;
mod compare;
mod convert;
mod dependents;
mod dialect;
mod indexes;
mod introspect;
mod meaning;
mod plan;
mod print;
mod query;
mod steps;
mod unindexed;

pub(super) use change::{Cast, Edit, Precondition, PreconditionResult};
pub(super) use convert::cast_between;
pub(super) use dialect::SchemaDialect;
pub(super) use introspect::{Dependent, History, Live, LiveColumn, LiveIndex, LiveMeaning, LiveTable};
pub(super) use meaning::Meaning;
pub(crate) use plan::Due;
#[cfg(feature = "postgres")]
pub(super) use plan::Later;
pub(super) use plan::{Plan, keep};
pub(super) use steps::DueStep;

use crate::resource::TableColumn;

/// What the values of a column mean, in the words that a database records it in.
pub(crate) fn meaning_text(column: &TableColumn) -> String {
    Meaning::of(column).text()
}
