//! The route table of one API: its operations, functions and pages, found by path and method.
//!
//! It is built at launch, when all routes of the rocket are known. The builder reports every operation that is
//! registered twice, and notes where the user's routes overlap with those of the API.

use std::collections::HashMap;
use std::sync::Arc;

use rocket::Route;
use rocket::http::Method;

use super::function::AnyFunction;
use super::load::Load;
use super::operations::Operations;
use super::overlap::{intersection, pattern, without_rest};
use super::page::Page;
use super::path::toggle_trailing_slash;
use super::rank::is_ranked_last;
use super::rates::{CallerNode, Limit};
use super::trie::Trie;
use crate::endpoint::ApiContext;
use crate::function::{FunctionMeta, Plan};
use crate::http;
use crate::repository::Services;
use crate::resource::Operation;

/// Everything that one API answers, and where the user's routes overlap with it.
pub(crate) struct RouteTable {
    trie: Trie<(Method, Target)>,
    pub(super) services: Services,
    pub(super) functions: Vec<ServedFunction>,
    pub(super) resources: Vec<ServedResource>,
    pub(super) pages: Vec<Page>,
    pub(super) context: ApiContext,
    pub(super) base: String,
    /// The methods and paths that both a route of the user's and this API match. The user's route may forward such a
    /// request, so each of these has a fallback route.
    pub(super) overlaps: Vec<(Method, String)>,
    /// The paths on which OPTIONS is an operation of this API.
    pub(super) options: Vec<String>,
    /// The requests that are being answered, by all APIs of the rocket.
    pub(super) load: Arc<Load>,
    /// The names of the operations of all APIs of the rocket.
    pub(super) operations: Arc<Operations>,
    /// The number of its first operation among these.
    first_number: u32,
}

/// A function on its route.
#[derive(Debug)]
pub(crate) struct ServedFunction {
    pub(crate) function: AnyFunction,
    /// How many segments stand before those of its own path.
    pub(crate) depth: usize,
    /// Its dependencies, if it has some.
    pub(crate) plan: Option<Plan>,
    /// Whether a part of the body is an input of the function or of one of these.
    pub(crate) reads_body: bool,
    /// Whether one of these is what a caller may see and do, so that nobody else may be given the answer.
    pub(crate) is_private: bool,
    /// The rate that its requests count for.
    pub(crate) limit: Option<Arc<Limit>>,
    /// Those of its dependencies that give a caller, where requests are counted.
    pub(crate) callers: Vec<CallerNode>,
}

/// A resource on its route.
#[derive(Debug)]
pub(crate) struct ServedResource {
    /// The position of its service.
    pub(crate) service: usize,
    /// What stands before its own path, with the base of the API.
    pub(crate) prefix: String,
    /// How many segments that has.
    pub(crate) depth: usize,
    /// The dependencies of those operations that have some.
    pub(crate) plans: HashMap<Operation, ResourcePlan>,
    /// The rate that its requests count for.
    pub(crate) limit: Option<Arc<Limit>>,
}

/// The dependencies of an operation of a resource.
#[derive(Debug)]
pub(crate) struct ResourcePlan {
    pub(crate) plan: Plan,
    /// The names in the query that belong to these, and not to the resource.
    pub(crate) not_own: Vec<&'static str>,
    /// Those of them that give a caller, where requests are counted.
    pub(crate) callers: Vec<CallerNode>,
}

/// What an API serves.
pub(crate) struct Targets {
    pub(crate) services: Services,
    pub(crate) functions: Vec<ServedFunction>,
    pub(crate) resources: Vec<ServedResource>,
    pub(crate) pages: Vec<Page>,
}

/// What answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An operation of the resource at this position.
    Operation(usize, Operation),
    /// The function at this position.
    Function(usize),
    /// The page at this position.
    Page(usize),
    /// A route of the user's, to which the request is forwarded. If the user ranked it last, no fallback route comes
    /// after it.
    UserRoute { ranked_last: bool },
}

impl Target {
    /// Whether this API answers, and not a route of the user's.
    pub(super) fn belongs_to_api(self) -> bool {
        !matches!(self, Target::UserRoute { .. })
    }
}

impl RouteTable {
    /// The most specific of the targets that match a path and have this method.
    pub(super) fn target(&self, path: &str, method: Method) -> Option<Target> {
        self.trie.find(path, |all| all.iter().find(|(m, _)| *m == method).map(|(_, target)| *target))
    }

    /// The target in this API for a request that a more specific route of the user's has forwarded. It is `None` where
    /// no such route comes before the target: the catch-all route has answered then.
    pub(super) fn fallback_target(&self, path: &str, method: Method) -> Option<Target> {
        let mut was_forwarded = false;
        let found = self.trie.find(path, |all| {
            let mut answering = all.iter().filter(|(m, _)| *m == method).map(|(_, target)| *target);
            let found = answering.find(|target| {
                was_forwarded |= !target.belongs_to_api();
                target.belongs_to_api()
            });
            found.map(|target| was_forwarded.then_some(target))
        });
        found.flatten()
    }

    /// The methods that this API answers on a path, for `Allow`, or `None` where it answers none. As in FastAPI, HEAD
    /// is not listed although every GET answers it.
    pub(super) fn allowed(&self, path: &str) -> Option<String> {
        let mut methods: Vec<&str> = Vec::new();
        self.each_target(path, |method, _| methods.push(method.as_str()));
        methods.sort_unstable();
        methods.dedup();
        (!methods.is_empty()).then(|| methods.join(", "))
    }

    /// Tells each method that this API answers on a path, and what answers it.
    pub(super) fn each_target(&self, path: &str, mut tell: impl FnMut(Method, Target)) {
        let none: Option<()> = self.trie.find(path, |all| {
            let answered = all.iter().filter(|(_, target)| target.belongs_to_api());
            answered.for_each(|(method, target)| tell(*method, *target));
            None
        });
        debug_assert!(none.is_none());
    }

    /// The plans of all operations that have dependencies.
    pub(super) fn plans(&self) -> impl Iterator<Item = &Plan> {
        let of_functions = self.functions.iter().filter_map(|function| function.plan.as_ref());
        of_functions.chain(
            self.resources.iter().flat_map(|resource| resource.plans.values().map(|planned| &planned.plan)),
        )
    }

    /// The number of a target among those of all APIs of the rocket.
    pub(super) fn number(&self, target: Target) -> u32 {
        let functions = self.functions.len();
        let number = match target {
            Target::Function(index) => index,
            Target::Operation(index, operation) => functions + index * Operation::COUNT + operation as usize,
            Target::Page(_) | Target::UserRoute { .. } => functions + self.resources.len() * Operation::COUNT,
        };
        self.first_number + u32::try_from(number).unwrap_or_default()
    }

    /// How many numbers the targets of this API have.
    pub(crate) fn numbers(&self) -> u32 {
        self.number(Target::Page(0)) + 1 - self.first_number
    }

    /// Whether a target reads the body of a request before it does anything else.
    pub(super) fn reads_body(&self, target: Target) -> bool {
        match target {
            Target::Function(index) => self.functions[index].reads_body,
            // That of a resource whose values are in the address is not read at all.
            Target::Operation(index, operation) => {
                operation.has_body()
                    && !self.services.at(self.resources[index].service).meta().is_url_styled()
            }
            Target::Page(_) | Target::UserRoute { .. } => false,
        }
    }

    /// The rate that requests for a target count for.
    pub(super) fn limit(&self, target: Target) -> Option<&Arc<Limit>> {
        match target {
            Target::Function(index) => self.functions[index].limit.as_ref(),
            Target::Operation(index, _) => self.resources[index].limit.as_ref(),
            Target::Page(_) | Target::UserRoute { .. } => None,
        }
    }
}

/// Two owners of the same method on the same path.
struct RouteConflict {
    method: Method,
    /// The owner, and the path as it declares it.
    first: (String, String),
    second: (String, String),
}

impl RouteConflict {
    /// The message of this conflict, with the number of further ones between the same two owners.
    fn message(&self, more: usize) -> String {
        let RouteConflict { method, first: (first, first_path), second: (second, path) } = self;
        let more = match more {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let same = match first_path == path {
            true => String::new(),
            false => format!(", and the first is written `{first_path}`"),
        };
        format!(
            "`{method} {path}`{more} is claimed by {first} and by {second}{same}: give one another path, or leave \
             one out (of a resource's with `operations(..)`)"
        )
    }
}

/// Registers what an API answers, and builds its table.
pub(crate) struct RouteTableBuilder {
    base: String,
    registrations: Vec<Registration>,
    /// The position of each registration, by its method and the pattern of its path, which paths share that differ only
    /// in the names of their parameters.
    by_pattern: HashMap<(Method, String), usize>,
    overlaps: Vec<(Method, String)>,
    /// The methods and paths of the user's routes that are ranked last.
    ranked_last: Vec<(Method, String)>,
    conflicts: Vec<RouteConflict>,
}

/// A method on a path that an API answers, for the comparison with other APIs.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    method: Method,
    path: String,
    owner: String,
}

struct Registration {
    method: Method,
    /// The path in Rocket's notation.
    path: String,
    target: Target,
    /// What registered it, as a message names it.
    owner: String,
}

impl RouteTableBuilder {
    /// A builder without registrations. The base is empty, or begins with a slash and does not end with one.
    pub(crate) fn new(base: &str) -> Self {
        RouteTableBuilder {
            base: base.to_owned(),
            registrations: Vec::new(),
            by_pattern: HashMap::new(),
            overlaps: Vec::new(),
            ranked_last: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// Registers the operations of the resource at this position, under a prefix.
    pub(crate) fn resource(
        &mut self,
        index: usize,
        prefix: &str,
        meta: &'static crate::resource::ResourceMeta,
    ) {
        let owner = format!("resource `{}`", meta.object.name);
        for operation in meta.operations.iter() {
            let path = format!("{}{prefix}{}", self.base, meta.address(operation));
            self.register(
                rocket_method(operation.method()),
                path,
                Target::Operation(index, operation),
                owner.clone(),
            );
        }
    }

    /// Registers the function at this position.
    pub(crate) fn function(&mut self, index: usize, path: &str, meta: &'static FunctionMeta) {
        let owner = format!("the function `{}`", meta.name);
        self.register(
            rocket_method(meta.method),
            format!("{}{path}", self.base),
            Target::Function(index),
            owner,
        );
    }

    /// Registers the page at this position, whose path includes the base.
    pub(crate) fn page(&mut self, index: usize, path: &str) {
        let owner = format!("the page `{path}`");
        self.register(Method::Get, path.to_owned(), Target::Page(index), owner);
    }

    /// Compares a route of the user's with what this API has registered. Where their paths overlap, the more specific
    /// of the two comes first, whatever the rank of the user's route; where they are the same, that is a conflict.
    pub(crate) fn user_route(&mut self, route: &Route) {
        let (method, path) = (route.method, route.uri.path().to_string());
        let ranked_last = is_ranked_last(route);
        if ranked_last {
            self.ranked_last.push((method, path.clone()));
        }
        let of_api = self.registrations.iter().filter(|registration| registration.target.belongs_to_api());
        // A route for OPTIONS answers preflights, so only an operation for OPTIONS overlaps with it.
        let of_api = of_api.filter(|registration| method != Method::Options || registration.method == method);
        // The API redirects a path with a slash too many or too few, so that path overlaps too.
        let paths = of_api
            .clone()
            .flat_map(|registration| [registration.path.clone(), toggle_trailing_slash(&registration.path)]);
        for overlap in paths.filter_map(|registered| intersection(&path, &registered)) {
            let overlap = (method, overlap);
            if !self.overlaps.contains(&overlap) {
                self.overlaps.push(overlap);
            }
        }
        let overlaps = |registration: &Registration| {
            registration.method == method && intersection(&path, &registration.path).is_some()
        };
        if of_api.clone().any(overlaps) {
            let name = route.name.as_deref().unwrap_or("without a name");
            let owner = format!("the route `{method} {path}` ({name})");
            // To Rocket, `/a/<rest..>` matches `/a` too, unlike to FastAPI. An operation that is declared on `/a`
            // keeps it.
            if let Some(parent) =
                without_rest(&path).filter(|parent| !self.by_pattern.contains_key(&(method, pattern(parent))))
            {
                self.register(method, parent, Target::UserRoute { ranked_last }, owner.clone());
            }
            self.register(method, path, Target::UserRoute { ranked_last }, owner);
        }
    }

    /// Reports a conflict for every method and path that both this API and another one of the same rocket register.
    pub(crate) fn check_against(&mut self, registered: &[Registered]) {
        for other in registered {
            let position = self.by_pattern.get(&(other.method, pattern(&other.path)));
            // A route of the user's that conflicts with the other API is reported by that API.
            if let Some(own) = position
                .map(|position| &self.registrations[*position])
                .filter(|registration| registration.target.belongs_to_api())
            {
                self.conflicts.push(RouteConflict {
                    method: own.method,
                    first: (format!("{} of another API", other.owner), other.path.clone()),
                    second: (own.owner.clone(), own.path.clone()),
                });
            }
        }
    }

    /// What this API answers, for [`RouteTableBuilder::check_against`] of the other APIs.
    pub(crate) fn registered(&self) -> Vec<Registered> {
        let of_api = self.registrations.iter().filter(|registration| registration.target.belongs_to_api());
        let registered = |registration: &Registration| Registered {
            method: registration.method,
            path: registration.path.clone(),
            owner: registration.owner.clone(),
        };
        of_api.map(registered).collect()
    }

    /// The messages of all conflicts so far, one for each pair of owners.
    pub(crate) fn conflicts(&self) -> Vec<String> {
        let mut pairs: Vec<(&RouteConflict, usize)> = Vec::new();
        for conflict in &self.conflicts {
            let same = |(c, _): &&mut (&RouteConflict, usize)| {
                c.first.0 == conflict.first.0 && c.second.0 == conflict.second.0
            };
            match pairs.iter_mut().find(same) {
                Some((_, more)) => *more += 1,
                None => pairs.push((conflict, 0)),
            }
        }
        pairs.into_iter().map(|(conflict, more)| conflict.message(more)).collect()
    }

    fn register(&mut self, method: Method, path: String, target: Target, owner: String) {
        let key = (method, pattern(&path));
        match self.by_pattern.get(&key).map(|position| &self.registrations[*position]) {
            // Rocket reports two routes of the user's that collide.
            Some(first) if !first.target.belongs_to_api() && !target.belongs_to_api() => {}
            Some(first) => {
                let first = (first.owner.clone(), first.path.clone());
                self.conflicts.push(RouteConflict { method, first, second: (owner, path) });
            }
            None => {
                self.by_pattern.insert(key, self.registrations.len());
                self.registrations.push(Registration { method, path, target, owner });
            }
        }
    }

    /// Builds the table, whose targets are positions in these lists.
    pub(crate) fn build(
        self,
        targets: Targets,
        context: ApiContext,
        load: Arc<Load>,
        operations: Arc<Operations>,
        first_number: u32,
    ) -> RouteTable {
        let mut trie = Trie::new();
        for registration in &self.registrations {
            trie.entries(&registration.path).push((registration.method, registration.target));
        }
        let options = self.registrations.iter().filter(|registration| {
            registration.target.belongs_to_api() && registration.method == Method::Options
        });
        let options = options.map(|registration| registration.path.clone()).collect();
        let RouteTableBuilder { base, mut overlaps, ranked_last, .. } = self;
        // A fallback route would come after a route that the user ranked last, and so gets no chance there.
        let comes_last = |(method, path): &(Method, String)| {
            ranked_last.iter().any(|(m, last)| m == method && intersection(last, path).is_some())
        };
        overlaps.retain(|overlap| !comes_last(overlap));
        let Targets { services, functions, resources, pages } = targets;
        RouteTable {
            trie,
            services,
            functions,
            resources,
            pages,
            context,
            base,
            overlaps,
            options,
            load,
            operations,
            first_number,
        }
    }
}

/// The same method, as Rocket's type.
pub(crate) fn rocket_method(method: http::Method) -> Method {
    match method {
        http::Method::Get => Method::Get,
        http::Method::Head => Method::Head,
        http::Method::Post => Method::Post,
        http::Method::Put => Method::Put,
        http::Method::Patch => Method::Patch,
        http::Method::Delete => Method::Delete,
        http::Method::Options => Method::Options,
    }
}
