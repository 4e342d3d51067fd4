//! A builder of SQL statements, whose values become parameters.

use std::fmt;

use crate::resource::ColumnType;
use crate::value::{Value, ValueRef};

/// A value that is bound to a parameter. Its debug output has only the kind of the value, as logs must not have data.
#[derive(Clone, Copy)]
pub(super) struct Parameter<'a> {
    pub(super) value: ValueRef<'a>,
    pub(super) kind: ColumnType,
}

impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.value.kind())
    }
}

/// The quoted names of a table and its columns, and what else its statements are built from.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) table: String,
    /// The position of the key.
    pub(super) key: usize,
    pub(super) columns: Vec<String>,
    pub(super) types: Vec<ColumnType>,
    pub(super) parameter: fn(usize) -> String,
}

/// The text of a statement so far, and its parameters.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) text: String,
    pub(super) parameters: Vec<Parameter<'a>>,
}

impl<'a> Draft<'a> {
    /// Starts with a text that has these parameters.
    pub(super) fn after(text: impl Into<String>, parameters: Vec<Parameter<'a>>) -> Self {
        Draft { text: text.into(), parameters }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends the name of a column, qualified by that of its table: in an upsert, `excluded` has the same columns.
    pub(super) fn column(&mut self, names: &Names, column: usize) {
        self.push(&names.table);
        self.push(".");
        self.push(&names.columns[column]);
    }

    /// Appends a parameter that is compared with a column or stored in it.
    pub(super) fn parameter(&mut self, names: &Names, column: usize, value: &'a Value) {
        self.bind(names, Parameter { value: value.as_ref(), kind: names.types[column] });
    }

    pub(super) fn bind(&mut self, names: &Names, parameter: Parameter<'a>) {
        self.parameters.push(parameter);
        self.push(&(names.parameter)(self.parameters.len()));
    }
}
