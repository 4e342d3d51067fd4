//! Columns that a caller does not see in every row.

use crate::resource::Condition;

/// A column that has a value for the caller in some rows alone. In all others it is NULL, wherever a statement for the
/// caller names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    /// The position of the column in the table.
    pub column: usize,
    /// The rows in which it has a value.
    pub shown: Condition,
}
