//! What `#[model]` and `#[resource]` types say of themselves to schemars, so that functions under
//! Rocket's own `#[get]` and rocket_okapi's `#[openapi]` can use them.

use std::borrow::Cow;

pub use schemars::JsonSchema;
pub use schemars::r#gen::SchemaGenerator;
pub use schemars::schema::Schema;

use super::naming;
use super::schema::{Schemas, View};
use crate::wire::{Fields, Wire};

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
