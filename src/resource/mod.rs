//! The declaration of a struct under `#[resource]` as data: its table, the columns of its fields, and the inputs of its
//! operations.

mod access;
mod change;
pub mod choice_column;
mod column;
mod comparand;
mod condition;
mod descriptor;
mod fold;
mod index;
mod json;
mod known;
mod list;
mod meta;
pub(crate) mod naming;
mod predicate;
pub(crate) mod rules;
pub(crate) mod sabotage;
mod scalar;
mod served;
mod table;
mod url_style;

pub use access::{
    AccessMeta, AnyCaller, Caller, CallerId, CallerMeta, CallerTenant, FieldAccess, JudgedRule, LoggedId,
    Rule, logged_id,
};
pub use change::{Change, Changes, Compute, ComputeError, Input};
pub use column::codec;
pub use column::{Column, ColumnType, DecodeError, GeneratedKey, Key};
pub use comparand::Comparand;
pub use condition::{Comparison, Condition, TextSearch};
pub(crate) use descriptor::ResourceDescriptor;
pub(crate) use fold::folded;
pub use index::{IndexMeta, IndexedFilter};
pub use json::json_codec;
pub use known::{Known, NoKey, Unknown, UnknownKey};
pub use list::{ExportFormat, Operator, OwnFilter, own_condition, own_shape};
pub(crate) use list::{FieldFilter, FilterOperators, ListMeta, ReadComparand, ReadItem};
pub use meta::{ColumnMeta, Operation, ResourceMeta, Role};
pub(crate) use meta::{CreateStyle, NotFoundReply};
pub use predicate::{Field, List, Nullable, Operand, Ordered, Predicate, Sort, Textual};
pub(crate) use scalar::{FIRST_MOMENT, LAST_MOMENT};
use served::ServedTo;
pub use served::{AccessKind, NoAuth, NoCaller, Open, Ruled, Served};
pub(crate) use served::{PlainSql, Ruling, Unruled};
pub use table::{Row, Table, TableColumn};
pub use url_style::InputStyle;
pub(crate) use url_style::ReplyStyle;

use crate::wire::Fields;

/// A struct under `#[resource("/path")]`, which is stored in a table and served by the declared operations.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "not declared with `#[resource]`",
    note = "write `#[resource(\"/path\")]` above `struct {Self}`"
)]
pub trait Resource: Fields + Sized + 'static {
    /// The declaration of the resource.
    const RESOURCE: &'static ResourceMeta;

    /// The type of its key.
    type Key: Key;
    /// The body of a create.
    type Create: Input;
    /// The body of a replace.
    type Replace: Input;
    /// The body of a patch.
    type Patch: Input;
    /// Whoever may do something with its rows, or [`NoCaller`].
    type Caller: 'static;
    /// Whether it has access rules: [`Ruled`] or [`Open`].
    type Access: AccessKind + ServedTo<NoAuth, Self>;

    /// Loads a row that has all columns.
    ///
    /// # Errors
    /// A stored value is not valid for its column's type.
    fn of_row(row: &dyn Row) -> Result<Self, DecodeError>;
}
