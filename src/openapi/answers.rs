//! The answers of an operation, by status.

use okapi::openapi3::{RefOr, Response, Responses, SchemaObject};
use schemars::schema::Schema;

use super::errors::{HTTP_ERROR, HTTP_VALIDATION_ERROR, media_type};
use super::operation::{JSON, media, response};
use super::schema::reference;
use crate::render::ErrorFormat;

/// Collects answers; two of one status become one that may be either.
pub(super) struct Answers {
    errors: ErrorFormat,
    by_status: Vec<(u16, Response)>,
}

impl Answers {
    /// None yet; errors will read like this.
    pub(super) fn new(errors: ErrorFormat) -> Self {
        Answers { errors, by_status: Vec::new() }
    }

    /// An answer with a JSON body.
    pub(super) fn json(&mut self, status: u16, description: &str, schema: SchemaObject) {
        self.body(status, description, JSON, schema);
    }

    /// An error that has nothing to say but its detail.
    pub(super) fn error(&mut self, status: u16, description: &str) {
        self.body(status, description, media_type(self.errors), reference(HTTP_ERROR));
    }

    /// An error that lists issues.
    pub(super) fn issues(&mut self, status: u16, description: &str) {
        self.body(status, description, media_type(self.errors), reference(HTTP_VALIDATION_ERROR));
    }

    fn body(&mut self, status: u16, description: &str, media_type: &str, schema: SchemaObject) {
        let mut answer = response(description);
        answer.content.insert(media_type.to_owned(), media(schema));
        self.add(status, answer);
    }

    /// Any answer.
    pub(super) fn add(&mut self, status: u16, answer: Response) {
        // `missing(status = 409)` is allowed to mean two things.
        match self.by_status.iter_mut().find(|(known, _)| *known == status) {
            Some((_, known)) => either(known, answer),
            None => self.by_status.push((status, answer)),
        }
    }

    /// The answers as okapi has them.
    pub(super) fn into_responses(mut self) -> Responses {
        self.by_status.sort_by_key(|(status, _)| *status);
        let answers = self.by_status.into_iter();
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
