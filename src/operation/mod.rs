//! What the operations of a resource do, free of HTTP: input, store, outcome.
//!
//! Nothing here is compiled once per resource but the four functions of [`Inputs`], which parse into
//! the declared types; an operation sees the declaration as data.

mod addressed;
mod input;
mod list;
mod read;
mod rows;
mod typed;
mod write;

pub use input::{Addressed, Inputs};
pub use list::PageSizes;
pub use typed::{Values, Via};

use std::any::TypeId;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::error::Error;
use crate::input::{unicode_pairs, unknown_keys};
use crate::issue::{Issue, IssueCollector, IssueKind, Issues};
use crate::resource::{ReplyStyle, Resource, ResourceMeta};
use crate::store::{Store, StoreError, TableId};
use crate::wire::{Constraints, FieldMeta, member_fault};
use rows::Layout;

/// A resource that is being served.
pub struct Service {
    meta: &'static ResourceMeta,
    inputs: Inputs,
    store: Arc<dyn Store>,
    table: TableId,
    /// The same with all its columns shown.
    whole: TableId,
    layout: Arc<Layout>,
    /// What a read of one row shows.
    one: Arc<Layout>,
    skip: Constraints,
    limit: Constraints,
    page: PageSizes,
}

/// What came of an operation.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// Rows or a row, as JSON.
    Found(Vec<u8>),
    /// A new row, as JSON, and its key as a segment of a path, not yet encoded.
    Created {
        /// The row.
        row: Vec<u8>,
        /// The key.
        key: String,
    },
    /// The row is gone.
    Deleted,
}

impl Service {
    /// Serves a resource from the table at this position of the store, which is at another once more with all
    /// its columns shown.
    #[must_use]
    pub fn of(
        meta: &'static ResourceMeta,
        inputs: Inputs,
        store: Arc<dyn Store>,
        (table, whole): (TableId, TableId),
        page: PageSizes,
    ) -> Self {
        let layout = Arc::new(Layout::of(meta));
        let one = match meta.replies {
            ReplyStyle::Row => Arc::clone(&layout),
            ReplyStyle::Status => Arc::new(Layout::beside_the_key(meta)),
        };
        let (skip, limit) = (page.skip_constraints(), page.limit_constraints());
        Service { meta, inputs, store, table, whole, layout, one, skip, limit, page }
    }

    /// Whether it serves `R`.
    #[must_use]
    pub fn serves<R: Resource>(&self) -> bool {
        self.inputs.resource == TypeId::of::<R>()
    }

    /// The declaration.
    #[must_use]
    pub fn meta(&self) -> &'static ResourceMeta {
        self.meta
    }

    /// The key in the path and the issues of a query where none is taken.
    fn key(&self, key: &str, query: &str) -> Result<crate::value::Value, Issues> {
        let key = (self.inputs.key)(self.meta, "path", &key.into());
        let unknown = self.no_query(query);
        match key {
            Ok(key) if unknown.is_empty() => Ok(key),
            Ok(_) => Err(unknown),
            Err(mut issues) => {
                issues.extend(unknown);
                Err(issues)
            }
        }
    }

    /// The issues of a query where none is taken.
    fn no_query(&self, query: &str) -> Issues {
        if query.is_empty() {
            return Issues::new();
        }
        let (pairs, mut issues) = unicode_pairs(query, self.meta.object);
        issues.extend(unknown_keys(&pairs, &[], self.meta.object));
        issues
    }

    /// What a store's error is to a client; `sent` is for the issue's input.
    fn failed(&self, error: StoreError, sent: Told<'_>) -> Error {
        match error {
            StoreError::UniqueViolation { column } => {
                let field = &self.meta.object.fields[column];
                Error::Conflict(sent.fault(field, IssueKind::Unique))
            }
            StoreError::Reference { column: Some(column) } => {
                Error::Invalid(sent.fault(&self.meta.object.fields[column], IssueKind::Reference))
            }
            StoreError::Reference { column: None } => {
                Error::Invalid(vec![Issue::new(IssueKind::Reference, vec![sent.place().into()], Json::Null)])
            }
            StoreError::Referenced => Error::Conflict(match sent {
                // What others refer to is not the key, or it would not be changed.
                Told::Nothing | Told::Body(_) => {
                    vec![Issue::new(IssueKind::Referenced, vec!["body".into()], Json::Null)]
                }
                Told::Path(_) | Told::Addressed(_) => {
                    sent.fault(&self.meta.object.fields[self.meta.key], IssueKind::Referenced)
                }
            }),
            StoreError::Invalid(issues) => Error::Invalid(issues),
            StoreError::Contention(cause) | StoreError::Unavailable(cause) => Error::Unavailable(cause),
            StoreError::Internal(cause) => Error::Internal(cause),
        }
    }
}

/// What was sent with a write, for what is told of it.
#[derive(Clone, Copy)]
enum Told<'a> {
    Nothing,
    /// A key in the path alone.
    Path(&'a str),
    Body(&'a [u8]),
    Addressed(&'a Addressed),
}

impl Told<'_> {
    fn place(self) -> &'static str {
        match self {
            Told::Nothing | Told::Body(_) => "body",
            Told::Path(_) => "path",
            Told::Addressed(addressed) => addressed.place,
        }
    }

    /// A fault of what was sent for a field.
    fn fault(self, field: &FieldMeta, kind: IssueKind) -> Issues {
        match self {
            Told::Nothing => member_fault(b"{}", field, kind),
            Told::Body(bytes) => member_fault(bytes, field, kind),
            Told::Path(key) => place_fault("path", &key.into(), field, kind),
            Told::Addressed(addressed) => {
                let sent = addressed.members.get(field.name).unwrap_or(&Json::Null);
                place_fault(addressed.place, sent, field, kind)
            }
        }
    }
}

/// A fault of a value that stands outside a body.
fn place_fault(place: &'static str, sent: &Json, field: &FieldMeta, kind: IssueKind) -> Issues {
    let mut collector = IssueCollector::at(place);
    collector.step(field.name, |collector| {
        collector.secretly(field.write_only, |collector| collector.fault::<()>(kind, sent))
    });
    collector.into_issues()
}
