//! A builder of SQL statements, whose values become parameters.

use std::fmt::{self, Write as _};

use serde_json::Value as Json;

use super::mask::Mask;
use super::sql::Dialect;
use crate::resource::sabotage::Site;
use crate::resource::{ColumnType, Condition, TextSearch};
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
    pub(super) nullable: Vec<bool>,
    pub(super) dialect: RowDialect,
}

/// What the engines write differently in statements on rows.
#[derive(Debug)]
pub(super) struct RowDialect {
    /// See [`Dialect::parameter`].
    pub(super) parameter: fn(usize) -> String,
    /// See [`Dialect::PARAMETER_SIGN`].
    pub(super) parameter_sign: char,
    /// See [`Dialect::text_search`].
    pub(super) text_search: fn(&str, TextSearch, &str) -> String,
    /// See [`Dialect::contains_folded`].
    pub(super) contains_folded: fn(&str, &str) -> String,
    /// See [`Dialect::has`].
    pub(super) has: fn(&str, ColumnType, &str) -> String,
    /// See [`Dialect::NULL_IS_LEAST`].
    pub(super) null_is_least: bool,
    /// See [`Dialect::FOLDS_BY_PATTERN`].
    pub(super) folds_by_pattern: bool,
}

impl RowDialect {
    pub(super) fn of<D: Dialect>() -> Self {
        RowDialect {
            parameter: D::parameter,
            parameter_sign: D::PARAMETER_SIGN,
            text_search: D::text_search,
            contains_folded: D::contains_folded,
            has: D::has,
            null_is_least: D::NULL_IS_LEAST,
            folds_by_pattern: D::FOLDS_BY_PATTERN,
        }
    }
}

/// An item of a JSON list as a value, and the type of a column that it could stand in.
pub(super) fn scalar(item: &Json) -> (ValueRef<'_>, ColumnType) {
    match item {
        Json::String(text) => (ValueRef::Text(text), ColumnType::Text),
        Json::Bool(truth) => (ValueRef::Integer((*truth).into()), ColumnType::Boolean),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => (ValueRef::Integer(integer), ColumnType::Integer),
            (None, real) => (ValueRef::Real(real.unwrap_or_default()), ColumnType::Real),
        },
        Json::Null | Json::Array(_) | Json::Object(_) => (ValueRef::Null, ColumnType::Text),
    }
}

/// The text of a statement so far, and its parameters.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) text: String,
    pub(super) parameters: Vec<Parameter<'a>>,
    /// The columns that are NULL in some rows for the caller whose statement this is.
    pub(super) masks: &'a [Mask],
    /// What stands for each of these that was written already: its parameters are numbered, and may stand in several places.
    pub(super) masked: Vec<(usize, String)>,
    /// Where the scope of the statement is written, for the tests that leave it out there.
    #[cfg(feature = "testing")]
    site: Option<Site>,
}

impl<'a> Draft<'a> {
    /// Starts with a text that has these parameters. There is room for the rest of a usual statement, so that neither is
    /// copied while it grows.
    pub(super) fn after(start: impl AsRef<str>, mut parameters: Vec<Parameter<'a>>) -> Self {
        let start = start.as_ref();
        let mut text = String::with_capacity(start.len() + 256);
        text.push_str(start);
        parameters.reserve(4);
        Draft {
            text,
            parameters,
            masks: &[],
            masked: Vec::new(),
            #[cfg(feature = "testing")]
            site: None,
        }
    }

    /// Says where the scope of the statement is about to be written.
    #[cfg(feature = "testing")]
    pub(super) fn at(&mut self, site: Site) {
        self.site = Some(site);
    }

    /// The rows of a scope, unless a test leaves them out here.
    #[cfg(feature = "testing")]
    pub(super) fn kept<'c>(&self, rows: &'c Condition) -> &'c Condition {
        const ALL: &Condition = &Condition::TRUE;
        match self.site {
            Some(site) if crate::resource::sabotage::drops(site) => ALL,
            // Nobody would notice that rows are shown here that should not be.
            None if !rows.is_true() => {
                panic!("this statement has a scope, and is at no `Site`: {}", self.text)
            }
            _ => rows,
        }
    }

    #[cfg(not(feature = "testing"))]
    #[inline(always)]
    pub(super) fn at(&mut self, _: Site) {}

    #[cfg(not(feature = "testing"))]
    #[inline(always)]
    pub(super) fn kept<'c>(&self, rows: &'c Condition) -> &'c Condition {
        rows
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends the name of a column, qualified by that of its table: in an upsert, `excluded` has the same columns.
    pub(super) fn name(&mut self, names: &Names, column: usize) {
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
        self.text.push(names.dialect.parameter_sign);
        match u8::try_from(self.parameters.len()) {
            // Of one digit, as in nearly all statements.
            Ok(position @ ..10) => self.text.push((b'0' + position).into()),
            _ => {
                let _ = write!(self.text, "{}", self.parameters.len());
            }
        }
    }

    /// Adds a parameter, and returns its placeholder, which may stand in several places.
    pub(super) fn position_of(&mut self, names: &Names, value: ValueRef<'a>, kind: ColumnType) -> String {
        self.parameters.push(Parameter { value, kind });
        (names.dialect.parameter)(self.parameters.len())
    }
}
