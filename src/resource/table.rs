//! The table of a resource.

use super::{ColumnMeta, ColumnType, DecodeError, IndexMeta, IndexedFilter, ResourceMeta, Role};
use crate::value::{Value, ValueRef};
use crate::wire::{FieldMeta, Presence, Shape};

/// The declared table of a resource.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order of the fields.
    pub columns: Vec<TableColumn>,
    /// The position of the key.
    pub key: usize,
    /// The columns that clients may see, in this order.
    pub visible: Vec<usize>,
    /// Its indexes over several columns.
    pub indexes: &'static [IndexMeta],
    /// The position of the column that tells to which tenant a row belongs.
    pub tenant: Option<usize>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct TableColumn {
    /// Its name.
    pub name: &'static str,
    /// The name that it had before it was renamed.
    pub was: Option<&'static str>,
    /// Its type.
    pub kind: ColumnType,
    /// The shape of its field, which says more than [`kind`](Self::kind): the bounds of an integer, the numbers of an
    /// enum, or the structure of its JSON.
    pub shape: Option<Shape>,
    /// Its role in the table.
    pub role: Role,
    /// Whether it is nullable.
    pub nullable: bool,
    /// Whether it is unique.
    pub unique: bool,
    /// Whether it has an index.
    pub index: bool,
    /// Whether clients may sort by it.
    pub sort: bool,
    /// The filters that an index on it would serve.
    pub filter: IndexedFilter,
    /// Whether it has a value of the caller who has created the row.
    pub of_caller: bool,
    /// Whether a row keeps its value when it is overwritten.
    pub preserved: bool,
    /// Whether some callers do not see it in every row.
    pub masked: bool,
    /// The value that existing rows get when the column is added.
    pub default: Option<Value>,
}

impl TableColumn {
    /// Declares a column that is NOT NULL.
    #[must_use]
    pub const fn new(name: &'static str, kind: ColumnType) -> Self {
        TableColumn {
            name,
            was: None,
            kind,
            shape: None,
            role: Role::Plain,
            nullable: false,
            unique: false,
            index: false,
            sort: false,
            filter: IndexedFilter::None,
            of_caller: false,
            preserved: false,
            masked: false,
            default: None,
        }
    }
}

impl Table {
    /// The table of a resource.
    #[must_use]
    pub fn of(meta: &ResourceMeta) -> Self {
        let fields = meta.object.fields;
        let of_caller = |index| meta.access.is_some_and(|access| access.is_of_caller(index));
        let masked = meta.access.map(|access| access.fields).unwrap_or_default();
        let is_masked = |index| masked.iter().any(|field| field.column == index && field.read.is_some());
        let column = |(index, (column, field)): (usize, (&ColumnMeta, &FieldMeta))| TableColumn {
            was: column.was,
            shape: Some((column.shape)()),
            role: column.role,
            nullable: column.nullable(),
            unique: column.unique,
            index: column.index,
            sort: column.sort,
            filter: IndexedFilter::of(meta, index),
            of_caller: of_caller(index),
            // A client that overwrites a row must not change the values that it cannot set.
            preserved: matches!(column.role, Role::CreatedAt)
                || (matches!(column.role, Role::Plain) && field.read_only),
            masked: is_masked(index),
            default: match field.presence {
                Presence::Default(json) => (column.from_json)(&json(), &field.constraints),
                _ => None,
            },
            ..TableColumn::new(column.name, (column.kind)(&field.constraints))
        };
        Table {
            name: meta.table,
            columns: meta.columns.iter().zip(fields).enumerate().map(column).collect(),
            key: meta.key,
            visible: (0..fields.len()).filter(|i| !fields[*i].write_only).collect(),
            indexes: meta.indexes,
            tenant: meta.tenant(),
        }
    }
}

/// A row that is borrowed from an engine, with the requested columns.
pub trait Row {
    /// The value at this position.
    ///
    /// # Errors
    /// The value cannot be decoded, such as a text that is not valid UTF-8.
    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError>;

    /// The number of columns.
    fn width(&self) -> usize;
}
