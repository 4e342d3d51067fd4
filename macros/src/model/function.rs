//! Functions under `#[get]` and its like, and those under `#[depends]`.

use proc_macro2::Span;
use syn::{Ident, LitStr, Path, Type, Visibility};

use super::{Field, Rate};

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
    /// Where it is declared that it blocks its thread, if it does.
    pub(crate) blocking: Option<Span>,
    /// How many requests each client may send, if that is declared.
    pub(crate) rate_limit: Option<Rate>,
    pub(crate) responses: Vec<Response>,
    /// The dependencies whose values are dropped.
    pub(crate) depends: Vec<Depends>,
    /// In the order of the signature.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) returns: Vec<Returned>,
    /// Whether a part of the returned type cannot be named, as it is an `impl Trait`.
    pub(crate) returns_hidden: bool,
    /// Whether it returns `()`.
    pub(crate) returns_nothing: bool,
    pub(crate) returns_span: Option<Span>,
    /// Whether it returns a `Result` whose error has this type.
    pub(crate) error: Option<Type>,
    /// Whether the places of all arguments are known, as the route has no mistakes.
    pub(crate) is_routed: bool,
    /// Whether it is a method, next to which the macro cannot add items.
    pub(crate) is_method: bool,
}

/// A function under `#[depends]`.
pub(crate) struct Dependency {
    pub(crate) krate: Path,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) is_async: bool,
    pub(crate) name: String,
    /// In the order of the signature.
    pub(crate) arguments: Vec<Argument>,
    /// The type of the value.
    pub(crate) value: Type,
    /// The error of a `Result`.
    pub(crate) error: Option<Type>,
    /// What else it may answer, for the document.
    pub(crate) responses: Vec<Response>,
    /// The function that is called with the value when the answer was sent.
    pub(crate) after: Option<Path>,
    /// Whether it is a method, next to which the macro cannot add items.
    pub(crate) is_method: bool,
}

/// `depends(current_user, scopes("items"), fresh)`.
pub(crate) struct Depends {
    pub(crate) dependency: Path,
    pub(crate) scopes: Vec<LitStr>,
    pub(crate) fresh: bool,
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
    /// The dependency whose value it is.
    pub(crate) depends: Option<Depends>,
}

/// The place in the request that an argument comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `#[param(path)]`: a parameter of the path, by its name.
    PathByName,
    /// `#[param(query)]`: one key of the query, or the whole, by the type.
    QueryByType,
    /// An input of a dependency: a parameter of the path if there is one of this name, else of the query.
    ByName,
    /// The value of a dependency.
    Depends,
    /// A key that proves who asks, in a header, the query or a cookie.
    Key(KeyPlace),
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
            Place::Path(_) | Place::Rest(_) | Place::PathByName => 0,
            Place::Query | Place::QueryModel | Place::QueryByType | Place::ByName => 1,
            Place::Header => 2,
            Place::Cookie => 3,
            _ => 4,
        }
    }

    /// Whether it is a guard, or only the type decides whether it is.
    pub(crate) fn needs_probe(self) -> bool {
        matches!(self, Place::Data | Place::Unstated | Place::Guard | Place::DataGuard)
    }

    /// Whether a dependency gives the value.
    pub(crate) fn is_depended(self) -> bool {
        matches!(self, Place::Depends | Place::Key(_))
    }

    /// Whether it is a guard, whatever its type.
    pub(crate) fn is_guard(self) -> bool {
        matches!(self, Place::Guard | Place::DataGuard)
    }
}

/// The place of a key that proves who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    Header,
    Query,
    Cookie,
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
