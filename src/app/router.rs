//! [`Router`]: operations under a common path, with what they have in common.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::function::{Answer, DependencyUse};
use crate::operation::Inputs;
use crate::resource::{NoAuth, Resource, ResourceDescriptor, Served};
use crate::route::{self, AnyFunction, Dependency};
use crate::wire::Wire;

/// Operations under a common path, with dependencies, tags and answers in common, like FastAPI's `APIRouter`. An
/// [`Api`](crate::Api) or another router [includes](crate::Api::include) it, and the document has its operations beside all others.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{HttpError, Router, get};
/// use crewed::rocket::serde::json::Json;
///
/// #[crewed::depends]
/// fn require_key(#[param(header)] x_key: String) -> Result<(), HttpError> {
///     if x_key == "secret" { Ok(()) } else { Err(HttpError::new(400, "X-Key header invalid")) }
/// }
///
/// /// Is `GET /items/<item_id>`.
/// #[get("/<item_id>")]
/// fn read_item(item_id: i64) -> Json<i64> {
///     Json(item_id)
/// }
///
/// let items = Router::new("/items")
///     .tag("items")
///     .depends::<require_key>()
///     .response(404, "Not found")
///     .operations(operations![read_item]);
/// let api = Api::new().include(items);
/// ```
///
/// # Paths
///
/// The path of a router stands before the paths of its operations: under `Router::new("/items")`, the function under
/// `#[get("/")]` is `/items/`, and that under `#[get("")]` is `/items`. A resource
/// keeps its own path: `#[resource("/items")]` in `Router::new("/shop")` is `/shop/items`. A segment of the path may be
/// a parameter, as in `Router::new("/users/<user_id>")`. A function or a dependency takes it with `#[param(path)]`, as
/// its macro cannot see the path of the router; a path with a parameter that nothing takes is refused at launch.
///
/// # Order
///
/// Dependencies are asked from outside to inside: those of the API first, then those of each router, and last those of
/// the operation. The tags of an operation are in the same order, and of two answers with one status the inner one is
/// documented.
///
/// # Callers
///
/// A router has the type of its API's callers, which the compiler knows where the router is included. Where a function
/// returns it, its type says it: `Router` for an API without [`auth`](crate::Api::auth), and `Router<Me>` for one with
/// `Auth::<Me>::new()`.
#[must_use = "a router does nothing until an API includes it: `Api::new().include(router)`"]
pub struct Router<C = NoAuth> {
    pub(super) parts: RouterParts,
    caller: PhantomData<fn() -> C>,
}

/// A router without the type of the callers.
#[derive(Clone, Debug, Default)]
pub(super) struct RouterParts {
    pub(super) prefix: String,
    pub(super) shared: Shared,
    pub(super) entries: Vec<Entry>,
}

/// What the operations of a router have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    pub(super) dependencies: Vec<DependencyUse>,
    pub(super) tags: Vec<String>,
    pub(super) answers: Vec<Answer>,
    pub(super) deprecated: bool,
    pub(super) hidden: bool,
}

/// A resource without its type.
#[derive(Clone, Copy, Debug)]
pub(super) struct RegisteredResource {
    pub(super) descriptor: ResourceDescriptor,
    pub(super) inputs: Inputs,
}

/// What a router serves.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Function(AnyFunction),
    Resource(RegisteredResource),
    Router(Arc<RouterParts>),
}

/// A function or a resource, with the path before its own, and what all routers around it declare.
#[derive(Clone, Debug)]
pub(super) struct Mounted<T> {
    pub(super) what: T,
    pub(super) prefix: String,
    pub(super) shared: Shared,
}

impl<C: 'static> Router<C> {
    /// Creates a router whose path is `prefix`: it begins with a slash, and does not end with one. An empty prefix is
    /// that of a router which only groups its operations.
    pub fn new(prefix: impl Into<String>) -> Self {
        let parts = RouterParts { prefix: prefix.into(), ..RouterParts::default() };
        Router { parts, caller: PhantomData }
    }

    /// Adds a tag to all operations. For the description of a tag see `Api::tag`.
    pub fn tag(self, tag: impl Into<String>) -> Self {
        self.with(|parts| parts.shared.tags.push(tag.into()))
    }

    /// Asks a dependency before all operations, and drops its value.
    pub fn depends<D: Dependency>(self) -> Self {
        self.with(RouterParts::depend::<D>)
    }

    /// Asks a dependency before all operations, and requires scopes of it.
    pub fn depends_with_scopes<D: Dependency>(self, scopes: &'static [&'static str]) -> Self {
        let used = route::used::<D>().scopes(scopes).dropped();
        self.with(|parts| parts.shared.dependencies.push(used))
    }

    /// Documents an answer of all operations.
    pub fn response(self, status: u16, description: &'static str) -> Self {
        self.with(|parts| parts.answer(status, description))
    }

    /// Documents an answer of all operations, which has a body of the type `T`.
    pub fn response_of<T: Wire>(self, status: u16, description: &'static str) -> Self {
        let answer = Answer::Declared(status, description, Some(T::shape));
        self.with(|parts| parts.shared.answers.push(answer))
    }

    /// Marks all operations as deprecated in the document.
    pub fn deprecated(self) -> Self {
        self.with(|parts| parts.shared.deprecated = true)
    }

    /// Leaves all operations out of the document.
    pub fn hidden(self) -> Self {
        self.with(|parts| parts.shared.hidden = true)
    }

    /// Serves functions under crewed's `#[get]` and its like.
    pub fn operations(self, functions: impl IntoIterator<Item = AnyFunction>) -> Self {
        self.with(|parts| parts.serve_functions(functions))
    }

    /// Serves a resource.
    pub fn resource<R: Resource + Served<C>>(self) -> Self {
        self.with(RouterParts::serve_resource::<R>)
    }

    /// Serves everything of another router, under its path after that of this one.
    pub fn include(self, router: Router<C>) -> Self {
        self.with(|parts| parts.include(router.parts))
    }

    fn with(mut self, change: impl FnOnce(&mut RouterParts)) -> Self {
        change(&mut self.parts);
        self
    }
}

impl<C: 'static> Default for Router<C> {
    fn default() -> Self {
        Router::new("")
    }
}

impl<C> Clone for Router<C> {
    fn clone(&self) -> Self {
        Router { parts: self.parts.clone(), caller: PhantomData }
    }
}

impl<C> fmt::Debug for Router<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RouterParts { prefix, shared, entries } = &self.parts;
        let mut described = f.debug_struct("Router");
        described.field("prefix", prefix).field("shared", shared).field("entries", entries).finish()
    }
}

impl RouterParts {
    pub(super) fn depend<D: Dependency>(&mut self) {
        self.shared.dependencies.push(route::used::<D>().dropped());
    }

    pub(super) fn answer(&mut self, status: u16, description: &'static str) {
        self.shared.answers.push(Answer::Declared(status, description, None));
    }

    pub(super) fn serve_functions(&mut self, functions: impl IntoIterator<Item = AnyFunction>) {
        self.entries.extend(functions.into_iter().map(Entry::Function));
    }

    pub(super) fn serve_resource<R: Resource>(&mut self) {
        let (descriptor, inputs) = (ResourceDescriptor::of::<R>(), Inputs::of::<R>());
        self.entries.push(Entry::Resource(RegisteredResource { descriptor, inputs }));
    }

    pub(super) fn include(&mut self, router: RouterParts) {
        self.entries.push(Entry::Router(Arc::new(router)));
    }

    /// The functions and resources at any depth.
    pub(super) fn mounted(&self) -> (Vec<Mounted<AnyFunction>>, Vec<Mounted<RegisteredResource>>) {
        let (mut functions, mut resources) = (Vec::new(), Vec::new());
        self.collect("", &Shared::default(), &mut functions, &mut resources);
        (functions, resources)
    }

    fn collect(
        &self,
        before: &str,
        around: &Shared,
        functions: &mut Vec<Mounted<AnyFunction>>,
        resources: &mut Vec<Mounted<RegisteredResource>>,
    ) {
        let prefix = format!("{before}{}", self.prefix);
        let shared = around.with(&self.shared);
        for entry in &self.entries {
            match entry {
                Entry::Function(function) => functions.push(Mounted {
                    what: *function,
                    prefix: prefix.clone(),
                    shared: shared.clone(),
                }),
                Entry::Resource(resource) => resources.push(Mounted {
                    what: *resource,
                    prefix: prefix.clone(),
                    shared: shared.clone(),
                }),
                Entry::Router(router) => router.collect(&prefix, &shared, functions, resources),
            }
        }
    }

    /// Visits this router and all that it includes, each with its path.
    pub(super) fn each(&self, before: &str, visit: &mut impl FnMut(&RouterParts, &str)) {
        let prefix = format!("{before}{}", self.prefix);
        visit(self, &prefix);
        for entry in &self.entries {
            if let Entry::Router(router) = entry {
                router.each(&prefix, visit);
            }
        }
    }
}

impl Shared {
    /// What holds inside of a router that stands in this one.
    fn with(&self, inner: &Shared) -> Shared {
        let both = |outer: &[String], inner: &[String]| [outer, inner].concat();
        Shared {
            dependencies: [&self.dependencies[..], &inner.dependencies[..]].concat(),
            tags: both(&self.tags, &inner.tags),
            answers: [&self.answers[..], &inner.answers[..]].concat(),
            deprecated: self.deprecated || inner.deprecated,
            hidden: self.hidden || inner.hidden,
        }
    }
}
