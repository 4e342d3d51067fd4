//! Declarations as they were meant: what `parse` makes of the tokens, `check` judges, and `expand`
//! turns into code. Spans stay with what they belong to.

pub(crate) mod case;
mod error;
mod function;
mod listed;
mod number;
mod types;

use proc_macro2::Span;
use syn::{Attribute, Expr, ExprPath, Generics, Ident, LitStr, Path, Type, Visibility};

pub(crate) use error::{Detail, ErrorAnswer, ErrorEnum, ErrorVariant};
pub(crate) use function::{Argument, Function, Inside, Method, Place, Response, Returned};
pub(crate) use listed::Listed;
pub(crate) use number::{Bound, Count, Number, number, ungroup};
pub(crate) use types::{Kind, TypeInfo, arguments, bare, segment};

/// What structs and enums have in common.
pub(crate) struct Head {
    /// The path to crewed.
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The name in the document.
    pub(crate) name: String,
    pub(crate) doc: String,
}

/// A struct: a model, or the fields of a resource.
pub(crate) struct Struct {
    pub(crate) head: Head,
    pub(crate) generics: Generics,
    pub(crate) deny_unknown: Option<Span>,
    pub(crate) fields: Vec<Field>,
}

/// A field.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) ty: Type,
    pub(crate) info: TypeInfo,
    /// The name on the wire, and where it was said.
    pub(crate) wire: String,
    pub(crate) wire_span: Span,
    pub(crate) doc: String,
    pub(crate) constraints: Constraints,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) default_span: Option<Span>,
    pub(crate) example: Option<Expr>,
    pub(crate) deprecated: bool,
    pub(crate) required: Option<Span>,
    pub(crate) not_null: Option<Span>,
    pub(crate) opaque: Option<Span>,
    pub(crate) skip: Option<Span>,
    pub(crate) roles: Roles,
}

/// What stands for a field that was not sent.
pub(crate) enum DefaultValue {
    /// `Default::default()`.
    OfType,
    /// The field of the whole struct's default.
    OfStruct,
    /// What this function returns.
    Call(ExprPath),
    /// This expression.
    Is(Expr),
}

/// The constraints of a field.
#[derive(Default)]
pub(crate) struct Constraints {
    pub(crate) ge: Option<Bound>,
    pub(crate) gt: Option<Bound>,
    pub(crate) le: Option<Bound>,
    pub(crate) lt: Option<Bound>,
    pub(crate) multiple_of: Option<Bound>,
    pub(crate) min_length: Option<Count>,
    pub(crate) max_length: Option<Count>,
    pub(crate) pattern: Option<(Ident, LitStr)>,
    pub(crate) format: Option<(Ident, Format)>,
    pub(crate) min_items: Option<Count>,
    pub(crate) max_items: Option<Count>,
}

impl Constraints {
    /// The bounds of numbers that are given.
    pub(crate) fn bounds(&self) -> impl Iterator<Item = &Bound> {
        [&self.ge, &self.gt, &self.le, &self.lt, &self.multiple_of].into_iter().flatten()
    }
}

/// A format of a text.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    Email,
    Uri,
    Ipv4,
    Ipv6,
}

/// What a field is to its resource; each with the place where it was said.
#[derive(Default)]
pub(crate) struct Roles {
    pub(crate) key: Option<Span>,
    pub(crate) generated: Option<Span>,
    pub(crate) unique: Option<Span>,
    pub(crate) index: Option<Span>,
    pub(crate) read_only: Option<Span>,
    pub(crate) write_only: Option<Span>,
    pub(crate) created_at: Option<Span>,
    pub(crate) updated_at: Option<Span>,
    pub(crate) json: Option<Span>,
    pub(crate) column: Option<LitStr>,
    /// The name that the column had.
    pub(crate) was: Option<LitStr>,
    pub(crate) scale: Option<Count>,
}

impl Field {
    /// The column's name.
    pub(crate) fn column(&self) -> String {
        use syn::ext::IdentExt;
        self.roles.column.as_ref().map_or_else(|| self.ident.unraw().to_string(), LitStr::value)
    }

    /// Whether clients may set it.
    pub(crate) fn settable(&self) -> bool {
        let r = &self.roles;
        [r.generated, r.read_only, r.created_at, r.updated_at].iter().all(Option::is_none)
    }
}

/// An enum of unit variants.
pub(crate) struct Enum {
    pub(crate) head: Head,
    pub(crate) literal: bool,
    /// Whether its variants are numbers on the wire.
    pub(crate) int: bool,
    pub(crate) variants: Vec<Variant>,
}

/// A variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) wire: String,
    pub(crate) wire_span: Span,
    pub(crate) number: i64,
}

/// A resource.
pub(crate) struct Resource {
    pub(crate) object: Struct,
    pub(crate) path: LitStr,
    pub(crate) tag: String,
    /// Where it was said, if it was.
    pub(crate) tag_span: Option<Span>,
    pub(crate) table: String,
    /// Where it was said, if it was.
    pub(crate) table_span: Option<Span>,
    /// `None` where nothing narrows them.
    pub(crate) operations: Option<Vec<Operation>>,
    pub(crate) missing: Option<Missing>,
    /// Where clients put the values, and where that was said.
    pub(crate) inputs: Inputs,
    pub(crate) inputs_span: Option<Span>,
    /// Where it was said that a create overwrites, if it does.
    pub(crate) create_replaces: Option<Span>,
    /// Whether writes are answered with their success alone.
    pub(crate) replies_status: Option<Span>,
    /// The derives that the inputs share.
    pub(crate) derives: Vec<Path>,
}

impl Resource {
    pub(crate) fn serves(&self, operation: Operation) -> bool {
        match &self.operations {
            Some(list) => list.contains(&operation),
            None => self.inputs == Inputs::Json || Operation::OF_ONE.contains(&operation),
        }
    }

    /// The position of the key; a checked resource has one.
    pub(crate) fn key(&self) -> usize {
        self.object.fields.iter().position(|field| field.roles.key.is_some()).unwrap_or_default()
    }
}

/// An operation of a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    List,
    Read,
    Create,
    Replace,
    Patch,
    Delete,
}

impl Operation {
    /// Those of one row each, which is what an address can describe.
    pub(crate) const OF_ONE: &[Operation] =
        &[Operation::Create, Operation::Read, Operation::Replace, Operation::Delete];
}

/// Where the value of a field goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Into the program.
    Nowhere,
    /// Into a column.
    Stored,
    /// Into a column; and a key into an address, where not every text can stand.
    Addressed,
    /// Into a column; and a key into a path that names each value, where `.` and `..` cannot stand.
    InPath,
}

impl Inputs {
    /// Where the values of a resource go. A query takes every text.
    pub(crate) fn stored(self) -> Target {
        match self {
            Inputs::Json => Target::Addressed,
            Inputs::Path => Target::InPath,
            Inputs::Query => Target::Stored,
        }
    }
}

/// Where clients put the values of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inputs {
    Json,
    Path,
    Query,
}

/// What is answered where nothing is stored under a key.
pub(crate) struct Missing {
    pub(crate) status: u16,
    pub(crate) detail: String,
}
