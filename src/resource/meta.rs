//! The declaration of a resource, as data.

use serde_json::Value as Json;

use super::column::ColumnCodec;
use super::list::read_item;
use super::{
    AccessMeta, ColumnType, DecodeError, ExportFormat, FilterOperators, GeneratedKey, IndexMeta, InputStyle,
    ListMeta, Operator, OwnFilter, ReadComparand, ReadItem, ReplyStyle,
};
use crate::http::Method;
use crate::input::Described;
use crate::rate::Rate;
use crate::value::{Value, ValueRef};
use crate::wire::{Constraints, FieldMeta, ObjectMeta, Presence, Shape, Wire};

/// The declaration of a resource.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ResourceMeta {
    /// The path of the collection, relative to the base of the API: `/heroes`.
    pub path: &'static str,
    /// The tag of its operations in the document.
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
    /// The answer if no row has the requested key.
    pub missing: NotFoundReply,
    /// Where clients send the values of a row.
    pub inputs: InputStyle,
    /// What a create does if a row with the key exists.
    pub create: CreateStyle,
    /// The answer to a write.
    pub replies: ReplyStyle,
    /// What clients may ask of a list.
    pub(crate) list: ListMeta,
    /// Its indexes over several columns.
    pub indexes: &'static [IndexMeta],
    /// The dependencies that are asked before its operations, which the routes know.
    pub dependencies: Described,
    /// Who may do what with its rows, if it has rules for that.
    pub access: Option<&'static AccessMeta>,
    /// How many requests each client may send to all of its operations together.
    pub rate_limit: Option<Rate>,
}

impl ResourceMeta {
    /// Declares a resource with every operation, which answers 404 if there is no row.
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
            list: ListMeta::NONE,
            indexes: &[],
            dependencies: Described::NOTHING,
            access: None,
            rate_limit: None,
        }
    }

    /// Messages about defaults that are not valid for their own fields.
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

    /// Sets the answer if no row has the requested key.
    #[must_use]
    pub const fn missing(self, status: u16, detail: &'static str) -> Self {
        ResourceMeta { missing: NotFoundReply { status, detail }, ..self }
    }
}

impl ResourceMeta {
    /// Sets where clients send the values of a row.
    #[must_use]
    pub const fn inputs(self, inputs: InputStyle) -> Self {
        ResourceMeta { inputs, ..self }
    }

    /// Makes a create overwrite an existing row with the same key.
    #[must_use]
    pub const fn create_replaces(self) -> Self {
        ResourceMeta { create: CreateStyle::Replace, ..self }
    }

    /// Sets the dependencies.
    #[must_use]
    pub const fn dependencies(self, dependencies: Described) -> Self {
        ResourceMeta { dependencies, ..self }
    }

    /// Sets who may do what with its rows.
    #[must_use]
    pub const fn access(self, access: &'static AccessMeta) -> Self {
        ResourceMeta { access: Some(access), ..self }
    }

    /// Sets how many requests each client may send to all of its operations together.
    #[must_use]
    pub const fn rate_limit(self, rate: Rate) -> Self {
        ResourceMeta { rate_limit: Some(rate), ..self }
    }

    /// Adds indexes over several columns.
    #[must_use]
    pub const fn indexes(self, indexes: &'static [IndexMeta]) -> Self {
        ResourceMeta { indexes, ..self }
    }

    /// Lets clients filter by the declaration's own filters.
    #[must_use]
    pub const fn filters(self, filters: &'static [OwnFilter]) -> Self {
        ResourceMeta { list: ListMeta { filters, ..self.list }, ..self }
    }

    /// Makes the body of a list an object with the rows, the address of the next page, and their number.
    #[must_use]
    pub const fn list_page(self) -> Self {
        ResourceMeta { list: ListMeta { envelope: true, ..self.list }, ..self }
    }

    /// Lets clients choose the members of a row.
    #[must_use]
    pub const fn sparse(self) -> Self {
        ResourceMeta { list: ListMeta { sparse: true, ..self.list }, ..self }
    }

    /// Lets clients export the list in these formats.
    #[must_use]
    pub const fn export(self, export: &'static [ExportFormat]) -> Self {
        ResourceMeta { list: ListMeta { export, ..self.list }, ..self }
    }

    /// Makes the answer to a write a status, without the row.
    #[must_use]
    pub const fn replies_status(self) -> Self {
        ResourceMeta { replies: ReplyStyle::Status, ..self }
    }

    /// Whether the key is generated, and not chosen by the client.
    #[must_use]
    pub fn has_generated_key(&self) -> bool {
        !matches!(self.columns[self.key].role, Role::Key)
    }

    /// The position of the column that tells to which tenant a row belongs.
    pub(crate) fn tenant(&self) -> Option<usize> {
        let (tenant, _) = self.access?.tenant.as_ref()?;
        Some(tenant.column)
    }

    /// Whether the values of a column are unique by themselves, over all rows or within each tenant.
    pub(crate) fn is_unique(&self, column: usize) -> bool {
        let tenant = self.tenant();
        self.columns[column].unique
            || self.indexes.iter().any(|index| index.unique_in_tenant(tenant) == Some(column))
    }

    /// Whether clients set a field that is not the key.
    pub(super) fn is_settable(&self, index: usize) -> bool {
        matches!(self.columns[index].role, Role::Plain) && !self.object.fields[index].read_only
    }
}

/// What a create does if a row with the key exists: `create = ".."`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CreateStyle {
    /// It is refused.
    #[default]
    New,
    /// It overwrites the row.
    Replace,
}

/// The answer if no row has the requested key.
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
    /// All of them, in the order of their discriminants.
    pub(crate) const ALL: [Operation; 6] = [
        Operation::List,
        Operation::Read,
        Operation::Create,
        Operation::Replace,
        Operation::Patch,
        Operation::Delete,
    ];

    /// How many there are.
    pub(crate) const COUNT: usize = Operation::ALL.len();

    /// Its method.
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

    /// Whether its path has a key, so that it is not on the collection.
    #[must_use]
    pub fn is_on_key(&self) -> bool {
        !matches!(self, Operation::List | Operation::Create)
    }

    /// Whether it has a body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        matches!(self, Operation::Create | Operation::Replace | Operation::Patch)
    }
}

/// The operations of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operations(&'static [Operation]);

impl Operations {
    /// The operations of a resource whose values are in the URL, which are those on one row.
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

/// The role of a column in its table.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Role {
    /// An ordinary value.
    Plain,
    /// The key, chosen by the client.
    Key,
    /// The key, counted by the database.
    AutoIncrementKey,
    /// The key, generated by the program when the row is created.
    ServerGeneratedKey(fn() -> Value),
    /// The time when the row was created.
    CreatedAt,
    /// The time when the row was last written.
    UpdatedAt,
}

impl Role {
    /// Whether this is the key.
    #[must_use]
    pub fn is_key(self) -> bool {
        matches!(self, Role::Key | Role::AutoIncrementKey | Role::ServerGeneratedKey(_))
    }
}

/// The declaration of a column.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ColumnMeta {
    /// Its name.
    pub name: &'static str,
    /// The name that it had before it was renamed.
    pub was: Option<&'static str>,
    /// Its role in the table.
    pub role: Role,
    /// Whether it is unique.
    pub unique: bool,
    /// Whether it has an index.
    pub index: bool,
    /// Its type.
    pub kind: fn(&Constraints) -> ColumnType,
    /// The shape of the field's type.
    pub shape: fn() -> Shape,
    /// The comparisons by which clients may filter.
    pub(crate) filter: FilterOperators,
    /// Whether clients may sort by it.
    pub sort: bool,
    /// Whether `q` searches it.
    pub search: bool,
    /// Parses an item of its JSON list, if clients may ask for one.
    pub(crate) item: Option<ReadItem>,
    /// Parses a value that clients compare it with.
    pub(crate) comparand: ReadComparand,
    /// Converts JSON, such as a default, into a value to store.
    pub from_json: fn(&Json, &Constraints) -> Option<Value>,
    /// Writes a stored value as JSON.
    pub write_json: fn(ValueRef<'_>, &Constraints, &mut Vec<u8>) -> Result<(), DecodeError>,
}

impl ColumnMeta {
    /// Declares a column with the type of a codec.
    #[must_use]
    pub const fn new<T>(name: &'static str, codec: ColumnCodec<T>) -> Self {
        let ColumnCodec { kind, shape, from_json, comparand, write_json, .. } = codec;
        ColumnMeta {
            name,
            was: None,
            role: Role::Plain,
            unique: false,
            index: false,
            kind,
            shape,
            filter: FilterOperators::None,
            sort: false,
            search: false,
            item: None,
            comparand,
            from_json,
            write_json,
        }
    }

    /// Lets clients filter by the comparisons that make sense for its type.
    #[must_use]
    pub const fn filter(self) -> Self {
        ColumnMeta { filter: FilterOperators::OfType, ..self }
    }

    /// Lets clients filter by these comparisons.
    #[must_use]
    pub const fn filter_by(self, operators: &'static [Operator]) -> Self {
        ColumnMeta { filter: FilterOperators::These(operators), ..self }
    }

    /// The items of its list are of the type `T`.
    #[must_use]
    pub const fn items_of<T: Wire>(self) -> Self {
        ColumnMeta { item: Some(ReadItem { shape: T::shape, read: read_item::<T> }), ..self }
    }

    /// Lets clients sort by it.
    #[must_use]
    pub const fn sort(self) -> Self {
        ColumnMeta { sort: true, ..self }
    }

    /// Lets `q` search it.
    #[must_use]
    pub const fn search(self) -> Self {
        ColumnMeta { search: true, ..self }
    }

    /// Makes it the key, which the client chooses.
    #[must_use]
    pub const fn key(self) -> Self {
        ColumnMeta { role: Role::Key, ..self }
    }

    /// Makes it the key, which is generated.
    #[must_use]
    pub const fn generated<T: GeneratedKey>(self) -> Self {
        ColumnMeta { role: T::ROLE, ..self }
    }

    /// Sets the role.
    #[must_use]
    pub const fn role(self, role: Role) -> Self {
        ColumnMeta { role, ..self }
    }

    /// Makes it the time when the row was created.
    #[must_use]
    pub const fn created_at(self) -> Self {
        ColumnMeta { role: Role::CreatedAt, ..self }
    }

    /// Makes it the time when the row was last written.
    #[must_use]
    pub const fn updated_at(self) -> Self {
        ColumnMeta { role: Role::UpdatedAt, ..self }
    }

    /// Makes it unique.
    #[must_use]
    pub const fn unique(self) -> Self {
        ColumnMeta { unique: true, ..self }
    }

    /// Adds an index.
    #[must_use]
    pub const fn index(self) -> Self {
        ColumnMeta { index: true, ..self }
    }

    /// Sets the name that it had before it was renamed.
    #[must_use]
    pub const fn was(self, name: &'static str) -> Self {
        ColumnMeta { was: Some(name), ..self }
    }

    /// Whether it is nullable. That includes any JSON value, as that may be `null`.
    #[must_use]
    pub fn nullable(&self) -> bool {
        matches!((self.shape)(), Shape::Nullable(_) | Shape::Any)
    }
}
