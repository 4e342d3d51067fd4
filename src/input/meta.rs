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
    /// The values of one key of the query.
    Query,
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
            Place::Path(_) | Place::Rest(_) => "path",
            Place::Query | Place::QueryModel => "query",
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
