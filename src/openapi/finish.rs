//! Corrects the whole document, including the parts of rocket_okapi and schemars: rocket_okapi leaves descriptions of
//! answers empty, and schemars writes nullable references in a form that does not allow null.

use okapi::openapi3::{MediaType, Operation, RefOr, Responses};
use schemars::schema::SchemaObject;
use schemars::visit::{Visitor, visit_schema_object};

use super::OpenApi;
use super::forms::or_null;
use super::merge::operations_mut;
use crate::error_format::phrase;

/// Adds missing descriptions of answers, and corrects nullable schemas.
pub(super) fn finish(document: &mut OpenApi) {
    if let Some(components) = &mut document.components {
        components.schemas.values_mut().for_each(|schema| Nulls.visit_schema_object(schema));
    }
    for operation in document.paths.values_mut().flat_map(operations_mut) {
        describe(&mut operation.responses);
        bodies(operation).filter_map(|body| body.schema.as_mut()).for_each(|s| Nulls.visit_schema_object(s));
    }
}

/// Adds missing descriptions, as OpenAPI requires one for each answer.
fn describe(answers: &mut Responses) {
    // In a document that was parsed from JSON, okapi has each answer a second time as an extension.
    answers.extensions.retain(|name, _| !answers.responses.contains_key(name));
    for (status, answer) in &mut answers.responses {
        if let RefOr::Object(answer) = answer
            && answer.description.is_empty()
        {
            let words = status.parse().map(phrase).unwrap_or_default();
            answer.description = (if words.is_empty() { status } else { words }).to_owned();
        }
    }
    if let Some(RefOr::Object(answer)) = &mut answers.default
        && answer.description.is_empty()
    {
        "Any other answer".clone_into(&mut answer.description);
    }
}

fn bodies(operation: &mut Operation) -> impl Iterator<Item = &mut MediaType> {
    let request = operation.request_body.iter_mut().filter_map(|body| match body {
        RefOr::Object(body) => Some(&mut body.content),
        RefOr::Ref(_) => None,
    });
    let answers = operation.responses.responses.values_mut().chain(&mut operation.responses.default);
    let answered = answers.filter_map(|answer| match answer {
        RefOr::Object(answer) => Some(&mut answer.content),
        RefOr::Ref(_) => None,
    });
    request.chain(answered).flat_map(|content| content.values_mut())
}

/// Replaces `{"allOf": [{"$ref": ".."}], "nullable": true}` by the form that crewed itself writes.
struct Nulls;

impl Visitor for Nulls {
    fn visit_schema_object(&mut self, schema: &mut SchemaObject) {
        visit_schema_object(self, schema);
        let combines = schema.is_ref()
            || schema
                .subschemas
                .as_ref()
                .is_some_and(|all| all.all_of.is_some() || all.any_of.is_some() || all.one_of.is_some());
        let nullable = schema.extensions.get("nullable").is_some_and(|value| *value == true);
        if schema.instance_type.is_none() && combines && nullable {
            schema.extensions.shift_remove("nullable");
            let metadata = schema.metadata.take();
            *schema = or_null(std::mem::take(schema));
            schema.metadata = metadata;
        }
    }
}
