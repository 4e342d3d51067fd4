//! The schemas of errors. Their names are FastAPI's, and their structure depends on `errors = ".."`.

use schemars::schema::{InstanceType, Schema, SchemaObject};
use serde_json::json;

use super::forms::{object_of, reference, typed};
use crate::error_format::ErrorFormat;

/// `{"detail": ".."}`.
pub(super) const HTTP_ERROR: &str = "HTTPError";
/// `{"detail": [..]}`, with one entry for each issue.
pub(super) const HTTP_VALIDATION_ERROR: &str = "HTTPValidationError";
const VALIDATION_ERROR: &str = "ValidationError";

/// The components of errors.
pub(super) fn components(format: ErrorFormat) -> [(&'static str, SchemaObject); 3] {
    let mut issues = typed(InstanceType::Array);
    issues.array().items = Some(Schema::from(reference(VALIDATION_ERROR)).into());
    let detail = typed(InstanceType::String);
    let [error, validation_error] = match format {
        ErrorFormat::FastApi | ErrorFormat::PydanticV1 => [
            object_of([("detail", titled(detail, "Detail"))], &["detail"]),
            object_of([("detail", titled(issues, "Detail"))], &["detail"]),
        ],
        ErrorFormat::Problem => [
            problem([("detail", titled(detail.clone(), "Detail"))], &[]),
            problem(
                [("detail", titled(detail, "Detail")), ("errors", titled(issues, "Errors"))],
                &["errors"],
            ),
        ],
    };
    let components =
        [(HTTP_ERROR, error), (HTTP_VALIDATION_ERROR, validation_error), (VALIDATION_ERROR, issue(format))];
    components.map(|(name, schema)| (name, titled(schema, name)))
}

/// An object with the members of RFC 9457 and additional ones.
fn problem<const N: usize>(more: [(&str, SchemaObject); N], required: &[&str]) -> SchemaObject {
    let mut kind = titled(typed(InstanceType::String), "Type");
    kind.format = Some("uri-reference".to_owned());
    let standard = [
        ("type", kind),
        ("title", titled(typed(InstanceType::String), "Title")),
        ("status", titled(typed(InstanceType::Integer), "Status")),
    ];
    let mut schema = object_of(standard, &["type", "title", "status", "detail"]);
    let object = schema.object();
    object.properties.extend(more.map(|(name, schema)| (name.to_owned(), schema.into())));
    object.required.extend(required.iter().map(|name| (*name).to_owned()));
    schema
}

/// An issue. In the format of Pydantic version 1 it does not repeat the input.
fn issue(format: ErrorFormat) -> SchemaObject {
    let mut step = SchemaObject::default();
    step.subschemas().any_of =
        Some(vec![typed(InstanceType::String).into(), typed(InstanceType::Integer).into()]);
    let mut loc = titled(typed(InstanceType::Array), "Location");
    loc.array().items = Some(Schema::from(step).into());
    loc.extensions.insert("example".to_owned(), json!(["body", "name"]));
    let mut schema = object_of(
        [
            ("loc", loc),
            ("msg", titled(typed(InstanceType::String), "Message")),
            ("type", titled(typed(InstanceType::String), "Error Type")),
            ("input", titled(SchemaObject::default(), "Input")),
            ("ctx", titled(typed(InstanceType::Object), "Context")),
        ],
        &["loc", "msg", "type"],
    );
    if format == ErrorFormat::PydanticV1 {
        schema.object().properties.remove("input");
    }
    schema
}

fn titled(mut schema: SchemaObject, title: &str) -> SchemaObject {
    schema.metadata().title = Some(title.to_owned());
    schema
}
