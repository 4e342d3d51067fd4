//! A parameter of an operation.

use okapi::openapi3::{Parameter, ParameterValue, RefOr, SchemaObject};

/// A parameter in this location: `path`, `query`, `header` or `cookie`.
pub(super) fn parameter(
    name: &str,
    location: &str,
    description: Option<String>,
    required: bool,
    schema: SchemaObject,
) -> RefOr<Parameter> {
    Parameter {
        name: name.to_owned(),
        location: location.to_owned(),
        description,
        required,
        deprecated: false,
        allow_empty_value: false,
        value: plain(schema),
        extensions: okapi::Map::new(),
    }
    .into()
}

/// The value of a parameter or a header, which is described by a schema.
pub(super) fn plain(schema: SchemaObject) -> ParameterValue {
    ParameterValue::Schema {
        style: None,
        explode: None,
        allow_reserved: false,
        schema,
        example: None,
        examples: None,
    }
}
