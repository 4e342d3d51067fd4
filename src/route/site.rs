//! Everything one API answers, found by path.

use std::collections::HashMap;

use rocket::Route;
use rocket::http::Method;

use super::function::{AnyFunction, Around};
use super::overlap::{Overlaps, Specificity, common, trie_path};
use crate::openapi::{FunctionMeta, Page, method};
use crate::resource::Operation;
use crate::resources::Services;

/// Everything one API answers.
pub(crate) struct Site {
    trie: matchit::Router<Node>,
    pub(super) services: Services,
    pub(super) functions: Vec<AnyFunction>,
    pub(super) pages: Vec<Page>,
    pub(super) around: Around,
    pub(super) base: String,
    /// What routes of the user's match of ours, and may pass on: a method and a path of each.
    pub(super) shared: Vec<(Method, String)>,
}

/// Who answers on one path.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    methods: Vec<(Method, Target)>,
    /// Of ours, where a route of the user's goes first.
    behind: Vec<(Method, Target)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An operation of a service.
    Operation(usize, Operation),
    /// A function.
    Function(usize),
    /// A page.
    Page(usize),
    /// A route of the user's, more special than one of ours.
    Foreign,
}

impl Site {
    /// Who answers on a path.
    pub(super) fn find(&self, path: &str) -> Option<&Node> {
        self.trie.at(path).ok().map(|found| found.value)
    }

    /// The same, where one of them is ours.
    pub(super) fn find_ours(&self, path: &str) -> Option<&Node> {
        self.find(path).filter(|node| node.methods.iter().any(|(_, t)| *t != Target::Foreign))
    }
}

impl Node {
    pub(super) fn target(&self, method: Method) -> Option<Target> {
        self.methods.iter().find(|(m, _)| *m == method).map(|(_, target)| *target)
    }

    /// What answers a method where the user's more special route did not.
    pub(super) fn behind(&self, method: Method) -> Option<Target> {
        self.behind.iter().find(|(m, _)| *m == method).map(|(_, target)| *target)
    }

    /// The methods that are answered here, for `Allow`: as in FastAPI without the HEAD that every GET is.
    pub(super) fn allow(&self) -> String {
        let mut methods: Vec<&str> = self.methods.iter().map(|(method, _)| method.as_str()).collect();
        methods.sort_unstable();
        methods.join(", ")
    }
}

/// Two that want the same method on the same path.
struct Clash {
    method: Method,
    path: String,
    first: String,
    second: String,
}

impl Clash {
    /// The clash, and how many more there are of the same two.
    fn line(&self, more: usize) -> String {
        let Clash { method, path, first, second } = self;
        let more = match more {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        format!(
            "`{method} {path}`{more} is claimed by {first} and by {second}: give one another path, or leave one \
             out (of a resource's with `operations(..)`)"
        )
    }
}

/// Gathers what an API answers.
pub(crate) struct SiteBuilder {
    base: String,
    claims: Vec<Claim>,
    /// The positions of claims by method and by path in the trie's notation, which is one for all that
    /// match the same.
    known: HashMap<(Method, String), usize>,
    shared: Vec<(Method, String)>,
    clashes: Vec<Clash>,
}

/// A method on a path, and who answers it.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    method: Method,
    path: String,
    who: String,
}

struct Claim {
    method: Method,
    /// In Rocket's notation.
    path: String,
    target: Target,
    who: String,
}

impl SiteBuilder {
    /// Nothing yet, on this base: empty, or with a slash before and none behind.
    pub(crate) fn new(base: &str) -> Self {
        let (claims, known) = (Vec::new(), HashMap::new());
        SiteBuilder { base: base.to_owned(), claims, known, shared: Vec::new(), clashes: Vec::new() }
    }

    /// Adds the operations of a service, by its position.
    pub(crate) fn service(&mut self, index: usize, meta: &'static crate::resource::ResourceMeta) {
        let who = format!("resource `{}`", meta.object.name);
        for operation in meta.operations.iter() {
            let path = format!("{}{}", self.base, meta.address(operation));
            self.claim(method(operation), path, Target::Operation(index, operation), who.clone());
        }
    }

    /// Adds a function, by its position.
    pub(crate) fn function(&mut self, index: usize, meta: &'static FunctionMeta) {
        let who = format!("the function `{}`", meta.name);
        self.claim(meta.method, format!("{}{}", self.base, meta.path), Target::Function(index), who);
    }

    /// Adds a page, by its position; its path has the base already.
    pub(crate) fn page(&mut self, index: usize, path: &str) {
        let who = format!("the page `{path}`");
        self.claim(Method::Get, path.to_owned(), Target::Page(index), who);
    }

    /// Heeds a route of the user's: one that is more special than ours goes first, as it would in
    /// Rocket; one that is the same is a clash; any other comes after ours.
    pub(crate) fn foreign(&mut self, route: &Route) {
        let path = route.uri.path().to_string();
        let ours = self.claims.iter().filter(|claim| claim.target != Target::Foreign);
        // A slash too many or too few is ours to redirect.
        let paths = ours.flat_map(|claim| [claim.path.clone(), other_end(&claim.path)]);
        for shared in paths.filter_map(|claimed| common(&path, &claimed)) {
            let shared = (route.method, shared);
            if !self.shared.contains(&shared) {
                self.shared.push(shared);
            }
        }
        let ours = self
            .claims
            .iter()
            .filter(|claim| claim.method == route.method && claim.target != Target::Foreign)
            .map(|claim| Specificity::of(&path, &claim.path))
            .collect::<Vec<_>>();
        if ours.contains(&Specificity::Same) || ours.contains(&Specificity::Special) {
            let name = route.name.as_deref().unwrap_or("without a name");
            let who = format!("the route `{} {path}` ({name})", route.method);
            self.claim(route.method, path, Target::Foreign, who);
        }
    }

    /// Heeds what other APIs of the same rocket claim.
    pub(crate) fn others(&mut self, claimed: &[Claimed]) {
        for other in claimed {
            if let Some(&ours) = self.known.get(&(other.method, trie_path(&other.path))) {
                let ours = &self.claims[ours];
                self.clashes.push(Clash {
                    method: ours.method,
                    path: ours.path.clone(),
                    first: format!("{} of another API", other.who),
                    second: ours.who.clone(),
                });
            }
        }
    }

    /// What this API claims, for others to heed.
    pub(crate) fn claimed(&self) -> Vec<Claimed> {
        let ours = self.claims.iter().filter(|claim| claim.target != Target::Foreign);
        let claimed = |claim: &Claim| Claimed {
            method: claim.method,
            path: claim.path.clone(),
            who: claim.who.clone(),
        };
        ours.map(claimed).collect()
    }

    /// Everything that clashes so far, a line for each pair.
    pub(crate) fn clashes(&self) -> Vec<String> {
        let mut lines: Vec<(&Clash, usize)> = Vec::new();
        for clash in &self.clashes {
            let same = |(c, _): &&mut (&Clash, usize)| c.first == clash.first && c.second == clash.second;
            match lines.iter_mut().find(same) {
                Some((_, more)) => *more += 1,
                None => lines.push((clash, 0)),
            }
        }
        lines.into_iter().map(|(clash, more)| clash.line(more)).collect()
    }

    fn claim(&mut self, method: Method, path: String, target: Target, who: String) {
        let key = (method, trie_path(&path));
        match self.known.get(&key).map(|known| &self.claims[*known]) {
            // Two of the user's are Rocket's to judge.
            Some(Claim { target: Target::Foreign, .. }) if target == Target::Foreign => {}
            Some(first) => {
                let first = first.who.clone();
                self.clashes.push(Clash { method, path, first, second: who });
            }
            None => {
                self.known.insert(key, self.claims.len());
                self.claims.push(Claim { method, path, target, who });
            }
        }
    }

    /// Puts it together.
    ///
    /// # Errors
    /// Paths that no trie can hold together.
    pub(crate) fn build(
        self,
        services: Services,
        functions: Vec<AnyFunction>,
        pages: Vec<Page>,
        around: Around,
    ) -> Result<Site, Vec<String>> {
        let mut problems = Vec::new();
        let overlaps = Overlaps::of(self.claims.iter().map(|claim| claim.path.as_str()));
        let mut nodes: Vec<(String, Node)> = Vec::new();
        for path in overlaps.paths() {
            let mut node = Node::default();
            for claim in overlaps.covering(&path).into_iter().map(|index| &self.claims[index]) {
                match (node.target(claim.method), claim.target) {
                    (None, target) => node.methods.push((claim.method, target)),
                    (Some(Target::Foreign), Target::Foreign) => {}
                    (Some(Target::Foreign), target) => node.behind.push((claim.method, target)),
                    _ => {}
                }
            }
            nodes.push((trie_path(&path), node));
        }
        // The rest of a path may be empty, which the trie takes for another.
        let ends = nodes.iter().filter_map(|(path, node)| {
            let end = path.strip_suffix("{*rest}")?;
            let known = nodes.iter().any(|(path, _)| path == end);
            (!known).then(|| (end.to_owned(), node.clone()))
        });
        let ends: Vec<_> = ends.collect();
        nodes.extend(ends);
        let mut trie = matchit::Router::new();
        for (path, node) in nodes {
            if let Err(e) = trie.insert(path.as_str(), node) {
                problems.push(format!("the path `{path}` cannot be routed: {e}"));
            }
        }
        match problems.is_empty() {
            true => {
                let SiteBuilder { base, shared, .. } = self;
                Ok(Site { trie, services, functions, pages, around, base, shared })
            }
            false => Err(problems),
        }
    }
}

/// The same path with a slash at its end, or without it.
pub(super) fn other_end(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(_) => path.trim_end_matches('/').to_owned(),
        None => format!("{path}/"),
    }
}
