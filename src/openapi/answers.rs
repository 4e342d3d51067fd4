//! The answers of an operation, by status.

use okapi::openapi3::{RefOr, Response, Responses, SchemaObject};
use schemars::schema::Schema;

use super::errors::{HTTP_ERROR, HTTP_VALIDATION_ERROR};
use super::operation::{JSON, media, response};
use super::schema::reference;

/// Collects answers; two of one status become one that may be either.
#[derive(Default)]
pub(super) struct Answers(Vec<(u16, Response)>);

impl Answers {
    /// An answer with a JSON body.
    pub(super) fn json(&mut self, status: u16, description: &str, schema: SchemaObject) {
        let mut answer = response(description);
        answer.content.insert(JSON.to_owned(), media(schema));
        self.add(status, answer);
    }

    /// An error that has nothing to say but its detail.
    pub(super) fn error(&mut self, status: u16, description: &str) {
        self.json(status, description, reference(HTTP_ERROR));
    }

    /// An error that lists issues.
    pub(super) fn issues(&mut self, status: u16, description: &str) {
        self.json(status, description, reference(HTTP_VALIDATION_ERROR));
    }

    /// Any answer.
    pub(super) fn add(&mut self, status: u16, answer: Response) {
        // `missing(status = 409)` is allowed to mean two things.
        match self.0.iter_mut().find(|(known, _)| *known == status) {
            Some((_, known)) => either(known, answer),
            None => self.0.push((status, answer)),
        }
    }

    /// The answers as okapi has them.
    pub(super) fn into_responses(mut self) -> Responses {
        self.0.sort_by_key(|(status, _)| *status);
        let answers = self.0.into_iter();
        Responses {
            responses: answers.map(|(status, answer)| (status.to_string(), RefOr::Object(answer))).collect(),
            ..Responses::default()
        }
    }
}

fn either(known: &mut Response, other: Response) {
    known.description = format!("{}, or {}", known.description, other.description);
    for (media_type, body) in other.content {
        match known.content.get_mut(&media_type) {
            None => {
                known.content.insert(media_type, body);
            }
            Some(first) if first.schema == body.schema => {}
            Some(first) => {
                let mut schema = SchemaObject::default();
                let both = [first.schema.take(), body.schema].into_iter().flatten();
                schema.subschemas().any_of = Some(both.map(Schema::from).collect());
                first.schema = Some(schema);
            }
        }
    }
}
