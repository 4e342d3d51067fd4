//! What the code of access rules is made of. Each function has the types of the field and the operand, so that the
//! compiler reports a mistake at what was written.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::any::Any;

use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::{
    AnyCaller, Caller, CallerId, CallerTenant, Column, Comparand, Comparison, Field, Operand, Ordered,
    Resource,
};
use crate::input::Described;
use crate::wire::{Out, Shape, Wire, is_decimal};

/// How the caller of a request is found.
#[must_use]
pub const fn caller<C: Caller>() -> Described {
    C::META.found
}

#[must_use]
pub fn operand<R: Resource, T: Column>(field: Field<R, T>, value: T) -> Comparand {
    field.comparand(value)
}

// Rules take any type as that of the caller: what is wrong with it is told by `caller` alone.
pub fn caller_operand<R: Resource, C: 'static, T: Column>(
    caller: &AnyCaller,
    field: Field<R, T>,
    value: impl FnOnce(&C) -> T,
) -> Option<Comparand> {
    caller.downcast_ref().map(|caller| field.comparand(value(caller)))
}

pub fn tenant_of<R: Resource, C: CallerTenant, T: Column>(
    caller: &AnyCaller,
    field: Field<R, T>,
) -> Option<Comparand>
where
    C::Tenant: Operand<T>,
{
    caller.downcast_ref::<C>().map(|caller| field.comparand(caller.tenant().clone()))
}

pub fn is_everywhere<C: CallerTenant>(caller: &AnyCaller) -> bool {
    caller.downcast_ref::<C>().is_some_and(CallerTenant::all_tenants)
}

pub fn asked<C: 'static>(caller: &AnyCaller, asked: impl FnOnce(&C) -> bool) -> bool {
    caller.downcast_ref().is_some_and(asked)
}

/// Judges a row. It is `None` where the row or the caller is of another type.
pub fn judged<R: Resource, C: 'static>(
    row: &dyn Any,
    caller: Option<&AnyCaller>,
    judge: impl FnOnce(&R, Option<&C>) -> Option<bool>,
) -> Option<bool> {
    let caller = match caller {
        Some(caller) => Some(caller.downcast_ref()?),
        None => None,
    };
    judge(row.downcast_ref()?, caller)
}

pub fn judged_alone<R: Resource>(row: &dyn Any, judge: impl FnOnce(&R) -> Option<bool>) -> Option<bool> {
    row.downcast_ref().and_then(judge)
}

/// Whether both are true, as far as they are known: what is false with anything is false with the unknown.
pub fn and(one: Option<bool>, other: impl FnOnce() -> Option<bool>) -> Option<bool> {
    match one {
        Some(false) => Some(false),
        Some(true) => other(),
        None => other().filter(|other| !other),
    }
}

/// Whether one of them is true, as far as they are known.
pub fn or(one: Option<bool>, other: impl FnOnce() -> Option<bool>) -> Option<bool> {
    match one {
        Some(true) => Some(true),
        Some(false) => other(),
        None => other().filter(|other| *other),
    }
}

/// Whether it is false. What is unknown stays so.
pub fn not(one: Option<bool>) -> Option<bool> {
    one.map(|one| !one)
}

/// Whether two values are the same on the wire. Enums need no `PartialEq` for it. Of decimals that have the same value
/// one may have more places.
pub fn same<T: Wire>(one: &T, other: &T) -> bool {
    let shape = match T::shape() {
        Shape::Nullable(inner) => inner(),
        shape => shape,
    };
    let shown = |value: &T| match serde_json::to_value(Out(value)) {
        Ok(Json::String(text)) if is_decimal(shape) => {
            text.parse::<Decimal>().map(|value| value.normalize().to_string().into()).ok()
        }
        shown => shown.ok(),
    };
    shown(one) == shown(other)
}

/// A caller whose id is a value of a field. It is one bound, so that a mistake is told once.
#[diagnostic::on_unimplemented(
    message = "the caller `{Self}` has no id, so that nothing is theirs",
    label = "write `#[caller(id)]` above the field that tells this caller from others"
)]
pub trait IdAs<T> {
    fn id_as(&self) -> T;
}

impl<C: CallerId, T> IdAs<T> for C
where
    C::Id: Operand<T>,
{
    fn id_as(&self) -> T {
        self.id().clone().into_operand()
    }
}

pub fn id_as<C: IdAs<T>, T>(caller: &C) -> T {
    caller.id_as()
}

/// Refuses an order of fields of a type that has none. It is asked of each such type alone, so that the compiler tells
/// it before it makes any code.
pub const fn ordered<T: Ordered>() {
    assert!(
        !T::IS_OPTION,
        "a rule orders by an `Option`, whose `None` is unknown to a database and least to Rust: say what it is, as \
         with `field.is_some()`, and compare a field that always has a value"
    );
}

/// Whether a value compares so with another.
pub fn precedes<T: PartialOrd>(one: &T, comparison: Comparison, other: &T) -> bool {
    match comparison {
        Comparison::Less => one < other,
        Comparison::LessOrEqual => one <= other,
        Comparison::Greater => one > other,
        Comparison::GreaterOrEqual => one >= other,
        Comparison::Equal => one == other,
        Comparison::NotEqual => one != other,
    }
}
