//! [`Auth`]: who asks for what an API serves.

use std::any::{TypeId, type_name};
use std::fmt;
use std::marker::PhantomData;

use super::router::{Mounted, RegisteredResource};
use crate::input::Described;
use crate::resource::Caller;

/// Names the type of whoever asks, a struct under [`#[caller]`](macro@crate::caller). An API that is given it by
/// [`Api::auth`](crate::Api::auth) is closed by default: each of its resources must say who may do what.
///
/// ```
/// use crewed::prelude::*;
/// # #[crewed::depends]
/// # fn current_user() -> Option<Me> {
/// #     None
/// # }
///
/// #[crewed::caller(depends(current_user))]
/// struct Me {
///     #[caller(id)]
///     id: i64,
/// }
///
/// let api = Api::new().auth(Auth::<Me>::new());
/// ```
#[must_use = "it does nothing until an API is given it: `Api::new().auth(Auth::<Me>::new())`"]
pub struct Auth<C> {
    caller: PhantomData<fn() -> C>,
}

impl<C> Auth<C> {
    /// Callers are of the type `C`, and are found as that says.
    #[expect(clippy::new_without_default, reason = "it is written with the type of the caller")]
    pub fn new() -> Self
    where
        C: Caller,
    {
        Auth { caller: PhantomData }
    }
}

impl<C> fmt::Debug for Auth<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("caller", &type_name::<C>()).finish()
    }
}

/// What an API was given by `auth`, without the type of the callers.
#[derive(Clone)]
pub(super) struct AuthParts {
    pub(super) caller: TypeId,
    /// The path of the callers' type.
    pub(super) name: &'static str,
    /// How the caller of a request is found, also where the rules of a resource name none: credentials that are wrong are
    /// refused there, too.
    pub(super) found: Described,
    /// The resources that the API had before, whose rules no type has asked for.
    pub(super) late_for: Vec<&'static str>,
}

impl AuthParts {
    /// The `auth` of an API that has these resources already.
    pub(super) fn of<C: Caller>(_: Auth<C>, resources: &[Mounted<RegisteredResource>]) -> Self {
        let (caller, name, found) = (TypeId::of::<C>(), type_name::<C>(), C::META.found);
        AuthParts { caller, name, found, late_for: names(resources) }
    }
}

/// The names of resources, each once.
pub(super) fn names<'a>(
    resources: impl IntoIterator<Item = &'a Mounted<RegisteredResource>>,
) -> Vec<&'static str> {
    let mut names = Vec::new();
    for resource in resources {
        let name = resource.what.descriptor.meta.object.name;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
