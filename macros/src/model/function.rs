//! Functions under `#[get]` and its like.

use proc_macro2::Span;
use syn::{Ident, LitStr, Path, Type};

use super::Field;

/// A function under `#[get]` and its like.
pub(crate) struct Function {
    pub(crate) krate: Path,
    pub(crate) method: Method,
    /// The path without the query, in Rocket's notation.
    pub(crate) path: String,
    pub(crate) ident: Ident,
    pub(crate) is_async: bool,
    pub(crate) name: String,
    /// Its id in the document, if it differs from the name.
    pub(crate) id: Option<String>,
    pub(crate) summary: String,
    pub(crate) doc: String,
    pub(crate) tags: Vec<LitStr>,
    pub(crate) status: u16,
    pub(crate) status_span: Option<Span>,
    pub(crate) deprecated: bool,
    pub(crate) hidden: bool,
    pub(crate) responses: Vec<Response>,
    /// In the order of the signature.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) returns: Vec<Returned>,
    /// Whether a part of the returned type cannot be named, as it is an `impl Trait`.
    pub(crate) returns_hidden: bool,
    /// Whether it returns `()`.
    pub(crate) returns_nothing: bool,
    pub(crate) returns_span: Option<Span>,
    /// Whether the places of all arguments are known, as the route has no mistakes.
    pub(crate) is_routed: bool,
    /// Whether it is a method, next to which the macro cannot add items.
    pub(crate) is_method: bool,
}

/// The HTTP methods.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Head,
    Options,
}

impl Method {
    /// The names of the attribute and of the variant.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Method::Get => ("get", "Get"),
            Method::Post => ("post", "Post"),
            Method::Put => ("put", "Put"),
            Method::Patch => ("patch", "Patch"),
            Method::Delete => ("delete", "Delete"),
            Method::Head => ("head", "Head"),
            Method::Options => ("options", "Options"),
        }
    }
}

/// An argument of a function.
pub(crate) struct Argument {
    /// Its name, type, constraints and description.
    pub(crate) field: Field,
    pub(crate) place: Place,
    /// Whether the route, a word or Rocket's `Json` declares the place.
    pub(crate) explicit: bool,
    /// Whether it has an unknown word, which may have been meant to declare the place.
    pub(crate) has_unknown_word: bool,
    /// Whether the type is wrapped in Rocket's `Json`.
    pub(crate) json: bool,
}

/// The place in the request that an argument comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A segment of the path, by its position.
    Path(usize),
    /// All segments from a position on.
    Rest(usize),
    Query,
    /// The whole query, as a struct.
    QueryModel,
    Header,
    Cookie,
    Form,
    Body {
        embed: bool,
    },
    /// `data = "<..>"`: the body, or a data guard.
    Data,
    /// Not declared, so it is the body or a request guard, depending on the type.
    Unstated,
    /// A request guard, which is declared, or follows from the type.
    Guard,
    /// `data = "<..>"`, declared as a data guard.
    DataGuard,
}

impl Place {
    /// The order in which issues are reported, which is FastAPI's.
    pub(crate) fn rank(self) -> usize {
        match self {
            Place::Path(_) | Place::Rest(_) => 0,
            Place::Query | Place::QueryModel => 1,
            Place::Header => 2,
            Place::Cookie => 3,
            _ => 4,
        }
    }

    /// Whether it is a guard, or only the type decides whether it is.
    pub(crate) fn needs_probe(self) -> bool {
        matches!(self, Place::Data | Place::Unstated | Place::Guard | Place::DataGuard)
    }

    /// Whether it is a guard, whatever its type.
    pub(crate) fn is_guard(self) -> bool {
        matches!(self, Place::Guard | Place::DataGuard)
    }
}

/// A part of the returned type, for the document.
pub(crate) enum Returned {
    /// A responder.
    Responder(Type, Box<Inside>),
    /// A stream of this media type.
    Media(&'static str),
    /// The `None` of an `Option`.
    NotFound,
    /// The error of a `Result`.
    Error(Type),
    /// Separates the two sides of an `Either`.
    Or,
}

/// The type inside a responder.
pub(crate) enum Inside {
    Nothing,
    /// The type in Rocket's `Json`, inside lists, maps and options.
    Json(Type),
    /// The answer in a responder that adds a status or headers.
    Answer(Type),
}

/// `response(404, "..", model = T)`.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) description: String,
    pub(crate) model: Option<Type>,
}
