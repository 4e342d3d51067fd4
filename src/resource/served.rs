//! Which resources an API serves: all, or once it is told who asks, those that say who may do what.
//!
//! An API has the type of its callers as a parameter, [`NoAuth`] until it is told. Which resources it serves follows from
//! what [`Resource`] says of their rules, so that nobody can declare a resource as served beside them.

use super::{Caller, Resource};

/// The callers of an API whose [`auth`](crate::Api::auth) was not called: it serves every resource, with access rules or
/// without. `Api` is short for `Api<NoAuth>`, and `Router` for `Router<NoAuth>`.
#[derive(Clone, Copy, Debug)]
pub enum NoAuth {}

/// A resource that an API serves whose callers are of the type `C`: every resource in an API without
/// [`auth`](crate::Api::auth); else one whose `access(..)` says who may do what, and names the same type as the caller,
/// or none.
///
/// It follows from the declaration of the resource. Code that is generic over resources asks for it, by the bound
/// `R: Resource + Served<Me>`; for an API without `auth` a [`Resource`] is enough.
pub trait Served<C>: Resource {}

impl<R: Resource, C> Served<C> for R where R::Access: ServedTo<C, R> {}

/// The caller of a resource whose rules name none.
#[derive(Clone, Copy, Debug)]
pub enum NoCaller {}

/// Resources with access rules, as a type.
#[derive(Clone, Copy, Debug)]
pub enum Ruled {}

/// Resources without access rules, as a type.
#[derive(Clone, Copy, Debug)]
pub enum Open {}

/// Whether resources have access rules, by a type.
pub trait AccessKind: 'static {
    /// Whether they have.
    const IS_RULED: bool;
}

impl AccessKind for Ruled {
    const IS_RULED: bool = true;
}

impl AccessKind for Open {
    const IS_RULED: bool = false;
}

/// Without access rules the rows of the resource `R` are whose code asks for them.
#[diagnostic::on_unimplemented(
    message = "`{R}` has access rules, and nothing says whose rows of it are meant",
    label = "has an `access(..)` in its `#[resource(..)]`",
    note = "`Repository::<{R}>::as_caller(..)` has the rows of a caller, and `Repository::<{R}>::unscoped(..)` all of them, \
            beside the rules; as the argument of a function, `Repository<{R}>` is that of whoever asks"
)]
pub trait Unruled<R> {}

#[diagnostic::do_not_recommend]
impl<R> Unruled<R> for Open {}

/// Without access rules on the resource `R` a statement of SQL may be as any other.
#[diagnostic::on_unimplemented(
    message = "`{R}` has access rules, which a statement of SQL is above",
    label = "has an `access(..)` in its `#[resource(..)]`",
    note = "write `sql_unscoped` in place of `sql`, so that a search for `unscoped` finds all that is above the rules"
)]
pub trait PlainSql<R> {}

#[diagnostic::do_not_recommend]
impl<R> PlainSql<R> for Open {}

/// With access rules the resource `R` has callers, and something may be done beside the rules.
#[diagnostic::on_unimplemented(
    message = "`{R}` has no access rules, and its rows are everybody's",
    label = "no `access(..)` in its `#[resource(..)]`",
    note = "`Repository::<{R}>::of(..)` has them, and `tx.of::<{R}>()` in a transaction"
)]
pub trait Ruling<R> {}

#[diagnostic::do_not_recommend]
impl<R> Ruling<R> for Ruled {}

/// With access rules of this kind the resource `R` is served to callers of the type `C`.
#[diagnostic::on_unimplemented(
    message = "`{R}` does not say who may do what, as every resource does once `Api::auth` was called",
    label = "no `access(..)` in its `#[resource(..)]`",
    note = "write `access(public)`, `access(caller = {C}, owner)` or `access(caller = {C}, read(..), write(..))` there"
)]
pub trait ServedTo<C, R> {}

#[diagnostic::do_not_recommend]
impl<R> ServedTo<NoAuth, R> for Open {}

// Never used. If the implementation above were the only one, the compiler would take the type of a router's callers from
// it, and report at `include` what is wrong with a resource.
#[diagnostic::do_not_recommend]
impl<R> ServedTo<NoCaller, R> for Open {}

impl<R: Resource, C> ServedTo<C, R> for Ruled where R::Caller: NamedFor<C, R> {}

/// With rules that name this caller the resource `R` is served to callers of the type `C`.
#[diagnostic::on_unimplemented(
    message = "the rules of `{R}` are for the caller `{Self}`, and the API is asked by `{C}`",
    label = "its rules name `{Self}`",
    note = "name one type in both: `access(caller = {C}, ..)` in the `#[resource(..)]`, and `.auth(Auth::<{C}>::new())`"
)]
pub trait NamedFor<C, R> {}

#[diagnostic::do_not_recommend]
impl<C: Caller, R> NamedFor<C, R> for NoCaller {}

// Of any type, since what is wrong with that of a caller is told by itself.
#[diagnostic::do_not_recommend]
impl<N, R> NamedFor<NoAuth, R> for N {}

#[diagnostic::do_not_recommend]
impl<C: Caller, R> NamedFor<C, R> for C {}
