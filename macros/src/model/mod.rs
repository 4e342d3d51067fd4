//! The parsed declarations, between the stages: `parse` builds them from tokens, `check` validates them, and `expand`
//! turns them into code. They keep the spans of their parts for errors.

mod access;
mod caller;
pub(crate) mod case;
mod error;
mod function;
mod index;
mod listed;
mod number;
mod oauth2;
mod rate;
mod types;

use proc_macro2::Span;
use syn::{Attribute, Expr, ExprPath, Generics, Ident, LitStr, Path, Type, Visibility};

pub(crate) use access::{Access, Comparison, FieldAccess, FieldRule, Operand, Rule, caller_in, named_in};
pub(crate) use caller::{Caller, CallerField};
pub(crate) use error::{Detail, ErrorAnswer, ErrorEnum, ErrorVariant};
pub(crate) use function::{
    Argument, Dependency, Depends, Function, Inside, KeyPlace, Method, Place, Response, Returned,
};
pub(crate) use index::{IndexList, limit_texts, position, tenant, unique_with};
pub(crate) use listed::Listed;
pub(crate) use number::{Bound, Count, Number, number, ungroup};
pub(crate) use oauth2::OAuth2;
pub(crate) use rate::Rate;
pub(crate) use types::{Kind, TypeInfo, arguments, bare, segment};

/// The common part of structs and enums.
pub(crate) struct Head {
    /// The path to crewed.
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The name in the document.
    pub(crate) name: String,
    pub(crate) doc: String,
}

/// An example in `examples(..)`.
pub(crate) struct Example {
    /// Its name, which may be empty.
    pub(crate) name: String,
    pub(crate) value: Expr,
}

/// A struct: a model, or the fields of a resource.
pub(crate) struct Struct {
    pub(crate) head: Head,
    /// Its title in the document.
    pub(crate) title: Option<LitStr>,
    pub(crate) examples: Vec<Example>,
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
    /// The name in JSON, and the span where it was declared.
    pub(crate) wire: String,
    pub(crate) wire_span: Span,
    pub(crate) doc: String,
    pub(crate) constraints: Constraints,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) default_span: Option<Span>,
    pub(crate) example: Option<Expr>,
    pub(crate) examples: Vec<Example>,
    /// Its title in the document.
    pub(crate) title: Option<LitStr>,
    /// Whether the document leaves it out.
    pub(crate) hidden: Option<Span>,
    pub(crate) deprecated: bool,
    pub(crate) required: Option<Span>,
    pub(crate) not_null: Option<Span>,
    pub(crate) opaque: Option<Span>,
    pub(crate) skip: Option<Span>,
    pub(crate) roles: Roles,
    /// How many bytes of a text the indexes hold that it is in.
    pub(crate) most_indexed: Option<usize>,
}

/// The default of a field that was not sent.
pub(crate) enum DefaultValue {
    /// `Default::default()`.
    OfType,
    /// The field in the default of the whole struct.
    OfStruct,
    /// The result of a function.
    Call(ExprPath),
    /// An expression.
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
    /// The declared bounds of a number.
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

/// The roles of a field in its resource, each with the span where it was declared.
#[derive(Default)]
pub(crate) struct Roles {
    pub(crate) key: Option<Span>,
    pub(crate) generated: Option<Span>,
    pub(crate) unique: Option<Span>,
    /// Whether it is unique over all tenants: `unique(everywhere)`.
    pub(crate) everywhere: Option<Span>,
    pub(crate) index: Option<Span>,
    pub(crate) read_only: Option<Span>,
    pub(crate) write_only: Option<Span>,
    pub(crate) created_at: Option<Span>,
    pub(crate) updated_at: Option<Span>,
    pub(crate) json: Option<Span>,
    pub(crate) column: Option<LitStr>,
    /// The former name of the column.
    pub(crate) was: Option<LitStr>,
    pub(crate) scale: Option<Count>,
    pub(crate) filter: Option<Filter>,
    pub(crate) sort: Option<Span>,
    pub(crate) search: Option<Span>,
    /// Whether it tells whose the row is.
    pub(crate) owner: Option<Span>,
    /// Whether it tells to which tenant the row belongs.
    pub(crate) tenant: Option<Span>,
    /// Who may see it.
    pub(crate) read: Option<FieldRule>,
    /// Who may set it.
    pub(crate) write: Option<FieldRule>,
}

impl Roles {
    /// Whether its value is that of the caller who creates the row.
    pub(crate) fn of_caller(&self) -> Option<Span> {
        self.owner.or(self.tenant)
    }
}

/// The word `filter` of a field.
pub(crate) struct Filter {
    pub(crate) span: Span,
    /// The declared comparisons, or `None` for those of the type.
    pub(crate) operators: Option<Vec<Ident>>,
}

/// A filter of the declaration's own: `adult = Hero::adult`.
pub(crate) struct OwnFilter {
    pub(crate) name: Ident,
    pub(crate) function: Expr,
}

/// A format in `export(..)`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Export {
    JsonLines,
    Csv,
}

/// What clients may ask of a list, each with the span where it was declared.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) filters: Vec<OwnFilter>,
    /// Where it was declared that the rows are in an object.
    pub(crate) envelope: Option<Span>,
    pub(crate) sparse: Option<Span>,
    pub(crate) export: Option<(Vec<Export>, Span)>,
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
        [r.generated, r.read_only, r.created_at, r.updated_at, r.of_caller()].iter().all(Option::is_none)
    }
}

/// An enum of unit variants.
pub(crate) struct Enum {
    pub(crate) head: Head,
    pub(crate) literal: bool,
    /// Whether its variants are numbers in JSON.
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
    /// Where the tag was declared, if it was.
    pub(crate) tag_span: Option<Span>,
    pub(crate) table: String,
    /// Where the table was declared, if it was.
    pub(crate) table_span: Option<Span>,
    /// The declared operations, or `None` for all.
    pub(crate) operations: Option<Vec<Operation>>,
    pub(crate) missing: Option<Missing>,
    /// Where clients send the values.
    pub(crate) inputs: Inputs,
    pub(crate) inputs_span: Option<Span>,
    /// Where it was declared that a create overwrites, if it does.
    pub(crate) create_replaces: Option<Span>,
    /// Where it was declared that writes are answered without the row, if they are.
    pub(crate) replies_status: Option<Span>,
    pub(crate) listing: Listing,
    /// The indexes over several fields.
    pub(crate) indexes: Vec<IndexList>,
    /// The dependencies that are asked before its operations.
    pub(crate) depends: Vec<Depends>,
    /// Who may do what, if it is declared.
    pub(crate) access: Option<Access>,
    /// How many requests each client may send, if that is declared.
    pub(crate) rate_limit: Option<Rate>,
    /// The derives that the input structs get as well.
    pub(crate) derives: Vec<Path>,
}

impl Resource {
    pub(crate) fn serves(&self, operation: Operation) -> bool {
        match &self.operations {
            Some(list) => list.contains(&operation),
            None => self.inputs == Inputs::Json || Operation::OF_ONE.contains(&operation),
        }
    }

    /// The position of the key, which every checked resource has.
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
    /// The operations on one row, whose values can be in a URL.
    pub(crate) const OF_ONE: &[Operation] =
        &[Operation::Create, Operation::Read, Operation::Replace, Operation::Delete];
}

/// The use of a field's value, on which additional constraints depend.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// It is only passed to the program.
    Nowhere,
    /// It is stored in a column.
    Stored,
    /// It is stored in a column, and a key is the last segment of a path, which not every text can be.
    Addressed,
    /// It is stored in a column, and a key is in the middle of a path, where it cannot be `.` or `..`.
    InPath,
}

impl Inputs {
    /// The use of the values of a resource. A query can have any text.
    pub(crate) fn stored(self) -> Target {
        match self {
            Inputs::Json => Target::Addressed,
            Inputs::Path => Target::InPath,
            Inputs::Query => Target::Stored,
        }
    }
}

/// Where clients send the values of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inputs {
    Json,
    Path,
    Query,
}

/// The answer if no row has the requested key.
pub(crate) struct Missing {
    pub(crate) status: u16,
    pub(crate) detail: String,
}
