//! What a column holds, free of any engine and of any user's type.

/// A value on its way into a column.
///
/// Five kinds suffice for every engine: what a column *means* (a time, a UUID, a decimal of two
/// places) is said by its [`ColumnType`](crate::resource::ColumnType), and an engine with a richer
/// type of its own converts by that.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL's NULL.
    Null,
    /// Integers, booleans (0 and 1), times (microseconds) and scaled decimals.
    Integer(i64),
    /// Floating point; always finite. What is stored has no negative zero.
    Real(f64),
    /// Text, dates, names of enum variants, and JSON.
    Text(String),
    /// Bytes and UUIDs.
    Blob(Vec<u8>),
}

/// A value as it lies in a row that is being read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// SQL's NULL.
    Null,
    /// See [`Value::Integer`].
    Integer(i64),
    /// See [`Value::Real`].
    Real(f64),
    /// See [`Value::Text`].
    Text(&'a str),
    /// See [`Value::Blob`].
    Blob(&'a [u8]),
}

impl Value {
    /// Borrows the value as a row would lend it.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Integer(i) => ValueRef::Integer(*i),
            Value::Real(r) => ValueRef::Real(*r),
            Value::Text(t) => ValueRef::Text(t),
            Value::Blob(b) => ValueRef::Blob(b),
        }
    }
}

impl ValueRef<'_> {
    /// The kind of the value, for messages about stored data.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            ValueRef::Null => "null",
            ValueRef::Integer(_) => "an integer",
            ValueRef::Real(_) => "a real number",
            ValueRef::Text(_) => "text",
            ValueRef::Blob(_) => "bytes",
        }
    }
}
