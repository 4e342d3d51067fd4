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

macro_rules! values {
    ($($from:ty: $value:ident => $into:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        }
    )*};
}

values! {
    i64: i => Value::Integer(i);
    i32: i => Value::Integer(i.into());
    u32: i => Value::Integer(i.into());
    bool: b => Value::Integer(b.into());
    f64: r => Value::Real(r);
    &str: text => Value::Text(text.to_owned());
    String: text => Value::Text(text);
    Vec<u8>: bytes => Value::Blob(bytes);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
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

    /// How many bytes it holds, about.
    pub(crate) fn bytes(&self) -> usize {
        let beside = match self {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            Value::Null | Value::Integer(_) | Value::Real(_) => 0,
        };
        size_of::<Value>() + beside
    }
}

impl ValueRef<'_> {
    /// The value by itself.
    #[must_use]
    pub fn to_owned(&self) -> Value {
        match *self {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(i) => Value::Integer(i),
            ValueRef::Real(r) => Value::Real(r),
            ValueRef::Text(text) => Value::Text(text.to_owned()),
            ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        }
    }

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
