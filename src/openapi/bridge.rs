//! What types say of themselves to the document: guards and responders by rocket_okapi's traits, and those under
//! `#[model]` and `#[resource]` to schemars, so that functions under Rocket's own `#[get]` and rocket_okapi's
//! `#[openapi]` can use them.

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
use super::schema::{Schemas, View};
use crate::function::{Answer, Described, TypeProbe};
use crate::repository::Repository;
use crate::resource::Resource;
use crate::wire::{Fields, Wire};

/// What a guard or a responder says of itself to the document, by rocket_okapi's own traits.
pub(super) enum Describe {
    Guard(fn(&mut OpenApiGenerator, &str) -> rocket_okapi::Result<Guarded>),
    Responder(fn(&mut OpenApiGenerator) -> rocket_okapi::Result<Responses>),
}

/// What a guard takes, and what it may answer.
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

// Whatever a function does with rows, they may be out of reach; its other errors are its own to declare.
impl<'r, R: Resource> OpenApiFromRequest<'r> for Repository<R> {
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

/// The schema of a model itself; what it refers to becomes components.
pub fn model_schema<T: Wire>(generator: &mut SchemaGenerator) -> Schema {
    let mut schemas = Schemas::new(generator.definitions_mut());
    schemas.component(T::shape()).into()
}

/// The name of a resource's component.
#[must_use]
pub fn answer_name<T: Fields>() -> String {
    naming::object(T::META)
}

/// The schema of a resource as answers show it.
pub fn answer_schema<T: Fields>(generator: &mut SchemaGenerator) -> Schema {
    let name = naming::object(T::META);
    Schemas::new(generator.definitions_mut()).members(T::META, View::Answer, &name).into()
}

/// What tells two types of one name apart.
#[must_use]
pub fn id(module: &str, name: &str) -> Cow<'static, str> {
    format!("{module}::{name}").into()
}
