//! Everything that one API serves: its functions and resources, with what the routers around them declare.

use std::any::TypeId;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rocket::Route;
use serde_json::{Value as Json, json};

use super::api::{ApiParts, is_base};
use super::router::{Mounted, RegisteredResource};
use crate::error_format::HttpError;
use crate::function::{Answer, AnsweredBy, DependencyUse};
use crate::input::parameters;
use crate::route::{self, AnyFunction, Page, RouteTableBuilder, dependencies_of};

/// What an API serves.
pub(super) struct Served<'a> {
    pub(super) api: &'a ApiParts,
    pub(super) functions: Vec<Mounted<AnyFunction>>,
    pub(super) resources: Vec<Mounted<RegisteredResource>>,
}

impl<'a> Served<'a> {
    pub(super) fn of(api: &'a Arc<ApiParts>) -> Self {
        let (functions, resources) = api.root.mounted();
        Served { api, functions, resources }
    }

    /// The problems of the base, and of the paths of routers.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let base = self.api.base.as_str();
        if !base.is_empty() && !is_base(base) {
            problems.push(format!(
                "`.at(\"{base}\")` is no base: it is a path like \"/api/v1\", without parameters and without a \
                 slash at its end"
            ));
        }
        self.api.root.each("", &mut |router, _| {
            if !router.prefix.is_empty() && !is_prefix(&router.prefix) {
                problems.push(format!(
                    "`Router::new(\"{}\")` is no path: it is one like \"/items\" or \"/users/<user_id>\", which begins \
                     with a slash and does not end with one",
                    router.prefix
                ));
            }
        });
        for function in &self.functions {
            let path = format!("{base}{}", Served::function_path(function));
            if path.is_empty() {
                let name = function.what.meta().name;
                problems.push(format!(
                    "the function `{name}` has no path: write \"/\", or put it into a router that has one"
                ));
            }
        }
        for (owner, path) in self.paths() {
            if let Some(name) = repeated(&path) {
                let problem = format!(
                    "{owner}: `{base}{path}` has `<{name}>` twice; give the parameter of the router or the other one \
                     another name"
                );
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
        problems
    }

    /// The paths of all operations, without the base, and whose they are.
    pub(super) fn paths(&self) -> impl Iterator<Item = (String, String)> {
        let functions = self.functions.iter().map(|function| {
            let name = function.what.meta().name;
            (format!("the function `{name}`"), Served::function_path(function))
        });
        let resources = self.resources.iter().flat_map(|resource| {
            let meta = resource.what.descriptor.meta;
            let path = |operation| format!("{}{}", resource.prefix, meta.address(operation));
            let owner = format!("the resource `{}`", meta.object.name);
            meta.operations.iter().map(move |operation| (owner.clone(), path(operation)))
        });
        functions.chain(resources)
    }

    /// Problems of error types that nothing answers, and of handlers of errors that nothing fails with.
    pub(super) fn unanswered(&self) -> Vec<String> {
        let mut failing: Failing = HashMap::new();
        let mut seen = BTreeSet::new();
        for function in &self.functions {
            let meta = function.what.meta();
            let owner = format!("the function `{}`", meta.name);
            note(meta.answers, &owner, &mut failing);
            for used in function.shared.dependencies.iter().chain(meta.dependencies.iter().flatten()) {
                self.note_dependency(used, &mut seen, &mut failing);
            }
        }
        for resource in &self.resources {
            for used in
                resource.shared.dependencies.iter().chain(dependencies_of(resource.what.descriptor.meta))
            {
                self.note_dependency(used, &mut seen, &mut failing);
            }
        }
        let handled: BTreeSet<&str> = self.api.handlers.handled().collect();
        let mut problems: Vec<String> = Vec::new();
        for (name, (owners, answered_by)) in &failing {
            for owner in owners {
                problems.extend(match (answered_by, handled.contains(name)) {
                    (AnsweredBy::Handler, false) => Some(format!(
                        "{owner} fails with `{name}`, which nothing answers: fail with an `HttpError`, or with an enum \
                         under `#[derive(HttpError)]`; or answer it with `Api::on_error(|request, error: {name}| ..)`"
                    )),
                    (AnsweredBy::Itself, true) => Some(format!(
                        "{owner} fails with `{name}`, which is a response by itself, so that its handler is never \
                         asked: remove its `Responder`, or the `on_error`"
                    )),
                    _ => None,
                });
            }
        }
        let own = std::any::type_name::<HttpError>();
        let idle = handled.iter().filter(|name| **name != own && !failing.contains_key(*name));
        problems.extend(idle.map(|name| {
            format!("`Api::on_error` answers `{name}`, but no function fails with it, and no dependency")
        }));
        problems.sort();
        problems
    }

    fn note_dependency(&self, used: &DependencyUse, seen: &mut BTreeSet<TypeId>, failing: &mut Failing) {
        let declared = (used.of)();
        let meta = self.api.overrides.get(&(declared.identity)()).copied().unwrap_or(declared);
        if !seen.insert((meta.identity)()) {
            return;
        }
        note(meta.answers, &format!("the dependency `{}`", meta.name), failing);
        for used in meta.dependencies.iter().flatten() {
            self.note_dependency(used, seen, failing);
        }
    }

    /// The path of a function, without the base.
    pub(super) fn function_path(function: &Mounted<AnyFunction>) -> String {
        format!("{}{}", function.prefix, function.what.meta().path)
    }

    pub(super) fn depth(&self, prefix: &str) -> usize {
        self.api.base.matches('/').count() + prefix.matches('/').count()
    }

    /// Registers all routes of the API, and the other routes to check against.
    pub(super) fn registrations<'r>(
        &self,
        others: impl Iterator<Item = &'r Route>,
        pages: &[Page],
    ) -> RouteTableBuilder {
        let mut builder = RouteTableBuilder::new(&self.api.base);
        for (index, resource) in self.resources.iter().enumerate() {
            builder.resource(index, &resource.prefix, resource.what.descriptor.meta);
        }
        for (index, function) in self.functions.iter().enumerate() {
            builder.function(index, &Served::function_path(function), function.what.meta());
        }
        for (index, page) in pages.iter().enumerate() {
            builder.page(index, &page.path);
        }
        for route in others.filter(|route| !route::is_own(route)) {
            builder.user_route(route);
        }
        builder
    }

    /// A line for each resource and each function, for the log.
    pub(super) fn lines(&self) -> Vec<String> {
        let resources = self.resources.iter().map(|resource| self.resource_line(resource));
        let functions = self.functions.iter().map(|function| {
            let meta = function.what.meta();
            format!("{}: {} {}{}", meta.name, meta.method, self.api.base, Served::function_path(function))
        });
        resources.chain(functions).collect()
    }

    /// `Hero: GET POST /heroes; GET PUT PATCH DELETE /heroes/<id>`.
    fn resource_line(&self, resource: &Mounted<RegisteredResource>) -> String {
        let meta = resource.what.descriptor.meta;
        let mut paths: Vec<(String, Vec<&str>)> = Vec::new();
        for operation in meta.operations.iter() {
            let (path, method) = (meta.address(operation), operation.method().as_str());
            match paths.iter_mut().find(|(known, _)| *known == path) {
                Some((_, methods)) => methods.push(method),
                None => paths.push((path, vec![method])),
            }
        }
        if paths.is_empty() {
            return format!("{}: stored, not served", meta.object.name);
        }
        paths.sort_by_key(|(path, _)| path.len());
        let before = format!("{}{}", self.api.base, resource.prefix);
        let lines = paths.iter().map(|(path, methods)| format!("{} {before}{path}", methods.join(" ")));
        format!("{}: {}", meta.object.name, lines.collect::<Vec<_>>().join("; "))
    }

    /// What it serves, for `crewed routes`.
    pub(super) fn routes(&self) -> Vec<ServedRoute> {
        let operations = self.resources.iter().flat_map(|resource| {
            let meta = resource.what.descriptor.meta;
            meta.operations.iter().map(move |operation| ServedRoute {
                path: format!("{}{}{}", self.api.base, resource.prefix, meta.address(operation)),
                method: operation.method().to_string(),
                kind: "operation",
                name: format!("{}.{}", meta.object.name, format!("{operation:?}").to_lowercase()),
            })
        });
        let functions = self.functions.iter().map(|function| ServedRoute {
            path: format!("{}{}", self.api.base, Served::function_path(function)),
            method: function.what.meta().method.to_string(),
            kind: "function",
            name: function.what.meta().name.to_owned(),
        });
        operations.chain(functions).collect()
    }
}

/// The name of a parameter that a path has twice.
pub(super) fn repeated(path: &str) -> Option<&str> {
    let mut names = BTreeSet::new();
    parameters(path).map(|(_, name, _)| name).find(|name| !names.insert(*name))
}

/// The types of errors by their names: who fails with them, and what answers them.
type Failing = HashMap<&'static str, (Vec<String>, AnsweredBy)>;

/// Notes the type of an error.
fn note(answers: &[Answer], owner: &str, failing: &mut Failing) {
    for answer in answers {
        if let Answer::Error(name, answered_by) = answer {
            let (owners, _) = failing.entry(name()).or_insert_with(|| (Vec::new(), *answered_by));
            owners.push(owner.to_owned());
        }
    }
}

/// Whether a path can be that of a router: segments of plain characters, and parameters.
pub(super) fn is_prefix(path: &str) -> bool {
    let segment = |segment: &str| match segment.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        Some(name) => !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'),
        None => is_base(&format!("/{segment}")),
    };
    path.strip_prefix('/').is_some_and(|path| path.split('/').all(segment))
}

/// A method on a path, and what answers it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServedRoute {
    /// The path, in the notation of the declaration: `/users/<name>`.
    pub(crate) path: String,
    pub(crate) method: String,
    /// `operation`, `function`, `page`, `health`, `metrics` or `route`.
    pub(crate) kind: &'static str,
    /// The name of what answers: `User.read`, or that of a function.
    pub(crate) name: String,
}

impl ServedRoute {
    /// A route of the user's.
    pub(super) fn of(route: &Route) -> Self {
        ServedRoute {
            path: route.uri.path().to_string(),
            method: route.method.to_string(),
            kind: "route",
            name: route.name.as_deref().unwrap_or("without a name").to_owned(),
        }
    }

    pub(crate) fn json(&self) -> Json {
        json!({"method": self.method, "path": self.path, "kind": self.kind, "name": self.name})
    }
}
