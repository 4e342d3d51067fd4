//! The inputs of functions and dependencies as parameters.

use okapi::openapi3::{self, ExampleValue, Parameter, ParameterValue, RefOr};

use super::parameter::parameter;
use super::schema::Schemas;
use super::text;
use crate::input::{InputMeta, Place};
use crate::wire::{Example, FieldMeta, Presence};

/// The parameters of an input: one, or for a model of the whole query one for each field. The body has none.
pub(super) fn input_parameters(
    input: &InputMeta,
    origin: &str,
    schemas: &mut Schemas<'_>,
) -> Vec<RefOr<Parameter>> {
    match (input.place, input.model()) {
        _ if input.field.hidden => Vec::new(),
        (Place::QueryModel, Some(object)) => {
            object.fields.iter().map(|field| input_parameter(field, "query", origin, schemas)).collect()
        }
        (Place::Guard | Place::Data, _) => Vec::new(),
        (place, _) if place.is_body() => Vec::new(),
        (place, _) => vec![input_parameter(&input.field, place.name(), origin, schemas)],
    }
}

/// The parameter of an input.
fn input_parameter(
    field: &FieldMeta,
    place: &str,
    origin: &str,
    schemas: &mut Schemas<'_>,
) -> RefOr<Parameter> {
    let required = matches!(field.presence, Presence::Required);
    let schema = schemas.parameter(field, origin);
    let mut parameter = parameter(field.name, place, text(field.doc), required, schema);
    if let RefOr::Object(parameter) = &mut parameter {
        parameter.deprecated = field.deprecated;
        if let ParameterValue::Schema { examples, .. } = &mut parameter.value {
            *examples = several(field.examples);
        }
    }
    parameter
}

/// Several examples by their names. A single one without a name is in the schema.
pub(super) fn several(examples: &[Example]) -> Option<okapi::Map<String, openapi3::Example>> {
    if let [] | [Example { name: "", .. }] = examples {
        return None;
    }
    let named = examples.iter().enumerate().map(|(index, example)| {
        let name = match example.name {
            "" => format!("example {}", index + 1),
            name => name.to_owned(),
        };
        let example = openapi3::Example {
            summary: None,
            description: None,
            value: ExampleValue::Value((example.value)()),
            extensions: okapi::Map::new(),
        };
        (name, example)
    });
    Some(named.collect())
}
