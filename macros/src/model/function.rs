//! Functions that answer requests.

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
    /// Its id in the document, where that is another.
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
    /// Whether a part of it has no name, since it is only known by what it does.
    pub(crate) returns_hidden: bool,
    /// Whether it returns `()`.
    pub(crate) returns_nothing: bool,
    pub(crate) returns_span: Option<Span>,
    /// Whether it is known where all arguments come from: the route has no mistakes.
    pub(crate) is_routed: bool,
    /// Whether it is a method, beside which nothing else can stand.
    pub(crate) is_method: bool,
}

/// The methods there are.
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
    /// As the attribute and Rocket's variant are called.
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
    /// Whether the route, a word or Rocket's `Json` says the place.
    pub(crate) said: bool,
    /// Whether a word that nobody knows may have said the place.
    pub(crate) doubtful: bool,
    /// Whether Rocket's `Json` stands around the type.
    pub(crate) json: bool,
}

/// Where an argument is taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A segment of the path, by its position.
    Path(usize),
    /// All segments from a position on.
    Rest(usize),
    Query,
    /// The query, a member for each key.
    QueryModel,
    Header,
    Cookie,
    Form,
    Body {
        embed: bool,
    },
    /// `data = "<..>"`: the body, or a data guard.
    Data,
    /// Nothing says: the body, or a guard.
    Unstated,
    /// A request guard: it is said, or only a guard can be it.
    Guard,
    /// `data = "<..>"`, said to be a data guard.
    DataGuard,
}

impl Place {
    /// The order in which what is wrong is told, which is FastAPI's.
    pub(crate) fn rank(self) -> usize {
        match self {
            Place::Path(_) | Place::Rest(_) => 0,
            Place::Query | Place::QueryModel => 1,
            Place::Header => 2,
            Place::Cookie => 3,
            _ => 4,
        }
    }

    /// Whether types decide what it is, or it is a guard.
    pub(crate) fn is_asked(self) -> bool {
        matches!(self, Place::Data | Place::Unstated | Place::Guard | Place::DataGuard)
    }

    /// Whether it is a guard, whatever its type.
    pub(crate) fn is_guard(self) -> bool {
        matches!(self, Place::Guard | Place::DataGuard)
    }
}

/// A part of what a function returns, for the document.
pub(crate) enum Returned {
    /// A responder.
    Responder(Type, Box<Inside>),
    /// A stream of this media type.
    Media(&'static str),
    /// `None`.
    NotFound,
    /// An `Err`.
    Error(Type),
    /// What came before, or what comes after: an `Either`.
    Or,
}

/// What is inside of a responder.
pub(crate) enum Inside {
    Nothing,
    /// Of Rocket's `Json`: the type that is written, behind lists, maps and options.
    Json(Type),
    /// Of a status or headers with an answer: that answer.
    Answer(Type),
}

/// `response(404, "..", model = T)`.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) description: String,
    pub(crate) model: Option<Type>,
}
