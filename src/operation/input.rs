//! Inputs of a resource's operations: the key in the path, the body.

use std::any::TypeId;

use serde_json::{Map, Value as Json};

use crate::issue::{IssueCollector, Issues};
use crate::resource::{Changes, Column, Input, Resource, ResourceMeta};
use crate::value::Value;
use crate::wire::{Body, Constraints, Part, members_coerce, parse};

/// The parsers of a resource's inputs.
#[derive(Clone, Copy)]
pub struct Inputs {
    pub(super) resource: TypeId,
    pub(super) key: fn(&'static ResourceMeta, &'static str, &Json) -> Result<Value, Issues>,
    /// Of values that stand in an address; a replace has the same as a create.
    pub(super) values: fn(&'static ResourceMeta, &Addressed) -> Result<Changes, Issues>,
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
            resource: TypeId::of::<R>(),
            key: key::<R::Key>,
            values: values::<R::Create>,
            create: changes::<R::Create>,
            replace: changes::<R::Replace>,
            patch: changes::<R::Patch>,
        }
    }

    /// Whether the inputs are those of one resource.
    #[must_use]
    pub fn is_of_same_resource(&self, other: &Inputs) -> bool {
        self.resource == other.resource
    }
}

/// What an address says of a row: values by their names on the wire.
#[derive(Clone, Debug)]
pub struct Addressed {
    /// `path` or `query`.
    pub place: &'static str,
    /// The values, as texts or lists of texts.
    pub members: Map<String, Json>,
}

fn key<K: Column>(meta: &'static ResourceMeta, place: &'static str, key: &Json) -> Result<Value, Issues> {
    let field = &meta.object.fields[meta.key];
    let mut collector = IssueCollector::at(place);
    match collector.step(field.name, |collector| K::coerce(key, &field.constraints, collector)) {
        Some(key) => Ok(key.to_value(&field.constraints)),
        None => Err(collector.into_issues()),
    }
}

fn values<I: Input>(meta: &'static ResourceMeta, addressed: &Addressed) -> Result<Changes, Issues> {
    let mut collector = IssueCollector::at(addressed.place);
    let input = Part::of_tree(&addressed.members, |part| members_coerce::<I>(part, false, &mut collector));
    let Some(input) = input else {
        return Err(collector.into_issues());
    };
    let mut changes = Changes::new(meta);
    input.changes(&mut changes);
    Ok(changes)
}

fn changes<I: Input>(meta: &'static ResourceMeta, body: Body<'_>) -> Result<Changes, Issues> {
    let input: I = parse(body, &Constraints::NONE)?;
    let mut changes = Changes::new(meta);
    input.changes(&mut changes);
    Ok(changes)
}
