//! The values that a client sent with an operation, from which the issues of a refused write are made: a unique
//! violation names a column, but the client needs the `loc` and the `input` of its own request.

use serde_json::{Map, Value as Json};

use super::Service;
use crate::error::Error;
use crate::issue::{Issue, IssueCollector, IssueKind, Issues};
use crate::store::StoreError;
use crate::wire::{FieldMeta, has_member, member_fault};

/// The values that were sent with an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SentValues<'a> {
    /// Nothing that a store could refuse.
    Nothing,
    /// Only a key, in the path.
    Path(&'a str),
    /// A body, in JSON.
    Body(&'a [u8]),
    /// The same, written from a struct, which has all members: `null` where a field is `None`.
    Struct(&'a [u8]),
    /// Values by the names of fields, all in the `path` or all in the `query`.
    Members(&'static str, &'a Map<String, Json>),
}

impl SentValues<'_> {
    fn place(self) -> &'static str {
        match self {
            SentValues::Nothing | SentValues::Body(_) | SentValues::Struct(_) => "body",
            SentValues::Path(_) => "path",
            SentValues::Members(place, _) => place,
        }
    }

    /// Whether a value was sent for a field.
    pub(super) fn has(self, field: &FieldMeta) -> bool {
        match self {
            SentValues::Nothing | SentValues::Path(_) => false,
            SentValues::Body(bytes) | SentValues::Struct(bytes) => has_member(bytes, field),
            SentValues::Members(_, members) => members.contains_key(field.name),
        }
    }

    /// The issue of the value that was sent for a field.
    fn fault(self, field: &FieldMeta, kind: IssueKind) -> Issues {
        match self {
            SentValues::Nothing => member_fault(b"{}", field, kind),
            SentValues::Body(bytes) | SentValues::Struct(bytes) => member_fault(bytes, field, kind),
            SentValues::Path(key) => place_fault("path", &key.into(), field, kind),
            SentValues::Members(place, members) => {
                let sent = members.get(field.name).unwrap_or(&Json::Null);
                place_fault(place, sent, field, kind)
            }
        }
    }
}

impl Service {
    /// The error to report to the client that sent these values, for an error of the store.
    pub(super) fn refused(&self, error: StoreError, sent: SentValues<'_>) -> Error {
        let fields = self.meta.object.fields;
        match error {
            StoreError::UniqueViolation { mut columns } => {
                // What is unique within each tenant is so to the client, whose tenant is always its own.
                if columns.len() > 1 {
                    let tenant = self.meta.tenant();
                    columns.retain(|column| Some(*column) != tenant);
                }
                let kind = match &*columns {
                    [_] => IssueKind::Unique,
                    several => IssueKind::UniqueTogether {
                        fields: several.iter().map(|column| fields[*column].name).collect(),
                    },
                };
                let named = columns.iter().find(|column| sent.has(&fields[**column]));
                match named.or(columns.first()) {
                    Some(column) => Error::Conflict(sent.fault(&fields[*column], kind)),
                    None => Error::Conflict(vec![Issue::new(kind, vec![sent.place().into()], Json::Null)]),
                }
            }
            StoreError::Reference { column: Some(column) } => {
                Error::Invalid(sent.fault(&fields[column], IssueKind::Reference))
            }
            StoreError::Reference { column: None } => {
                Error::Invalid(vec![Issue::new(IssueKind::Reference, vec![sent.place().into()], Json::Null)])
            }
            StoreError::Referenced => Error::Conflict(match sent {
                // A body cannot change the key, so rows of other tables refer to another column, which is unknown.
                SentValues::Nothing | SentValues::Body(_) | SentValues::Struct(_) => {
                    vec![Issue::new(IssueKind::Referenced, vec!["body".into()], Json::Null)]
                }
                SentValues::Path(_) | SentValues::Members(..) => {
                    sent.fault(&fields[self.meta.key], IssueKind::Referenced)
                }
            }),
            StoreError::Stale => Error::Stale,
            StoreError::NotPermitted => Error::NotPermitted,
            StoreError::FieldsNotPermitted { columns } => {
                let issue = |column: usize| {
                    let loc = vec![sent.place().into(), fields[column].name.into()];
                    Issue::new(IssueKind::NotPermitted, loc, Json::Null)
                };
                Error::FieldsNotPermitted(columns.into_iter().map(issue).collect())
            }
            StoreError::Invalid(issues) => Error::Invalid(issues),
            StoreError::Contention(cause) | StoreError::Unavailable(cause) => Error::Unavailable(cause),
            StoreError::Internal(cause) => Error::Internal(cause),
        }
    }
}

/// The issue of a value that was sent outside the body.
fn place_fault(place: &'static str, sent: &Json, field: &FieldMeta, kind: IssueKind) -> Issues {
    let mut collector = IssueCollector::at(place);
    collector.step(field.name, |collector| {
        collector.secretly(field.write_only, |collector| collector.fault::<()>(kind, sent))
    });
    collector.into_issues()
}
