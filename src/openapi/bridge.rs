//! What `#[model]` and `#[resource]` types say of themselves to schemars, so that functions under
//! Rocket's own `#[get]` and rocket_okapi's `#[openapi]` can use them.

use std::borrow::Cow;

use okapi::openapi3::Responses;
pub use schemars::JsonSchema;
pub use schemars::r#gen::SchemaGenerator;
pub use schemars::schema::Schema;

use std::marker::PhantomData;

use rocket::fs::NamedFile;
use rocket::request::FromRequest;
use rocket::response::Redirect;
use rocket::serde::json::Json;
use rocket::{Ignite, Rocket, Sentinel};
use rocket_okapi::r#gen::OpenApiGenerator;
use rocket_okapi::request::{OpenApiFromRequest, RequestHeaderInput};
use rocket_okapi::response::OpenApiResponderInner;

use super::answers::response;
use super::function_meta::{Answer, Describe, Described, Guarded};
use super::naming;
use super::schema::{Schemas, View};
use crate::error_format::HttpErrors;
use crate::repository::Repository;
use crate::resource::Resource;
use crate::wire::{Fields, Wire};

/// What a type says of itself, where it has the trait to say it by.
///
/// An inherent constant goes before that of a trait, and stands only where its bounds hold: so a macro,
/// which sees no types, can ask of one whether it has a trait.
pub struct TypeProbe<T>(PhantomData<T>);

/// Where it has none.
pub trait TypeFallback {
    /// Of a body in JSON.
    const JSON: Answer = Answer::Unknown;
    /// Of a responder.
    const RESPONDER: Answer = Answer::Unknown;
    /// Of an error.
    const ERRORS: Answer = Answer::Unknown;
    /// Of a guard.
    const GUARD: Described = Described::NOTHING;
    /// Of what a guard fails with.
    const GUARD_ERRORS: Answer = Answer::Unknown;
    /// Of what keeps a rocket from launching.
    const ABORT: Option<fn(&Rocket<Ignite>) -> bool> = None;
}

impl<T> TypeFallback for TypeProbe<T> {}

impl<T: Wire> TypeProbe<Json<T>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

// Under another name a macro sees no `Option` and no `Result`.
impl<T: Wire> TypeProbe<Option<Json<T>>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

impl<T: Wire, E> TypeProbe<Result<Json<T>, E>> {
    pub const JSON: Answer = Answer::Json(T::shape);
}

impl<T, E: HttpErrors> TypeProbe<Result<T, E>> {
    pub const ERRORS: Answer = Answer::Errors(E::ERRORS);
}

// What rocket_okapi says of these is not what they answer.
impl TypeProbe<Redirect> {
    pub const JSON: Answer = Answer::Empty(303);
}

impl TypeProbe<NamedFile> {
    pub const JSON: Answer = Answer::Media("application/octet-stream");
}

impl TypeProbe<Vec<u8>> {
    pub const JSON: Answer = Answer::Media("application/octet-stream");
}

impl<'r, G: FromRequest<'r>> TypeProbe<G>
where
    G::Error: HttpErrors,
{
    pub const GUARD_ERRORS: Answer = Answer::Errors(<G::Error as HttpErrors>::ERRORS);
}

impl<T: OpenApiResponderInner> TypeProbe<T> {
    pub const RESPONDER: Answer = Answer::Described(Described(Some(Describe::Responder(T::responses))));
}

impl<E: HttpErrors> TypeProbe<E> {
    pub const ERRORS: Answer = Answer::Errors(E::ERRORS);
}

impl<'r, G: OpenApiFromRequest<'r>> TypeProbe<G> {
    pub const GUARD: Described = Described(Some(Describe::Guard(|generator, function| {
        let input = G::from_request_input(generator, function.to_owned(), true)?;
        Ok(Guarded { input, answers: G::get_responses(generator)? })
    })));
}

impl<S: Sentinel> TypeProbe<S> {
    pub const ABORT: Option<fn(&Rocket<Ignite>) -> bool> = Some(S::abort);
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
