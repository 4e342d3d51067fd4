//! The changes that an input makes to a row.

use std::fmt;

use serde_json::Value as Json;

use super::ResourceMeta;
use super::column::ColumnCodec;
use super::{DecodeError, json};
use crate::issue::{Issue, IssueKind, Issues, most_memory};
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, FieldMeta, Merge, Object, Patched, Wire, fits_in_memory, merge};

/// The length in bytes that stored JSON may always be given by merging patches into it. Each patch is bounded as a body
/// is, but their sum is not, and every merge parses all of it.
const MOST_MERGED: usize = 1 << 20;

fn text_of(value: ValueRef<'_>) -> &str {
    match value {
        ValueRef::Text(text) => text,
        _ => "",
    }
}

/// The error of a merge whose result would be longer than `most` bytes, or would take too much memory to be parsed.
fn too_many_values(field: &FieldMeta, most: usize) -> ComputeError {
    let loc = vec!["body".into(), field.name.into()];
    let kind = IssueKind::TooManyValues { most: most_memory(most) };
    ComputeError::Invalid(vec![Issue::new(kind, loc, Json::Null)])
}

/// The body of a create, a replace or a patch.
pub trait Input: Object + Wire {
    /// Adds its changes, by column.
    fn changes(self, changes: &mut Changes);
}

/// The change of one column.
#[non_exhaustive]
pub enum Change {
    /// Sets it to a value.
    Set(Value),
    /// Computes the new value from the stored one, in the transaction of the write.
    Compute(Compute),
    /// Merges a patch into the stored value, in the transaction of the write.
    Merge {
        /// Computes the new value.
        make: Compute,
        /// The approximate size of the patch in bytes.
        bytes: usize,
    },
}

impl Change {
    /// The function that computes the new value from the stored one, if there is one.
    pub(crate) fn compute(&self) -> Option<&Compute> {
        match self {
            Change::Set(_) => None,
            Change::Compute(make) | Change::Merge { make, .. } => Some(make),
        }
    }

    /// The approximate size of its values in bytes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Change::Set(value) => value.bytes(),
            Change::Compute(_) => size_of::<Change>(),
            Change::Merge { bytes, .. } => size_of::<Change>() + bytes,
        }
    }
}

/// Computes the new value of a column from the stored one. It is called again if the write is retried.
pub type Compute = Box<dyn Fn(ValueRef<'_>) -> Result<Value, ComputeError> + Send + Sync>;

/// The error of computing a value from a stored one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ComputeError {
    /// The new value is invalid.
    Invalid(Issues),
    /// The stored value cannot be decoded, or the new one cannot be stored.
    Decode(DecodeError),
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Set(value) => f.debug_tuple("Set").field(value).finish(),
            Change::Compute(_) => f.write_str("Compute(..)"),
            Change::Merge { bytes, .. } => write!(f, "Merge(.. {bytes} bytes)"),
        }
    }
}

/// The change of each column of a row, or `None` for a column that does not change.
#[derive(Debug)]
pub struct Changes {
    meta: &'static ResourceMeta,
    columns: Vec<Option<Change>>,
    fault: Option<DecodeError>,
}

impl Changes {
    /// Creates it without changes.
    #[must_use]
    pub fn new(meta: &'static ResourceMeta) -> Self {
        Changes { meta, columns: meta.columns.iter().map(|_| None).collect(), fault: None }
    }

    /// Sets a column.
    pub fn set<T>(&mut self, index: usize, value: &T, codec: ColumnCodec<T>) {
        match (codec.to_value)(value, self.constraints(index)) {
            Ok(value) => self.columns[index] = Some(Change::Set(value)),
            Err(DecodeError(why)) => {
                self.fault =
                    Some(DecodeError(format!("field `{}`: {why}", self.meta.object.fields[index].name)));
            }
        }
    }

    /// Applies the field of a patch to a column.
    pub fn patch<T>(&mut self, index: usize, patched: Patched<T>, codec: ColumnCodec<T>) {
        match patched {
            Patched::Absent => {}
            Patched::Null => self.columns[index] = Some(Change::Set(Value::Null)),
            Patched::Value(value) => self.set(index, &value, codec),
        }
    }

    /// Merges a patch into a JSON column.
    pub fn merge<T: Wire>(&mut self, index: usize, patched: Patched<Merge<T>>) {
        let field = &self.meta.object.fields[index];
        self.columns[index] = match patched {
            Patched::Absent => None,
            Patched::Null => Some(Change::Set(Value::Null)),
            Patched::Value(merged) => Some(Change::Merge {
                bytes: json::bytes(&merged.patch),
                make: Box::new(move |stored| {
                    let most = text_of(stored).len().max(MOST_MERGED);
                    if !fits_in_memory(text_of(stored).as_bytes()) {
                        return Err(too_many_values(field, most));
                    }
                    let stored = json::from_value(stored).map_err(ComputeError::Decode)?;
                    let value = merge::<T>(stored, &merged.patch, field).map_err(ComputeError::Invalid)?;
                    let value = json::to_value(&value, &field.constraints).map_err(ComputeError::Decode)?;
                    let text = text_of(value.as_ref());
                    match text.len() <= most && fits_in_memory(text.as_bytes()) {
                        true => Ok(value),
                        false => Err(too_many_values(field, most)),
                    }
                }),
            }),
        };
    }

    /// Sets a column to a value that was not sent by a client.
    pub fn put(&mut self, index: usize, value: Value) {
        self.columns[index] = Some(Change::Set(value));
    }

    /// The error of a value that cannot be stored, if there is one.
    pub fn fault(&self) -> Option<&DecodeError> {
        self.fault.as_ref()
    }

    /// The change of a column.
    pub(crate) fn of(&self, index: usize) -> Option<&Change> {
        self.columns[index].as_ref()
    }

    /// Leaves the stored text of a JSON column as it is, if a new value is equal to it.
    pub(crate) fn keep_equal_json(&mut self, index: usize) {
        let (make, bytes): (Compute, usize) = match self.columns[index].take() {
            Some(Change::Set(Value::Text(new))) => {
                let bytes = new.len();
                (Box::new(move |_| Ok(Value::Text(new.clone()))), bytes)
            }
            Some(Change::Merge { make, bytes }) => (make, bytes),
            other => {
                self.columns[index] = other;
                return;
            }
        };
        let make: Compute = Box::new(move |stored| {
            let new = make(stored)?;
            let parsed = |text| serde_json::from_str::<Json>(text_of(text)).ok();
            let is_equal = parsed(stored).is_some_and(|stored| parsed(new.as_ref()) == Some(stored));
            Ok(if is_equal { stored.to_owned() } else { new })
        });
        self.columns[index] = Some(Change::Merge { make, bytes });
    }

    /// Removes and returns the change of a column.
    pub fn take(&mut self, index: usize) -> Option<Change> {
        self.columns[index].take()
    }

    /// Whether no column changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.iter().all(Option::is_none)
    }

    /// The changes by column.
    pub fn into_columns(self) -> impl Iterator<Item = (usize, Change)> {
        self.columns.into_iter().enumerate().filter_map(|(index, change)| Some((index, change?)))
    }

    fn constraints(&self, index: usize) -> &'static Constraints {
        &self.meta.object.fields[index].constraints
    }
}
