//! Documents operations whose values are in their URL, and answers without the row: `inputs = ".."` and
//! `replies = ".."`.

use okapi::openapi3::{Parameter, RefOr, SchemaObject};
use schemars::schema::InstanceType;

use super::forms::{object_of, typed};
use super::parameter::parameter;
use super::schema::Schemas;
use super::text;
use crate::resource::{InputStyle, Operation, ResourceMeta};
use crate::wire::Presence;

/// The parameters for the values in the URL.
pub(super) fn parameters(
    meta: &ResourceMeta,
    operation: Operation,
    schemas: &mut Schemas<'_>,
) -> Vec<RefOr<Parameter>> {
    let place = if meta.inputs == InputStyle::Path { "path" } else { "query" };
    let origin = format!("a value of {}", meta.path);
    let fields = meta.url_fields(operation).into_iter().map(|index| &meta.object.fields[index]);
    let parameters = fields.map(|field| {
        let schema = schemas.parameter(field, &origin);
        let required = place == "path" || matches!(field.presence, Presence::Required);
        parameter(field.name, place, text(field.doc), required, schema)
    });
    parameters.collect()
}

/// The answer with `replies = "status"` to every operation but a list: its description and its schema.
pub(super) fn success(
    meta: &ResourceMeta,
    operation: Operation,
    one: &str,
    schemas: &mut Schemas<'_>,
) -> (String, SchemaObject) {
    if operation == Operation::Read {
        return (format!("The {one}."), schemas.without_key(meta));
    }
    let mut success = typed(InstanceType::String);
    success.enum_values = Some(vec!["success".into()]);
    ("Successful Response".to_owned(), object_of([("status", success)], &["status"]))
}
