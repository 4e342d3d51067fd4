//! Connects crewed's declarations with rocket_okapi and schemars, in both directions.
//!
//! Guards and responders that implement rocket_okapi's traits are described in crewed's document. Types under
//! `#[model]` and `#[resource]` implement schemars' trait, so that functions under Rocket's own `#[get]` and
//! rocket_okapi's `#[openapi]` can use them.

use std::borrow::Cow;

use okapi::openapi3::Responses;
use rocket_okapi::r#gen::OpenApiGenerator;
use rocket_okapi::request::{OpenApiFromRequest, RequestHeaderInput};
use rocket_okapi::response::OpenApiResponderInner;
pub use schemars::JsonSchema;
pub use schemars::r#gen::SchemaGenerator;
pub use schemars::schema::Schema;

use super::answers::response;
use super::naming;
use super::schema::Schemas;
use crate::function::{Answer, TypeProbe};
use crate::input::Described;
use crate::repository::Repository;
use crate::resource::{Open, Resource};
use crate::wire::Wire;

/// The description of a guard or a responder, which calls its implementation of rocket_okapi's traits.
pub(super) enum Describe {
    Guard(fn(&mut OpenApiGenerator, &str) -> rocket_okapi::Result<Guarded>),
    Responder(fn(&mut OpenApiGenerator) -> rocket_okapi::Result<Responses>),
}

/// The description of a guard: its input, and its answers.
pub(super) struct Guarded {
    pub(super) input: RequestHeaderInput,
    pub(super) answers: Responses,
}

impl<T: OpenApiResponderInner> TypeProbe<T> {
    pub const RESPONDER: Answer = Answer::Described(Described::new(&Describe::Responder(T::responses)));
}

impl<'r, G: OpenApiFromRequest<'r>> TypeProbe<G> {
    pub const GUARD: Described = Described::new(&Describe::Guard(|generator, function| {
        let input = G::from_request_input(generator, function.to_owned(), true)?;
        Ok(Guarded { input, answers: G::get_responses(generator)? })
    }));
}

// A function that has a repository may always fail because the store is unavailable. It declares its other errors
// itself.
impl<'r, R: Resource<Access = Open>> OpenApiFromRequest<'r> for Repository<R> {
    fn from_request_input(
        _: &mut OpenApiGenerator,
        _: String,
        _: bool,
    ) -> rocket_okapi::Result<RequestHeaderInput> {
        Ok(RequestHeaderInput::None)
    }

    fn get_responses(_: &mut OpenApiGenerator) -> rocket_okapi::Result<Responses> {
        let mut answers = Responses::default();
        let unavailable = response("What is stored is out of reach for now.");
        answers.responses.insert("503".to_owned(), unavailable.into());
        Ok(answers)
    }
}

/// The name of a model's component.
#[must_use]
pub fn model_name<T: Wire>() -> String {
    naming::shape(T::shape())
}

/// The schema of a model. The types that it refers to become components.
pub fn model_schema<T: Wire>(generator: &mut SchemaGenerator) -> Schema {
    let mut schemas = Schemas::new(generator.definitions_mut());
    schemas.component(T::shape()).into()
}

/// The name of a resource's component.
#[must_use]
pub fn answer_name<R: Resource>() -> String {
    naming::object(R::RESOURCE.object)
}

/// The schema of a resource in an answer.
pub fn answer_schema<R: Resource>(generator: &mut SchemaGenerator) -> Schema {
    Schemas::new(generator.definitions_mut()).row(R::RESOURCE).into()
}

/// The identity of a type, which distinguishes types with the same name.
#[must_use]
pub fn id(module: &str, name: &str) -> Cow<'static, str> {
    format!("{module}::{name}").into()
}
