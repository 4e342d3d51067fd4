//! What holds of a whole document, whoever wrote its parts: rocket_okapi's responders and routes leave descriptions
//! empty, and schemars lets null in by a form that does not.

use okapi::openapi3::{MediaType, Operation, RefOr, Responses};
use schemars::schema::SchemaObject;
use schemars::visit::{Visitor, visit_schema_object};

use super::OpenApi;
use super::forms::or_null;
use super::merge::operations_mut;
use crate::error_format::phrase;

/// Says what each answer is, and which schemas allow null.
pub(super) fn finish(document: &mut OpenApi) {
    if let Some(components) = &mut document.components {
        components.schemas.values_mut().for_each(|schema| Nulls.visit_schema_object(schema));
    }
    for operation in document.paths.values_mut().flat_map(operations_mut) {
        describe(&mut operation.responses);
        bodies(operation).filter_map(|body| body.schema.as_mut()).for_each(|s| Nulls.visit_schema_object(s));
    }
}

/// OpenAPI wants a description of each answer.
fn describe(answers: &mut Responses) {
    // A document that was read from JSON has each answer twice: okapi keeps it as an extension too.
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
    let asked = operation.request_body.iter_mut().filter_map(|body| match body {
        RefOr::Object(body) => Some(&mut body.content),
        RefOr::Ref(_) => None,
    });
    let answers = operation.responses.responses.values_mut().chain(&mut operation.responses.default);
    let answered = answers.filter_map(|answer| match answer {
        RefOr::Object(answer) => Some(&mut answer.content),
        RefOr::Ref(_) => None,
    });
    asked.chain(answered).flat_map(|content| content.values_mut())
}

/// Writes `{"allOf": [{"$ref": ".."}], "nullable": true}` as crewed writes it itself.
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
            let said = schema.metadata.take();
            *schema = or_null(std::mem::take(schema));
            schema.metadata = said;
        }
    }
}
