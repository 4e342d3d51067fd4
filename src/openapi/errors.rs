//! The bodies of errors, named as FastAPI names them.

use schemars::schema::{InstanceType, Schema, SchemaObject};
use serde_json::json;

use super::schema::{Schemas, object_of, reference, typed};

/// `{"detail": ".."}`.
pub(super) const HTTP_ERROR: &str = "HTTPError";
/// `{"detail": [..]}`, with one entry for each fault.
pub(super) const HTTP_VALIDATION_ERROR: &str = "HTTPValidationError";
const VALIDATION_ERROR: &str = "ValidationError";

/// Claims the names, whatever else is declared.
pub(super) fn define(schemas: &mut Schemas<'_>) {
    schemas.claim(HTTP_ERROR, http_error());
    schemas.claim(VALIDATION_ERROR, validation_error());
    schemas.claim(HTTP_VALIDATION_ERROR, http_validation_error());
}

fn http_error() -> SchemaObject {
    let mut detail = titled(typed(InstanceType::String), "Detail");
    detail.extensions.insert("example".to_owned(), json!("Not Found"));
    let mut schema = object_of([("detail", detail)], &["detail"]);
    schema.metadata().title = Some(HTTP_ERROR.to_owned());
    schema
}

fn http_validation_error() -> SchemaObject {
    let mut detail = titled(typed(InstanceType::Array), "Detail");
    detail.array().items = Some(Schema::from(reference(VALIDATION_ERROR)).into());
    let mut schema = object_of([("detail", detail)], &["detail"]);
    schema.metadata().title = Some(HTTP_VALIDATION_ERROR.to_owned());
    schema
}

fn validation_error() -> SchemaObject {
    let mut step = SchemaObject::default();
    step.subschemas().any_of =
        Some(vec![typed(InstanceType::String).into(), typed(InstanceType::Integer).into()]);
    let mut loc = titled(typed(InstanceType::Array), "Location");
    loc.array().items = Some(Schema::from(step).into());
    loc.extensions.insert("example".to_owned(), json!(["body", "name"]));
    let members = [
        ("loc", loc),
        ("msg", titled(typed(InstanceType::String), "Message")),
        ("type", titled(typed(InstanceType::String), "Error Type")),
        ("input", titled(SchemaObject::default(), "Input")),
        ("ctx", titled(typed(InstanceType::Object), "Context")),
    ];
    let mut schema = object_of(members, &["loc", "msg", "type"]);
    schema.metadata().title = Some(VALIDATION_ERROR.to_owned());
    schema
}

fn titled(mut schema: SchemaObject, title: &str) -> SchemaObject {
    schema.metadata().title = Some(title.to_owned());
    schema
}
