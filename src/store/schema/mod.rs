//! The tables that a database has, against those that are declared.
//!
//! What loses nothing is done, all of it in one transaction. What narrows or rewrites values is told, every
//! difference of every table at once, with what stands in the way and with statements that can be pasted.

mod advice;
mod change;
mod column;
mod compare;
mod convert;
mod dialect;
mod held;
mod indexes;
mod introspect;
mod meaning;
mod plan;
mod print;
mod query;
mod steps;

pub(super) use change::{Cast, Edit, Found, Precondition};
pub(super) use convert::way;
pub(super) use dialect::SchemaDialect;
pub(super) use introspect::{History, Live, LiveColumn, LiveIndex, LiveMeaning, LiveTable, User};
pub(super) use meaning::Meaning;
pub(super) use plan::{Plan, keep};
pub(super) use steps::Due;
