//! What an input does to a row.

use std::fmt;

use super::ResourceMeta;
use super::column::ColumnCodec;
use super::{DecodeError, json};
use crate::issue::Issues;
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, Merge, Object, Patched, Wire, merge};

/// The body of a create, a replace or a patch.
pub trait Input: Object + Wire {
    /// Says what it does to each column.
    fn changes(self, changes: &mut Changes);
}

/// What happens to one column.
#[non_exhaustive]
pub enum Change {
    /// It has this value.
    Set(Value),
    /// Its new value is made of the stored one, in the transaction of the write.
    Compute(Compute),
    /// The same, of a patch that is merged into the stored one.
    Merge {
        /// Makes it.
        make: Compute,
        /// How many bytes the patch holds, about.
        bytes: usize,
    },
}

impl Change {
    /// What makes its new value of the stored one, where it is made of that.
    pub(crate) fn compute(&self) -> Option<&Compute> {
        match self {
            Change::Set(_) => None,
            Change::Compute(make) | Change::Merge { make, .. } => Some(make),
        }
    }

    /// How many bytes it holds, about.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Change::Set(value) => value.bytes(),
            Change::Compute(_) => size_of::<Change>(),
            Change::Merge { bytes, .. } => size_of::<Change>() + bytes,
        }
    }
}

/// Makes a column's new value of the stored one; again, where the write is tried again.
pub type Compute = Box<dyn Fn(ValueRef<'_>) -> Result<Value, ComputeError> + Send + Sync>;

/// Why nothing was made of a stored value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ComputeError {
    /// What would come of it has issues.
    Invalid(Issues),
    /// The stored value is not what it should be, or what comes of it cannot be stored.
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

/// What happens to each column of a row; `None` where nothing does.
#[derive(Debug)]
pub struct Changes {
    meta: &'static ResourceMeta,
    columns: Vec<Option<Change>>,
    fault: Option<DecodeError>,
}

impl Changes {
    /// Nothing yet.
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

    /// Sets a column to what a patch says of it.
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
                    let stored = json::from_value(stored).map_err(ComputeError::Decode)?;
                    let value = merge::<T>(stored, &merged.patch, field).map_err(ComputeError::Invalid)?;
                    json::to_value(&value, &field.constraints).map_err(ComputeError::Decode)
                }),
            }),
        };
    }

    /// Sets a column to a value that no client chose.
    pub fn put(&mut self, index: usize, value: Value) {
        self.columns[index] = Some(Change::Set(value));
    }

    /// Why something cannot happen: a value that cannot be stored.
    pub fn fault(&self) -> Option<&DecodeError> {
        self.fault.as_ref()
    }

    /// Takes out what happens to a column.
    pub fn take(&mut self, index: usize) -> Option<Change> {
        self.columns[index].take()
    }

    /// Whether nothing happens to any column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.iter().all(Option::is_none)
    }

    /// The columns that something happens to.
    pub fn into_columns(self) -> impl Iterator<Item = (usize, Change)> {
        self.columns.into_iter().enumerate().filter_map(|(index, change)| Some((index, change?)))
    }

    fn constraints(&self, index: usize) -> &'static Constraints {
        &self.meta.object.fields[index].constraints
    }
}
