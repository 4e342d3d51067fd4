//! What is said of an input.

use crate::wire::{FieldMeta, ObjectMeta, Presence, Shape};

/// Where an input is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The segment of the path at this position, counted from the base of the API.
    Path(usize),
    /// All segments of the path from this position on.
    Rest(usize),
    /// The query, by name.
    Query,
    /// The query, a member for each key.
    QueryModel,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A field of a form; where it is a model, the form, a member for each field.
    Form,
    /// The body; a member of it where there are several, or where it is embedded.
    Body {
        /// Whether it is a member of the body even where it is the only one.
        embed: bool,
    },
    /// The whole body, as a data guard takes it.
    Data,
    /// Not the request's values, but what a guard makes of the request.
    Guard,
}

impl Place {
    /// The first step of its issues, and its name in the document.
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

    /// Whether it is a part of the body.
    #[must_use]
    pub const fn is_body(self) -> bool {
        matches!(self, Place::Form | Place::Body { .. })
    }

    /// Whether it is a part of a form.
    #[must_use]
    pub const fn is_form(self) -> bool {
        matches!(self, Place::Form)
    }
}

/// What is said of an input of a function.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct InputMeta {
    /// Where it is taken from.
    pub place: Place,
    /// Its name, type, constraints and description.
    pub field: FieldMeta,
}

impl InputMeta {
    /// An input that is taken from here.
    #[must_use]
    pub const fn new(place: Place, field: FieldMeta) -> Self {
        InputMeta { place, field }
    }

    /// Whether a request without it is at fault.
    #[must_use]
    pub fn is_required(&self) -> bool {
        matches!(self.field.presence, Presence::Required)
    }

    /// The model whose members are the inputs, where it is one: of a whole query or form.
    #[must_use]
    pub fn model(&self) -> Option<&'static ObjectMeta> {
        match (self.place, self.field.shape()) {
            (Place::QueryModel | Place::Form, Shape::Object(meta)) => Some(meta),
            _ => None,
        }
    }

    /// Whether bodies stand in an object, a member for each: where there are several, or where one is
    /// said to.
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
