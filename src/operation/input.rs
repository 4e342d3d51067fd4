//! Inputs of a resource's operations: the key in the path, the body.

use serde_json::Value as Json;

use crate::issue::{Issues, Trail};
use crate::resource::{Changes, Column, Input, Resource, ResourceMeta};
use crate::value::Value;
use crate::wire::{Body, Rules, parse};

/// The parsers of a resource's inputs.
#[derive(Clone, Copy)]
pub struct Inputs {
    pub(super) key: fn(&'static ResourceMeta, &str) -> Result<Value, Issues>,
    pub(super) create: ReadChanges,
    pub(super) replace: ReadChanges,
    pub(super) patch: ReadChanges,
}

type ReadChanges = fn(&'static ResourceMeta, Body<'_>) -> Result<Changes, Issues>;

impl Inputs {
    /// The parsers into the types that `R` declares.
    #[must_use]
    pub fn of<R: Resource>() -> Self {
        Inputs {
            key: key::<R::Key>,
            create: changes::<R::Create>,
            replace: changes::<R::Replace>,
            patch: changes::<R::Patch>,
        }
    }
}

fn key<K: Column>(meta: &'static ResourceMeta, key: &str) -> Result<Value, Issues> {
    let field = &meta.object.fields[meta.key];
    let mut trail = Trail::at("path");
    let input = Json::String(key.to_owned());
    match trail.step(field.name, |trail| K::explain(&input, &field.rules, trail)) {
        Some(key) => Ok(key.to_value(&field.rules)),
        None => Err(trail.into_issues()),
    }
}

fn changes<I: Input>(meta: &'static ResourceMeta, body: Body<'_>) -> Result<Changes, Issues> {
    let input: I = parse(body, &Rules::NONE)?;
    let mut changes = Changes::new(meta);
    input.changes(&mut changes);
    Ok(changes)
}
