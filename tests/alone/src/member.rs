//! A guard, in a file of its own.

use crewed::openapi::rocket_okapi;
use crewed::openapi::rocket_okapi::r#gen::OpenApiGenerator;
use crewed::openapi::rocket_okapi::okapi::openapi3::{Object, SecurityScheme, SecuritySchemeData};
use crewed::openapi::rocket_okapi::request::{OpenApiFromRequest, RequestHeaderInput};
use crewed::prelude::*;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

/// Whoever knows the word.
pub(crate) struct Member;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Member {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        match request.headers().get_one("x-word") {
            Some("shelf") => Outcome::Success(Member),
            _ => Outcome::Error((Status::Unauthorized, HttpError::new(401, "Who are you?"))),
        }
    }
}

impl<'r> OpenApiFromRequest<'r> for Member {
    fn from_request_input(
        _: &mut OpenApiGenerator,
        _: String,
        _: bool,
    ) -> rocket_okapi::Result<RequestHeaderInput> {
        let data = SecuritySchemeData::ApiKey { name: "x-word".to_owned(), location: "header".to_owned() };
        let scheme = SecurityScheme { description: None, data, extensions: Object::default() };
        let requirement = [("Word".to_owned(), Vec::new())].into_iter().collect();
        Ok(RequestHeaderInput::Security("Word".to_owned(), scheme, requirement))
    }
}
