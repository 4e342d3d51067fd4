//! What proofs of access rules ask of a service, beside its operations.

use std::any::{Any, TypeId};

use super::{Permissions, Service};
use crate::resource::{AccessMeta, DecodeError, Row};
use crate::store::TableId;
use crate::value::{Value, ValueRef};

impl Service {
    /// The table of the rows.
    pub(crate) fn table(&self) -> TableId {
        self.table
    }

    /// Who may do what, if that is not everybody.
    pub(crate) fn rules(&self) -> Option<&'static AccessMeta> {
        self.access
    }

    /// The type of the callers that the rules are for.
    pub(crate) fn caller_type(&self) -> TypeId {
        self.inputs.caller
    }

    /// The declared struct of a row with all columns.
    pub(crate) fn decoded(&self, values: &[Value]) -> Result<Box<dyn Any>, DecodeError> {
        (self.inputs.decode)(&Kept(values))
    }
}

impl Permissions {
    /// Whether the caller sees a field in no row, so that it does not exist for them.
    pub(crate) fn lacks(&self, column: usize) -> bool {
        self.hides(column)
    }
}

/// A row whose values are kept.
struct Kept<'a>(&'a [Value]);

impl Row for Kept<'_> {
    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        self.0.get(index).map(Value::as_ref).ok_or_else(|| DecodeError(format!("there is no column {index}")))
    }

    fn width(&self) -> usize {
        self.0.len()
    }
}
