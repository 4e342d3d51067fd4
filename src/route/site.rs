//! Everything one API answers, found by path.

use rocket::Route;
use rocket::http::Method;

use super::function::{AnyFunction, Around};
use super::path::{Segment, segments};
use crate::openapi::{FunctionMeta, Page, method};
use crate::operation::Service;
use crate::resource::Operation;

/// Everything one API answers.
pub(crate) struct Site {
    trie: matchit::Router<Node>,
    pub(super) services: Vec<Service>,
    pub(super) functions: Vec<AnyFunction>,
    pub(super) pages: Vec<Page>,
    pub(super) around: Around,
    pub(super) base: String,
}

/// Who answers on one path.
#[derive(Debug, Default)]
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
        let mut methods: Vec<&str> = Vec::new();
        for (method, _) in &self.methods {
            methods.push(method.as_str());
        }
        methods.sort_unstable();
        methods.dedup();
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
        SiteBuilder { base: base.to_owned(), claims: Vec::new(), clashes: Vec::new() }
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
            let same = |claim: &&Claim| {
                claim.method == other.method && Specificity::of(&claim.path, &other.path) == Specificity::Same
            };
            if let Some(ours) = self.claims.iter().find(same) {
                self.clashes.push(Clash {
                    method: ours.method,
                    path: ours.path.clone(),
                    first: format!("{} of another API", other.who),
                    second: ours.who.clone(),
                });
            }
        }
    }

    /// What is claimed, for other APIs to heed.
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
        let same = |claim: &&Claim| {
            claim.method == method && Specificity::of(&path, &claim.path) == Specificity::Same
        };
        match self.claims.iter().find(same) {
            // Two of the user's are Rocket's to judge.
            Some(Claim { target: Target::Foreign, .. }) if target == Target::Foreign => {}
            Some(first) => {
                let first = first.who.clone();
                self.clashes.push(Clash { method, path, first, second: who });
            }
            None => self.claims.push(Claim { method, path, target, who }),
        }
    }

    /// Puts it together.
    ///
    /// # Errors
    /// Paths that no trie can hold together.
    pub(crate) fn build(
        self,
        services: Vec<Service>,
        functions: Vec<AnyFunction>,
        pages: Vec<Page>,
        around: Around,
    ) -> Result<Site, Vec<String>> {
        let mut problems = Vec::new();
        let mut nodes: Vec<(String, Node)> = Vec::new();
        // What is more special goes first for its own method only: the others stay with what matches too.
        let beside = self.claims.iter().flat_map(|special| {
            let others = self.claims.iter().filter(|claim| claim.target != Target::Foreign);
            others.filter_map(|claim| {
                let is = Specificity::of(&special.path, &claim.path) == Specificity::Special;
                (is && claim.method != special.method).then(|| {
                    let who = claim.who.clone();
                    (breadth(&claim.path), Claim { path: special.path.clone(), who, ..*claim })
                })
            })
        });
        let mut beside: Vec<(_, Claim)> = beside.collect();
        beside.sort_by_key(|(breadth, _)| *breadth);
        let beside = beside.into_iter().map(|(_, claim)| claim);
        let foreign = self.claims.iter().filter(|claim| claim.target == Target::Foreign);
        let behind: Vec<(Method, String, Target)> = foreign
            .filter_map(|foreign| {
                let ours = self.claims.iter().find(|claim| {
                    claim.method == foreign.method
                        && Specificity::of(&foreign.path, &claim.path) == Specificity::Special
                })?;
                Some((foreign.method, foreign.path.clone(), ours.target))
            })
            .collect();
        // The rest of a path may be empty, which the trie takes for another.
        let ends = |path: &str| path.strip_suffix("{*rest}").map(str::to_owned);
        let all = self.claims.into_iter().chain(beside).flat_map(|claim| {
            let path = trie_path(&claim.path);
            ends(&path).into_iter().chain([path]).map(move |path| (path, claim.method, claim.target))
        });
        for (path, method, target) in all {
            match nodes.iter_mut().find(|(p, _)| *p == path) {
                Some((_, node)) if node.target(method).is_some() => {}
                Some((_, node)) => node.methods.push((method, target)),
                None => {
                    let methods = vec![(method, target)];
                    nodes.push((path, Node { methods, ..Node::default() }));
                }
            }
        }
        for (method, path, target) in behind {
            let path = trie_path(&path);
            if let Some((_, node)) = nodes.iter_mut().find(|(p, _)| *p == path) {
                node.behind.push((method, target));
            }
        }
        let mut trie = matchit::Router::new();
        for (path, node) in nodes {
            if let Err(e) = trie.insert(path.as_str(), node) {
                problems.push(format!("the path `{path}` cannot be routed: {e}"));
            }
        }
        match problems.is_empty() {
            true => Ok(Site { trie, services, functions, pages, around, base: self.base }),
            false => Err(problems),
        }
    }
}

/// How much a path matches: of two that match the same, the less goes first.
fn breadth(path: &str) -> (bool, usize) {
    let rest = segments(path).any(|segment| segment == Segment::Rest);
    (rest, segments(path).filter(|segment| *segment == Segment::Any).count())
}

/// How a path stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Specificity {
    /// They match the same.
    Same,
    /// It matches a part of what the other matches.
    Special,
    /// It matches more, or something else.
    Other,
}

impl Specificity {
    fn of(path: &str, other: &str) -> Self {
        let (mut path, mut other) = (segments(path), segments(other));
        let mut specificity = Specificity::Same;
        loop {
            match (path.next(), other.next()) {
                (None, None) | (Some(Segment::Rest), Some(Segment::Rest)) => return specificity,
                (Some(_), Some(Segment::Rest)) => return Specificity::Special,
                (Some(Segment::Any), Some(Segment::Any)) => {}
                (Some(Segment::Fixed(a)), Some(Segment::Fixed(b))) if a == b => {}
                // A slash at the end is no segment that a parameter could be.
                (Some(Segment::Fixed(text)), Some(Segment::Any)) if !text.is_empty() => {
                    specificity = Specificity::Special;
                }
                _ => return Specificity::Other,
            }
        }
    }
}

/// A path in the trie's notation. Parameters have no names, so that `<id>` and `<name>` are one.
fn trie_path(path: &str) -> String {
    let mut out = String::new();
    for segment in segments(path) {
        out.push('/');
        match segment {
            Segment::Fixed(text) => out.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Segment::Any => out.push_str("{key}"),
            Segment::Rest => out.push_str("{*rest}"),
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}
