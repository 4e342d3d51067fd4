//! Everything one API answers, found by path.

use std::collections::HashMap;

use rocket::Route;
use rocket::http::Method;

use super::function::AnyFunction;
use super::overlap::{common, nameless, stem};
use super::page::Page;
use super::rank::has_nothing_behind;
use super::trie::Trie;
use crate::endpoint::ApiContext;
use crate::function::FunctionMeta;
use crate::http;
use crate::repository::Services;
use crate::resource::Operation;

/// Everything one API answers.
pub(crate) struct RouteTable {
    trie: Trie<(Method, Target)>,
    pub(super) services: Services,
    pub(super) functions: Vec<AnyFunction>,
    pub(super) pages: Vec<Page>,
    pub(super) context: ApiContext,
    pub(super) base: String,
    /// What routes of the user's match of ours, and may pass on: a method and a path of each.
    pub(super) shared: Vec<(Method, String)>,
    /// The paths on which OPTIONS is an operation of ours.
    pub(super) options: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An operation of a service.
    Operation(usize, Operation),
    /// A function.
    Function(usize),
    /// A page.
    Page(usize),
    /// A route of the user's; nothing comes behind one that is to come last of all.
    UserRoute { last: bool },
}

impl Target {
    /// Whether it is this API that answers.
    pub(super) fn is_ours(self) -> bool {
        !matches!(self, Target::UserRoute { .. })
    }
}

impl RouteTable {
    /// Who answers a method on a path: the most special of those that match.
    pub(super) fn target(&self, path: &str, method: Method) -> Option<Target> {
        self.trie.find(path, |all| all.iter().find(|(m, _)| *m == method).map(|(_, target)| *target))
    }

    /// Which of ours answers a method on a path where the user's more special route did not.
    pub(super) fn fallback_target(&self, path: &str, method: Method) -> Option<Target> {
        let mut passed_on = false;
        let found = self.trie.find(path, |all| {
            let mut answering = all.iter().filter(|(m, _)| *m == method).map(|(_, target)| *target);
            let found = answering.find(|target| {
                passed_on |= !target.is_ours();
                target.is_ours()
            });
            found.map(|target| passed_on.then_some(target))
        });
        found.flatten()
    }

    /// The methods that are answered on a path that is one of ours, for `Allow`: as in FastAPI without the HEAD
    /// that every GET is.
    pub(super) fn allowed(&self, path: &str) -> Option<String> {
        let mut methods: Vec<&str> = Vec::new();
        let none: Option<()> = self.trie.find(path, |all| {
            let ours = all.iter().filter(|(_, target)| target.is_ours());
            methods.extend(ours.map(|(method, _)| method.as_str()));
            None
        });
        debug_assert!(none.is_none());
        methods.sort_unstable();
        methods.dedup();
        (!methods.is_empty()).then(|| methods.join(", "))
    }

    /// What answers, for the log.
    pub(super) fn description(&self, target: Target) -> String {
        match target {
            Target::Operation(service, operation) => {
                format!("{operation:?} of the resource `{}`", self.services.at(service).meta().object.name)
            }
            Target::Function(index) => {
                let meta = self.functions[index].meta();
                format!("the function `{}` ({} {}{})", meta.name, meta.method, self.base, meta.path)
            }
            Target::Page(index) => format!("the page {}", self.pages[index].path),
            Target::UserRoute { .. } => "a route beside the API".to_owned(),
        }
    }
}

/// Two that want the same method on the same path, each with the path as it wrote it.
struct RouteConflict {
    method: Method,
    first: (String, String),
    second: (String, String),
}

impl RouteConflict {
    /// The clash, and how many more there are of the same two.
    fn line(&self, more: usize) -> String {
        let RouteConflict { method, first: (first, written), second: (second, path) } = self;
        let more = match more {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let same = match written == path {
            true => String::new(),
            false => format!(", and the first is written `{written}`"),
        };
        format!(
            "`{method} {path}`{more} is claimed by {first} and by {second}{same}: give one another path, or leave \
             one out (of a resource's with `operations(..)`)"
        )
    }
}

/// Gathers what an API answers.
pub(crate) struct RouteTableBuilder {
    base: String,
    registrations: Vec<Registration>,
    /// The positions of claims by method and by path without names, which is one for all that match the same.
    known: HashMap<(Method, String), usize>,
    shared: Vec<(Method, String)>,
    /// What the user's routes match whose rank leaves no room behind them.
    last: Vec<(Method, String)>,
    conflicts: Vec<RouteConflict>,
}

/// A method on a path, and who answers it.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    method: Method,
    path: String,
    who: String,
}

struct Registration {
    method: Method,
    /// In Rocket's notation.
    path: String,
    target: Target,
    who: String,
}

impl RouteTableBuilder {
    /// Nothing yet, on this base: empty, or with a slash before and none behind.
    pub(crate) fn new(base: &str) -> Self {
        RouteTableBuilder {
            base: base.to_owned(),
            registrations: Vec::new(),
            known: HashMap::new(),
            shared: Vec::new(),
            last: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// Adds the operations of a service, by its position.
    pub(crate) fn service(&mut self, index: usize, meta: &'static crate::resource::ResourceMeta) {
        let who = format!("resource `{}`", meta.object.name);
        for operation in meta.operations.iter() {
            let path = format!("{}{}", self.base, meta.address(operation));
            self.claim(
                rocket_method(operation.method()),
                path,
                Target::Operation(index, operation),
                who.clone(),
            );
        }
    }

    /// Adds a function, by its position.
    pub(crate) fn function(&mut self, index: usize, meta: &'static FunctionMeta) {
        let who = format!("the function `{}`", meta.name);
        self.claim(
            rocket_method(meta.method),
            format!("{}{}", self.base, meta.path),
            Target::Function(index),
            who,
        );
    }

    /// Adds a page, by its position; its path has the base already.
    pub(crate) fn page(&mut self, index: usize, path: &str) {
        let who = format!("the page `{path}`");
        self.claim(Method::Get, path.to_owned(), Target::Page(index), who);
    }

    /// Heeds a route of the user's: on what it shares with ours the more special goes first, whatever its rank;
    /// one that is the same is a clash.
    pub(crate) fn user_route(&mut self, route: &Route) {
        let (method, path) = (route.method, route.uri.path().to_string());
        let last = has_nothing_behind(route);
        if last {
            self.last.push((method, path.clone()));
        }
        let ours = self.registrations.iter().filter(|claim| claim.target.is_ours());
        // A preflight is for whoever answers it, unless OPTIONS is an operation of ours.
        let ours = ours.filter(|claim| method != Method::Options || claim.method == method);
        // A slash too many or too few is ours to redirect.
        let paths = ours.clone().flat_map(|claim| [claim.path.clone(), other_end(&claim.path)]);
        for shared in paths.filter_map(|registered| common(&path, &registered)) {
            let shared = (method, shared);
            if !self.shared.contains(&shared) {
                self.shared.push(shared);
            }
        }
        if ours.clone().any(|claim| claim.method == method && common(&path, &claim.path).is_some()) {
            let name = route.name.as_deref().unwrap_or("without a name");
            let who = format!("the route `{method} {path}` ({name})");
            // To Rocket the rest of a path may be nothing. What ours is there stays ours.
            if let Some(stem) = stem(&path).filter(|stem| !self.known.contains_key(&(method, nameless(stem))))
            {
                self.claim(method, stem, Target::UserRoute { last }, who.clone());
            }
            self.claim(method, path, Target::UserRoute { last }, who);
        }
    }

    /// Heeds what other APIs of the same rocket claim.
    pub(crate) fn others(&mut self, registered: &[Registered]) {
        for other in registered {
            let known = self.known.get(&(other.method, nameless(&other.path)));
            // A route of the user's on their path is theirs to tell of.
            if let Some(ours) =
                known.map(|known| &self.registrations[*known]).filter(|claim| claim.target.is_ours())
            {
                self.conflicts.push(RouteConflict {
                    method: ours.method,
                    first: (format!("{} of another API", other.who), other.path.clone()),
                    second: (ours.who.clone(), ours.path.clone()),
                });
            }
        }
    }

    /// What this API claims, for others to heed.
    pub(crate) fn registered(&self) -> Vec<Registered> {
        let ours = self.registrations.iter().filter(|claim| claim.target.is_ours());
        let registered = |claim: &Registration| Registered {
            method: claim.method,
            path: claim.path.clone(),
            who: claim.who.clone(),
        };
        ours.map(registered).collect()
    }

    /// Everything that clashes so far, a line for each pair.
    pub(crate) fn conflicts(&self) -> Vec<String> {
        let mut lines: Vec<(&RouteConflict, usize)> = Vec::new();
        for clash in &self.conflicts {
            let same = |(c, _): &&mut (&RouteConflict, usize)| {
                c.first.0 == clash.first.0 && c.second.0 == clash.second.0
            };
            match lines.iter_mut().find(same) {
                Some((_, more)) => *more += 1,
                None => lines.push((clash, 0)),
            }
        }
        lines.into_iter().map(|(clash, more)| clash.line(more)).collect()
    }

    fn claim(&mut self, method: Method, path: String, target: Target, who: String) {
        let key = (method, nameless(&path));
        match self.known.get(&key).map(|known| &self.registrations[*known]) {
            // Two of the user's are Rocket's to judge.
            Some(known) if !known.target.is_ours() && !target.is_ours() => {}
            Some(first) => {
                let first = (first.who.clone(), first.path.clone());
                self.conflicts.push(RouteConflict { method, first, second: (who, path) });
            }
            None => {
                self.known.insert(key, self.registrations.len());
                self.registrations.push(Registration { method, path, target, who });
            }
        }
    }

    /// Puts it together.
    pub(crate) fn build(
        self,
        services: Services,
        functions: Vec<AnyFunction>,
        pages: Vec<Page>,
        context: ApiContext,
    ) -> RouteTable {
        let mut trie = Trie::new();
        for claim in &self.registrations {
            trie.on(&claim.path).push((claim.method, claim.target));
        }
        let options = self
            .registrations
            .iter()
            .filter(|claim| claim.target.is_ours() && claim.method == Method::Options);
        let options = options.map(|claim| claim.path.clone()).collect();
        let RouteTableBuilder { base, mut shared, last, .. } = self;
        // Where a route of the user's is to come last of all, nothing comes behind it.
        let comes_last = |(method, path): &(Method, String)| {
            last.iter().any(|(m, last)| m == method && common(last, path).is_some())
        };
        shared.retain(|shared| !comes_last(shared));
        RouteTable { trie, services, functions, pages, context, base, shared, options }
    }
}

/// Rocket's word for a method.
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

/// The same path with a slash at its end, or without it.
pub(super) fn other_end(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(_) => path.trim_end_matches('/').to_owned(),
        None => format!("{path}/"),
    }
}
