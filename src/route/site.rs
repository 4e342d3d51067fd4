//! Everything one API answers, found by path.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

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
    /// Whether routes of the user's match what is ours too, and may pass it on.
    pub(super) shared: bool,
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
    /// The positions of claims by method and by path in the trie's notation, which is one for all that
    /// match the same.
    known: HashMap<(Method, String), usize>,
    shared: bool,
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
        SiteBuilder { base: base.to_owned(), claims, known, shared: false, clashes: Vec::new() }
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
        self.shared |= self.claims.iter().any(|claim| common(&path, &claim.path).is_some());
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
        services: Vec<Service>,
        functions: Vec<AnyFunction>,
        pages: Vec<Page>,
        around: Around,
    ) -> Result<Site, Vec<String>> {
        let mut problems = Vec::new();
        let overlaps = Overlaps::of(&self.claims);
        let mut nodes: Vec<(String, Node)> = Vec::new();
        for path in overlaps.paths() {
            let mut node = Node::default();
            for claim in overlaps.covering(&path) {
                if node.target(claim.method).is_none() {
                    node.methods.push((claim.method, claim.target));
                } else if node.target(claim.method) == Some(Target::Foreign)
                    && claim.target != Target::Foreign
                {
                    node.behind.push((claim.method, claim.target));
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
                Ok(Site { trie, services, functions, pages, around, base: self.base, shared: self.shared })
            }
            false => Err(problems),
        }
    }
}

/// What is claimed, by what it overlaps with.
///
/// What is more special goes first for its own method only: the other methods of what matches too stay
/// with it. And where two match in part (`/a/<x>` and `/<x>/b`), the part is a path of its own.
struct Overlaps<'a> {
    /// By the first segment, where that is fixed: no others have anything in common.
    groups: BTreeMap<Option<&'a str>, Vec<&'a Claim>>,
}

impl<'a> Overlaps<'a> {
    fn of(claims: &'a [Claim]) -> Self {
        let mut groups: BTreeMap<_, Vec<&Claim>> = BTreeMap::new();
        for claim in claims {
            groups.entry(first(&claim.path)).or_default().push(claim);
        }
        Overlaps { groups }
    }

    /// Every path that is claimed, and what any two of them have in common.
    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        let mut known = HashSet::new();
        for claim in self.groups.values().flatten() {
            if known.insert(trie_path(&claim.path)) {
                paths.push(claim.path.clone());
            }
        }
        let mut at = 0;
        while let Some(path) = paths.get(at).cloned() {
            for claim in self.near(&path) {
                if let Some(common) = common(&path, &claim.path)
                    && known.insert(trie_path(&common))
                {
                    paths.push(common);
                }
            }
            at += 1;
        }
        paths
    }

    /// The claims that match all that a path matches, the most special first.
    fn covering(&self, path: &str) -> Vec<&'a Claim> {
        let covers = |claim: &&Claim| Specificity::of(path, &claim.path) != Specificity::Other;
        let mut covering: Vec<&Claim> = self.near(path).into_iter().filter(covers).collect();
        covering.sort_by_key(|claim| breadth(&claim.path));
        covering
    }

    /// The claims that a path may have anything in common with.
    fn near(&self, path: &str) -> Vec<&'a Claim> {
        let first = first(path);
        let near = |(group, _): &(&Option<&str>, &Vec<&'a Claim>)| {
            first.is_none() || group.is_none() || **group == first
        };
        self.groups.iter().filter(near).flat_map(|(_, claims)| claims.iter().copied()).collect()
    }
}

/// The first segment of a path, where it is fixed.
fn first(path: &str) -> Option<&str> {
    match segments(path).next() {
        Some(Segment::Fixed(text)) => Some(text),
        _ => None,
    }
}

/// What two paths both match, as a path.
fn common(one: &str, other: &str) -> Option<String> {
    let (mut ones, mut others) = (segments(one), segments(other));
    let mut path = String::new();
    loop {
        let segment = match (ones.next(), others.next()) {
            (None, None) => break,
            (Some(Segment::Rest), Some(Segment::Rest)) => Segment::Rest,
            (Some(Segment::Rest), Some(segment)) => {
                push(&mut path, &segment);
                others.for_each(|segment| push(&mut path, &segment));
                break;
            }
            (Some(segment), Some(Segment::Rest)) => {
                push(&mut path, &segment);
                ones.for_each(|segment| push(&mut path, &segment));
                break;
            }
            (Some(Segment::Any), Some(Segment::Any)) => Segment::Any,
            (Some(Segment::Fixed(text)), Some(Segment::Any))
            | (Some(Segment::Any), Some(Segment::Fixed(text)))
                if !text.is_empty() =>
            {
                Segment::Fixed(text)
            }
            (Some(Segment::Fixed(a)), Some(Segment::Fixed(b))) if a == b => Segment::Fixed(a),
            _ => return None,
        };
        push(&mut path, &segment);
        if segment == Segment::Rest {
            break;
        }
    }
    (!path.is_empty()).then_some(path)
}

fn push(path: &mut String, segment: &Segment<'_>) {
    path.push('/');
    path.push_str(match segment {
        Segment::Fixed(text) => text,
        Segment::Any => "<_>",
        Segment::Rest => "<_..>",
    });
}

/// How much a path matches: of two that match the same, the less goes first.
fn breadth(path: &str) -> (bool, Reverse<usize>, usize) {
    let rest = segments(path).any(|segment| segment == Segment::Rest);
    let any = segments(path).filter(|segment| *segment == Segment::Any).count();
    (rest, Reverse(segments(path).count()), any)
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
        let root = path == "/";
        let (mut path, mut other) = (segments(path), segments(other));
        let mut specificity = Specificity::Same;
        loop {
            match (path.next(), other.next()) {
                (None, None) | (Some(Segment::Rest), Some(Segment::Rest)) => return specificity,
                (Some(_), Some(Segment::Rest)) => return Specificity::Special,
                // Of the root, nothing is left.
                (None, Some(Segment::Rest)) if root => return Specificity::Special,
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
