//! The answers of an operation, by status.

use okapi::openapi3::{Header, MediaType, RefOr, Response, Responses, SchemaObject};
use schemars::schema::{InstanceType, Schema};
use serde_json::Value as Json;

use super::errors::{HTTP_ERROR, HTTP_VALIDATION_ERROR};
use super::forms::{reference, typed};
use super::parameter::plain;
use crate::error::Error;
use crate::error_format::{ErrorFormat, phrase};
use crate::http;
use crate::issue::{Issue, IssueKind, Issues};
use crate::rate::Rate;
use crate::resource::NotFoundReply;
use crate::wire::FieldMeta;

pub(super) const JSON: &str = "application/json";

/// Collects answers. Two with the same status become one that may be either.
pub(super) struct Answers {
    errors: ErrorFormat,
    by_status: Vec<(u16, Response)>,
}

impl Answers {
    /// Creates it without answers, with the format of errors.
    pub(super) fn new(errors: ErrorFormat) -> Self {
        Answers { errors, by_status: Vec::new() }
    }

    /// Adds an answer with a JSON body.
    pub(super) fn json(&mut self, status: u16, description: &str, schema: SchemaObject) {
        let mut answer = response(description);
        answer.content.insert(JSON.to_owned(), media(schema));
        self.add(status, answer);
    }

    /// Adds an error, whose description is its detail.
    pub(super) fn error(&mut self, status: u16, detail: &str) {
        self.add_response(&self.errors.status(status, detail), detail, HTTP_ERROR, true);
    }

    /// Adds an error with a description of its own.
    pub(super) fn error_described(&mut self, status: u16, detail: &str, description: &str) {
        self.add_response(&self.errors.status(status, detail), description, HTTP_ERROR, true);
    }

    /// Adds the error for an invalid input.
    pub(super) fn invalid(&mut self) {
        let error = Error::Invalid(Issues::new());
        let response = self.errors.error(&error, NotFoundReply::NOT_FOUND);
        self.add_response(&response, "Validation Error", HTTP_VALIDATION_ERROR, false);
    }

    /// Adds the error for fields that the caller may not set.
    pub(super) fn fields_not_permitted(&mut self) {
        let error = Error::FieldsNotPermitted(Issues::new());
        let response = self.errors.error(&error, NotFoundReply::NOT_FOUND);
        self.add_response(&response, "Fields that may not be set", HTTP_VALIDATION_ERROR, false);
    }

    /// Adds the error for a unique value that another row has; `field` is an example of such a field.
    pub(super) fn conflict(&mut self, field: Option<&FieldMeta>) {
        let example = field.and_then(|field| Some((field.name, field.first_example()?)));
        let issue = |(name, value): (&'static str, Json)| {
            Issue::new(IssueKind::Unique, vec!["body".into(), name.into()], value)
        };
        let with_example = example.is_some();
        let error = Error::Conflict(example.map(issue).into_iter().collect());
        let response = self.errors.error(&error, NotFoundReply::NOT_FOUND);
        self.add_response(
            &response,
            "Conflict: another row has this value.",
            HTTP_VALIDATION_ERROR,
            with_example,
        );
    }

    /// Adds the error for a request that is one too many, with the headers that tell when to send it again.
    pub(super) fn too_many(&mut self, rate: Rate) {
        let description = format!("{}: {rate} are answered, to each client.", phrase(429));
        self.error_described(429, phrase(429), &description);
        let text = || typed(InstanceType::String);
        let headers = [
            ("Retry-After", typed(InstanceType::Integer), "The seconds until a request is answered again."),
            ("RateLimit", text(), "How many requests are left, and the seconds until there is one more."),
            ("RateLimit-Policy", text(), "How many requests are answered, in how many seconds."),
        ];
        if let Some((_, answer)) = self.by_status.iter_mut().find(|(status, _)| *status == 429) {
            answer
                .headers
                .extend(headers.map(|(name, schema, description)| {
                    (name.to_owned(), header(description, schema).into())
                }));
        }
    }

    /// Adds an error, whose example can be its actual response.
    fn add_response(
        &mut self,
        error: &http::Response,
        description: &str,
        component: &str,
        with_example: bool,
    ) {
        let mut body = media(reference(component));
        body.example = serde_json::from_slice(error.body.bytes()).ok().filter(|_| with_example);
        let mut answer = response(description);
        answer.content.insert(error.content_type.unwrap_or(JSON).to_owned(), body);
        self.add(error.status, answer);
    }

    /// Adds an answer.
    pub(super) fn add(&mut self, status: u16, answer: Response) {
        // Two answers may have the same status, for example with `missing(status = 409)`.
        match self.by_status.iter_mut().find(|(known, _)| *known == status) {
            Some((_, known)) => either(known, answer),
            None => self.by_status.push((status, answer)),
        }
    }

    /// Whether there is an answer with this status.
    pub(super) fn has(&self, status: u16) -> bool {
        self.by_status.iter().any(|(known, _)| *known == status)
    }

    /// Removes an answer.
    pub(super) fn remove(&mut self, status: u16) {
        self.by_status.retain(|(known, _)| *known != status);
    }

    /// Sets the description of an answer.
    pub(super) fn describe(&mut self, status: u16, description: &str) {
        match self.by_status.iter_mut().find(|(known, _)| *known == status) {
            Some((_, known)) => description.clone_into(&mut known.description),
            None => self.add(status, response(description)),
        }
    }

    /// The answers as okapi's type.
    pub(super) fn into_responses(mut self) -> Responses {
        self.by_status.sort_by_key(|(status, _)| *status);
        let answers = self.by_status.into_iter();
        Responses {
            responses: answers.map(|(status, answer)| (status.to_string(), RefOr::Object(answer))).collect(),
            ..Responses::default()
        }
    }
}

/// An answer without a body.
pub(super) fn response(description: &str) -> Response {
    Response { description: description.to_owned(), ..Response::default() }
}

/// A header of an answer that is always there.
pub(super) fn header(description: &str, schema: SchemaObject) -> Header {
    Header {
        description: Some(description.to_owned()),
        required: true,
        deprecated: false,
        allow_empty_value: false,
        value: plain(schema),
        extensions: okapi::Map::new(),
    }
}

/// A body with this schema.
pub(super) fn media(schema: SchemaObject) -> MediaType {
    MediaType { schema: Some(schema), ..MediaType::default() }
}

fn either(known: &mut Response, other: Response) {
    if known.description != other.description {
        known.description = format!("{}, or {}", known.description, other.description);
    }
    for (media_type, body) in other.content {
        match known.content.get_mut(&media_type) {
            None => {
                known.content.insert(media_type, body);
            }
            Some(first) if first.schema == body.schema => first.example = None,
            Some(first) => {
                let mut schema = SchemaObject::default();
                let both = [first.schema.take(), body.schema].into_iter().flatten();
                schema.subschemas().any_of = Some(both.map(Schema::from).collect());
                first.schema = Some(schema);
                first.example = None;
            }
        }
    }
}
