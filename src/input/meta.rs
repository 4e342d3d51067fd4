//! The description of an input.

use crate::wire::{FieldMeta, ObjectMeta, Presence, Shape};

/// The place of a request that an input is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The segment of the path at this position, counted from the base of the API.
    Path(usize),
    /// All segments of the path from this position on.
    Rest(usize),
    /// The segment, or the segments, of the path that the route calls by the name of the input. The position is known
    /// at launch, when the path is: a part of it may be the prefix of a router, or the input that of a dependency.
    PathByName,
    /// The segment of the path that has the name of the input, if the route has one, else the query: an input of a
    /// dependency, which stands in many routes. What is not a single value is the body.
    ByName,
    /// The values of one key of the query.
    Query,
    /// The query: the values of one key, or, for a model, the whole.
    QueryByType,
    /// The whole query, as a model with a member for each key.
    QueryModel,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A field of a form, or, for a model, the whole form, with a member for each field.
    Form,
    /// The body, or a member of it, if there are several body inputs or if it is embedded.
    Body {
        /// Whether it is a member of the body even if it is the only body input.
        embed: bool,
    },
    /// The whole body, which a data guard reads.
    Data,
    /// No value of the request: a request guard provides it.
    Guard,
}

impl Place {
    /// The first element of the `loc` of its issues, and its name in the OpenAPI document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Place::Path(_) | Place::Rest(_) | Place::PathByName => "path",
            Place::Query | Place::QueryModel | Place::QueryByType | Place::ByName => "query",
            Place::Header => "header",
            Place::Cookie => "cookie",
            Place::Form | Place::Body { .. } | Place::Data => "body",
            Place::Guard => "guard",
        }
    }

    /// Whether the input is parsed from the body, as JSON or as a form.
    #[must_use]
    pub const fn is_body(self) -> bool {
        matches!(self, Place::Form | Place::Body { .. })
    }

    /// Whether it is known only at launch which part of a request it is.
    #[must_use]
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Place::PathByName | Place::ByName | Place::QueryByType)
    }

    /// Whether the input is parsed from a form.
    #[must_use]
    pub const fn is_form(self) -> bool {
        matches!(self, Place::Form)
    }
}

/// The description of an input of a function.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct InputMeta {
    /// The place that it is taken from.
    pub place: Place,
    /// Its name, type, constraints and description.
    pub field: FieldMeta,
}

impl InputMeta {
    /// An input that is taken from this place.
    #[must_use]
    pub const fn new(place: Place, field: FieldMeta) -> Self {
        InputMeta { place, field }
    }

    /// The same input on a route with this path, whose segments of the path are counted from its beginning: those of
    /// `depth` segments stand before the part that the function declares. The error is the name of a parameter that the
    /// path does not have.
    pub(crate) fn on_route(&self, path: &str, depth: usize) -> Result<InputMeta, &'static str> {
        let name = self.field.name;
        let place = match self.place {
            Place::Path(position) => Place::Path(depth + position),
            Place::Rest(position) => Place::Rest(depth + position),
            Place::PathByName => parameter(path, name).ok_or(name)?,
            Place::QueryByType => match self.field.shape() {
                Shape::Object(_) => Place::QueryModel,
                _ => Place::Query,
            },
            Place::ByName => match self.field.shape().is_scalar() {
                true => parameter(path, name).unwrap_or(Place::Query),
                false => Place::Body { embed: false },
            },
            place => place,
        };
        Ok(InputMeta { place, ..*self })
    }

    /// Whether a request without it is invalid.
    #[must_use]
    pub fn is_required(&self) -> bool {
        matches!(self.field.presence, Presence::Required)
    }

    /// The model of an input that is a whole query or form.
    #[must_use]
    pub fn model(&self) -> Option<&'static ObjectMeta> {
        match (self.place, self.field.shape()) {
            (Place::QueryModel | Place::Form, Shape::Object(meta)) => Some(meta),
            _ => None,
        }
    }

    /// Whether the body is an object with a member for each body input: if there are several, or if one is embedded.
    #[must_use]
    pub fn embedded(inputs: &[InputMeta]) -> bool {
        let mut bodies = inputs.iter().filter_map(|input| match input.place {
            Place::Body { embed } => Some(embed),
            _ => None,
        });
        let first = bodies.next();
        first == Some(true) || (first.is_some() && bodies.next().is_some())
    }
}

/// The place of a parameter of a path in Rocket's notation, counted from the beginning of the path.
fn parameter(path: &str, name: &str) -> Option<Place> {
    parameters(path).find(|(_, parameter, _)| *parameter == name).map(|(position, _, rest)| match rest {
        true => Place::Rest(position),
        false => Place::Path(position),
    })
}

/// Where FastAPI has the inputs of a place, by its name, among those of an operation.
pub(crate) fn place_rank(place: &str) -> u8 {
    match place {
        "path" => 0,
        "query" => 1,
        "header" => 2,
        "cookie" => 3,
        _ => 4,
    }
}

/// The parameters of a path in Rocket's notation: the position of each segment, the name, and whether it takes the rest
/// of the path.
pub(crate) fn parameters(path: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    path.split('/').skip(1).enumerate().filter_map(|(position, segment)| {
        let name = segment.strip_prefix('<')?.strip_suffix('>')?;
        match name.strip_suffix("..") {
            Some(name) => Some((position, name, true)),
            None => Some((position, name, false)),
        }
    })
}
