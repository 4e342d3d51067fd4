//! The declaration of a resource, as data.

use serde_json::Value as Json;

use super::column::ColumnCodec;
use super::{ColumnType, DecodeError, GeneratedKey, InputStyle, ReplyStyle};
use crate::http::Method;
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, FieldMeta, ObjectMeta, Presence, Shape};

/// Everything that is said of a resource.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ResourceMeta {
    /// The path of the collection, from the base of the API: `/heroes`.
    pub path: &'static str,
    /// The tag its operations stand under in the document.
    pub tag: &'static str,
    /// The name of its table.
    pub table: &'static str,
    /// Its name, description and fields.
    pub object: &'static ObjectMeta,
    /// Its columns, one for each field, in the same order.
    pub columns: &'static [ColumnMeta],
    /// The position of the key among the fields.
    pub key: usize,
    /// The operations that are served.
    pub operations: Operations,
    /// What is answered where nothing is stored under a key.
    pub missing: NotFoundReply,
    /// Where clients put the values of a row.
    pub inputs: InputStyle,
    /// What a create does where the key is taken.
    pub create: CreateStyle,
    /// What is answered to a write.
    pub replies: ReplyStyle,
}

impl ResourceMeta {
    /// A resource with every operation, and 404 where nothing is stored.
    #[must_use]
    pub const fn new(
        path: &'static str,
        table: &'static str,
        object: &'static ObjectMeta,
        columns: &'static [ColumnMeta],
        key: usize,
    ) -> Self {
        let operations = Operations::ALL;
        let missing = NotFoundReply::NOT_FOUND;
        let (inputs, create, replies) = (InputStyle::Json, CreateStyle::New, ReplyStyle::Row);
        ResourceMeta {
            path,
            tag: table,
            table,
            object,
            columns,
            key,
            operations,
            missing,
            inputs,
            create,
            replies,
        }
    }

    /// Defaults that their own columns do not take: beyond the type, or against a rule.
    #[must_use]
    pub fn unfit_defaults(&self) -> Vec<String> {
        let unfit = |(field, column): (&FieldMeta, &ColumnMeta)| {
            let Presence::Default(default) = field.presence else { return None };
            let default = default();
            (column.from_json)(&default, &field.constraints).is_none().then(|| {
                let resource = self.object.name;
                format!(
                    "the default of `{}` of the resource `{resource}` breaks its rules: {default}",
                    field.name
                )
            })
        };
        self.object.fields.iter().zip(self.columns).filter_map(unfit).collect()
    }

    /// Sets the tag.
    #[must_use]
    pub const fn tag(self, tag: &'static str) -> Self {
        ResourceMeta { tag, ..self }
    }

    /// Serves these operations only.
    #[must_use]
    pub const fn operations(self, operations: &'static [Operation]) -> Self {
        ResourceMeta { operations: Operations(operations), ..self }
    }

    /// Answers this where nothing is stored under a key.
    #[must_use]
    pub const fn missing(self, status: u16, detail: &'static str) -> Self {
        ResourceMeta { missing: NotFoundReply { status, detail }, ..self }
    }
}

impl ResourceMeta {
    /// Takes the values of a row from here.
    #[must_use]
    pub const fn inputs(self, inputs: InputStyle) -> Self {
        ResourceMeta { inputs, ..self }
    }

    /// Overwrites the row of a key that is taken.
    #[must_use]
    pub const fn create_replaces(self) -> Self {
        ResourceMeta { create: CreateStyle::Replace, ..self }
    }

    /// Answers writes with their success alone.
    #[must_use]
    pub const fn replies_status(self) -> Self {
        ResourceMeta { replies: ReplyStyle::Status, ..self }
    }

    /// Whether the key is not the client's to choose.
    #[must_use]
    pub fn has_generated_key(&self) -> bool {
        !matches!(self.columns[self.key].role, Role::Key)
    }

    /// Whether clients set a field, where it is not the key.
    pub(super) fn is_settable(&self, index: usize) -> bool {
        matches!(self.columns[index].role, Role::Plain) && !self.object.fields[index].read_only
    }
}

/// What a create does where the key is taken: `create = ".."`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CreateStyle {
    /// It is refused.
    #[default]
    New,
    /// It overwrites the row.
    Replace,
}

/// What is answered where nothing is stored under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotFoundReply {
    /// An HTTP status from 400 to 499.
    pub status: u16,
    /// The `detail` of the answer.
    pub detail: &'static str,
}

impl NotFoundReply {
    /// 404, `Not Found`.
    pub const NOT_FOUND: NotFoundReply = NotFoundReply { status: 404, detail: "Not Found" };
}

impl Default for NotFoundReply {
    fn default() -> Self {
        NotFoundReply::NOT_FOUND
    }
}

/// One operation of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `GET` on the collection.
    List,
    /// `GET` on a key.
    Read,
    /// `POST` on the collection.
    Create,
    /// `PUT` on a key.
    Replace,
    /// `PATCH` on a key.
    Patch,
    /// `DELETE` on a key.
    Delete,
}

impl Operation {
    /// The method that asks for it.
    #[must_use]
    pub fn method(&self) -> Method {
        match self {
            Operation::List | Operation::Read => Method::Get,
            Operation::Create => Method::Post,
            Operation::Replace => Method::Put,
            Operation::Patch => Method::Patch,
            Operation::Delete => Method::Delete,
        }
    }

    /// Whether it stands on a key, not on the collection.
    #[must_use]
    pub fn is_on_key(&self) -> bool {
        !matches!(self, Operation::List | Operation::Create)
    }

    /// Whether it takes a body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        matches!(self, Operation::Create | Operation::Replace | Operation::Patch)
    }
}

/// The operations of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operations(&'static [Operation]);

impl Operations {
    /// Those of values that stand in an address: of one row each.
    pub const OF_ONE: Operations =
        Operations(&[Operation::Create, Operation::Read, Operation::Replace, Operation::Delete]);

    /// All six.
    pub const ALL: Operations = Operations(&[
        Operation::List,
        Operation::Read,
        Operation::Create,
        Operation::Replace,
        Operation::Patch,
        Operation::Delete,
    ]);

    /// The operations, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Operation> {
        self.0.iter().copied()
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn contains(self, operation: Operation) -> bool {
        self.0.contains(&operation)
    }
}

/// What a column is to its table.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Role {
    /// A value like others.
    Plain,
    /// The key, chosen by the client.
    Key,
    /// The key, counted up by the store.
    AutoIncrementKey,
    /// The key, made when the row is created.
    ServerGeneratedKey(fn() -> Value),
    /// When the row was created.
    CreatedAt,
    /// When the row was last written.
    UpdatedAt,
}

impl Role {
    /// Whether this is the key, wherever it comes from.
    #[must_use]
    pub fn is_key(self) -> bool {
        matches!(self, Role::Key | Role::AutoIncrementKey | Role::ServerGeneratedKey(_))
    }
}

/// What is said of a column.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ColumnMeta {
    /// Its name.
    pub name: &'static str,
    /// The name that it had before it was renamed.
    pub was: Option<&'static str>,
    /// What it is to its table.
    pub role: Role,
    /// Whether no two rows may share a value.
    pub unique: bool,
    /// Whether it has an index.
    pub index: bool,
    /// What it holds.
    pub kind: fn(&Constraints) -> ColumnType,
    /// The shape of the field's type.
    pub shape: fn() -> Shape,
    /// Makes a column's value of JSON, such as a default.
    pub from_json: fn(&Json, &Constraints) -> Option<Value>,
    /// Writes a stored value as it reads on the wire.
    pub write_json: fn(ValueRef<'_>, &Constraints, &mut Vec<u8>) -> Result<(), DecodeError>,
}

impl ColumnMeta {
    /// A column that holds what this says.
    #[must_use]
    pub const fn new<T>(name: &'static str, codec: ColumnCodec<T>) -> Self {
        let ColumnCodec { kind, shape, from_json, write_json, .. } = codec;
        let role = Role::Plain;
        ColumnMeta { name, was: None, role, unique: false, index: false, kind, shape, from_json, write_json }
    }

    /// The key, chosen by the client.
    #[must_use]
    pub const fn key(self) -> Self {
        ColumnMeta { role: Role::Key, ..self }
    }

    /// The key, made by the store or on its way there.
    #[must_use]
    pub const fn generated<T: GeneratedKey>(self) -> Self {
        ColumnMeta { role: T::ROLE, ..self }
    }

    /// What it is to its resource.
    #[must_use]
    pub const fn role(self, role: Role) -> Self {
        ColumnMeta { role, ..self }
    }

    /// When the row was created.
    #[must_use]
    pub const fn created_at(self) -> Self {
        ColumnMeta { role: Role::CreatedAt, ..self }
    }

    /// When the row was last written.
    #[must_use]
    pub const fn updated_at(self) -> Self {
        ColumnMeta { role: Role::UpdatedAt, ..self }
    }

    /// No two rows share a value.
    #[must_use]
    pub const fn unique(self) -> Self {
        ColumnMeta { unique: true, ..self }
    }

    /// Rows are found by it.
    #[must_use]
    pub const fn index(self) -> Self {
        ColumnMeta { index: true, ..self }
    }

    /// It had another name.
    #[must_use]
    pub const fn was(self, name: &'static str) -> Self {
        ColumnMeta { was: Some(name), ..self }
    }

    /// Whether it may hold NULL: that is what any JSON value may be, too.
    #[must_use]
    pub fn nullable(&self) -> bool {
        matches!((self.shape)(), Shape::Nullable(_) | Shape::Any)
    }
}
