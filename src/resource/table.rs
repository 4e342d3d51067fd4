//! The relational shape of a resource.

use super::{ColumnMeta, ColumnType, DecodeError, ResourceMeta, Role};
use crate::value::{Value, ValueRef};
use crate::wire::{FieldMeta, Presence, Shape};

/// A table as a resource wants it.
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
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct TableColumn {
    /// Its name.
    pub name: &'static str,
    /// The name that it had before it was renamed.
    pub was: Option<&'static str>,
    /// What it holds.
    pub kind: ColumnType,
    /// What its field looks like on the wire, where it says more than [`kind`](Self::kind): the bounds of an
    /// integer, the numbers of an enum, what its JSON is.
    pub shape: Option<Shape>,
    /// What it is to the table.
    pub role: Role,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// Whether no two rows may share a value.
    pub unique: bool,
    /// Whether it has an index.
    pub index: bool,
    /// Whether a row keeps its value when it is overwritten.
    pub preserved: bool,
    /// What it holds in rows that were there before it.
    pub default: Option<Value>,
}

impl TableColumn {
    /// A column that is never NULL, and nothing else.
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
            preserved: false,
            default: None,
        }
    }
}

impl Table {
    /// The table of a resource.
    #[must_use]
    pub fn of(meta: &ResourceMeta) -> Self {
        let fields = meta.object.fields;
        let column = |(column, field): (&ColumnMeta, &FieldMeta)| TableColumn {
            was: column.was,
            shape: Some((column.shape)()),
            role: column.role,
            nullable: column.nullable(),
            unique: column.unique,
            index: column.index,
            // What clients cannot set.
            preserved: matches!(column.role, Role::CreatedAt)
                || (matches!(column.role, Role::Plain) && field.read_only),
            default: match field.presence {
                Presence::Default(json) => (column.from_json)(&json(), &field.constraints),
                _ => None,
            },
            ..TableColumn::new(column.name, (column.kind)(&field.constraints))
        };
        Table {
            name: meta.table,
            columns: meta.columns.iter().zip(fields).map(column).collect(),
            key: meta.key,
            visible: (0..fields.len()).filter(|i| !fields[*i].write_only).collect(),
        }
    }
}

/// A row as an engine lends it, of the columns that were asked for.
pub trait Row {
    /// The value at this position.
    ///
    /// # Errors
    /// Where the engine cannot lend it: text that is not UTF-8.
    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError>;

    /// How many columns it has.
    fn width(&self) -> usize;
}
