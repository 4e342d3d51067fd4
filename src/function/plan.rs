//! The plan of an operation: which dependencies are asked for one of its requests, and in which order.
//!
//! It is made at launch, when everything that an operation depends on is known: what it declares itself, and what its
//! routers and its API declare for it. A dependency that stands in several places with the same scopes is one node of
//! the plan, so that it is asked once. Whatever no request could satisfy is refused here, since no macro sees two
//! functions: a circle, a value with two receivers that cannot be cloned, scopes that nothing takes.

use std::any::TypeId;
use std::collections::{BTreeSet, HashMap};

use super::dependency::{DependencyMeta, DependencyUse, SchemeKind};
use crate::error_format::all_of;
use crate::input::{InputMeta, Place, problems};

/// The dependencies of an operation, and the inputs of all that it calls.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Every dependency, once for each set of scopes.
    pub(crate) nodes: Vec<Node>,
    /// The dependencies that the operation itself uses, outermost first: nodes by position. There is none where an
    /// argument is no dependency.
    pub(crate) roots: Vec<Option<usize>>,
    /// How many of these stand before those of the function's own declaration.
    pub(crate) levels: usize,
    /// The inputs of the operation's function on its route.
    pub(crate) inputs: Vec<InputMeta>,
    /// The inputs of the function and of all dependencies.
    pub(crate) all: Vec<InputMeta>,
    /// Whether the inputs in the body are members of it.
    pub(crate) embedded: bool,
    /// The names in the query of keys that prove who asks. They are no inputs.
    pub(crate) keys: Vec<&'static str>,
    /// Whether several take one part of the body as different types, some of which have secrets.
    pub(crate) hides_body: bool,
    /// The dependencies that give the caller, by position: those who ask for the plan know which they are.
    pub(crate) callers: Vec<usize>,
}

/// A dependency in a plan.
#[derive(Debug)]
pub(crate) struct Node {
    /// The dependency that is asked, which overrides the declared one in tests.
    pub(crate) meta: &'static DependencyMeta,
    /// Its inputs on the route.
    pub(crate) inputs: Vec<InputMeta>,
    /// Its own dependencies, by the positions of its arguments.
    pub(crate) children: Vec<Option<usize>>,
    /// The scopes that are required where it stands, outermost first.
    pub(crate) scopes: Vec<&'static str>,
    /// How many receivers its value has.
    pub(crate) receivers: usize,
    /// Who they are, for messages.
    receiver_names: Vec<String>,
}

/// What tells a dependency from all others. The keys that prove who asks share a type.
type Identity = (TypeId, Option<SchemeKind>);

fn identity(meta: &DependencyMeta) -> Identity {
    ((meta.identity)(), meta.scheme.map(|scheme| scheme.kind))
}

/// The dependencies that stand in for others, by the identity of these.
pub(crate) type Overrides = HashMap<TypeId, &'static DependencyMeta>;

/// The operation that a plan is for.
pub(crate) struct Planned<'a> {
    /// Its name, as a message has it: "the function `read_items`".
    pub(crate) name: String,
    /// Its whole path, in Rocket's notation.
    pub(crate) path: &'a str,
    /// How many segments of the path stand before those that the function declares.
    pub(crate) depth: usize,
    /// Whether its method has no body.
    pub(crate) bodiless: bool,
    /// The inputs of its function.
    pub(crate) inputs: &'static [InputMeta],
    /// What its API and its routers declare for it, outermost first.
    pub(crate) levels: &'a [DependencyUse],
    /// What its function declares.
    pub(crate) own: &'static [Option<DependencyUse>],
}

impl Plan {
    /// The plan of an operation; `None` if it has no dependencies, and its inputs are where its function says.
    ///
    /// # Errors
    /// Everything that no request could satisfy.
    pub(crate) fn of(planned: &Planned<'_>, overrides: &Overrides) -> Result<Option<Plan>, Vec<String>> {
        let uses: Vec<Option<DependencyUse>> =
            planned.levels.iter().copied().map(Some).chain(planned.own.iter().copied()).collect();
        let is_open = planned.inputs.iter().any(|input| input.place.is_open());
        if uses.iter().all(Option::is_none) && !is_open {
            let wrong = problems(planned.inputs, planned.bodiless);
            return match wrong.is_empty() {
                true => Ok(None),
                false => Err(wrong.iter().map(|problem| format!("{}: {problem}", planned.name)).collect()),
            };
        }
        let mut planner = Planner {
            planned,
            overrides,
            nodes: Vec::new(),
            by_key: HashMap::new(),
            stack: Vec::new(),
            problems: Vec::new(),
        };
        let roots = planner.children(&uses, &[], &planned.name);
        let inputs = planner.on_route(planned.inputs, planned.depth, &planned.name);
        let Planner { nodes, mut problems, .. } = planner;
        let levels = planned.levels.len();
        let mut plan = Plan { nodes, roots, levels, inputs, ..Plan::default() };
        plan.all = plan.all_inputs();
        plan.keys = plan.nodes.iter().filter_map(|node| key_in_query(node.meta)).collect();
        plan.hides_body = plan.hides_body();
        plan.embedded = InputMeta::embedded(&plan.all);
        problems.extend(plan.unclonable(&planned.name));
        problems.extend(
            self::problems(&plan.all, planned.bodiless).iter().map(|p| format!("{}: {p}", planned.name)),
        );
        if problems.is_empty() { Ok(Some(plan)) } else { Err(problems) }
    }

    /// The inputs of the function and of all dependencies, of the body each name once.
    fn all_inputs(&self) -> Vec<InputMeta> {
        let mut all: Vec<InputMeta> = self.inputs.clone();
        for input in self.nodes.iter().flat_map(|node| &node.inputs) {
            let same = |other: &InputMeta| {
                other.place.is_body() && input.place.is_body() && other.field.name == input.field.name
            };
            if !all.iter().any(same) {
                all.push(*input);
            }
        }
        all
    }

    /// Reads the body as another plan does, which is that of the declared dependencies where some are overridden: as in
    /// FastAPI, the form of the body stays.
    pub(crate) fn read_body_as(&mut self, declared: &Plan) {
        let known = |input: &InputMeta, all: &[InputMeta]| {
            all.iter().any(|other| other.place.is_body() && other.field.name == input.field.name)
        };
        for input in declared.all.iter().filter(|input| input.place.is_body()) {
            if !known(input, &self.all) {
                self.all.push(*input);
            }
        }
        self.embedded = declared.embedded;
    }

    fn hides_body(&self) -> bool {
        let inputs = self.inputs.iter().chain(self.nodes.iter().flat_map(|node| &node.inputs));
        let bodies: Vec<&InputMeta> = inputs.filter(|input| input.place.is_body()).collect();
        let is_other = |one: &InputMeta, other: &InputMeta| match (one.model(), other.model()) {
            (Some(one), Some(other)) => !std::ptr::eq(one, other),
            _ => true,
        };
        // Whoever takes a whole form sees the fields of others.
        let is_whole_form = |input: &InputMeta| input.place.is_form() && input.model().is_some();
        let is_shared = |one: &InputMeta, other: &InputMeta| {
            one.field.name == other.field.name || is_whole_form(one) || is_whole_form(other)
        };
        let has_secrets = |input: &InputMeta| input.field.write_only || input.field.shape().has_secrets();
        let has_pair = |(at, one): (usize, &&InputMeta)| {
            let mut others = bodies[at + 1..].iter();
            others.any(|other| {
                is_shared(one, other) && is_other(one, other) && (has_secrets(one) || has_secrets(other))
            })
        };
        bodies.iter().enumerate().any(has_pair)
    }

    /// All names that are taken from the query.
    pub(crate) fn names_in_query(&self) -> BTreeSet<&'static str> {
        let mut names: BTreeSet<&'static str> = self.keys.iter().copied().collect();
        for input in self.all.iter().filter(|input| input.place.name() == "query") {
            match input.model() {
                Some(model) => names.extend(model.fields.iter().map(|field| field.name)),
                None => drop(names.insert(input.field.name)),
            }
        }
        names
    }

    /// Whether a dependency gives the caller, or is one of those that the caller's needs.
    pub(crate) fn finds_caller(&self, node: usize) -> bool {
        fn needs(nodes: &[Node], node: usize, needed: usize) -> bool {
            node == needed || nodes[node].children.iter().flatten().any(|child| needs(nodes, *child, needed))
        }
        self.callers.iter().any(|caller| needs(&self.nodes, *caller, node))
    }

    /// Whether an input other than a guard is the function's own.
    pub(crate) fn has_own_inputs(&self) -> bool {
        self.inputs.iter().any(|input| !matches!(input.place, Place::Guard | Place::Data))
    }

    /// A message for each value that has several receivers, and cannot be cloned.
    fn unclonable(&self, name: &str) -> Vec<String> {
        let shared = self.nodes.iter().filter(|node| node.receivers > 1 && node.meta.cloned.is_nothing());
        let line = |node: &Node| {
            let (dependency, value) = (node.meta.name, (node.meta.value)());
            let receivers: Vec<&str> = node.receiver_names.iter().map(String::as_str).collect();
            format!(
                "{name}: the value of the dependency `{dependency}` goes to {}, but `{value}` cannot be cloned: write \
                 `#[derive(Clone)]` above it, let the dependency give an `Arc` of it, or ask anew for each with \
                 `depends({dependency}, fresh)`",
                all_of(&receivers)
            )
        };
        shared.map(line).collect()
    }
}

struct Planner<'a> {
    planned: &'a Planned<'a>,
    overrides: &'a Overrides,
    nodes: Vec<Node>,
    /// The dependencies by what makes two uses the same: the declared dependency, and the scopes.
    by_key: HashMap<(Identity, Vec<&'static str>), usize>,
    /// The dependencies that are being added, each the dependency of the one before.
    stack: Vec<&'static DependencyMeta>,
    problems: Vec<String>,
}

impl Planner<'_> {
    /// Adds the dependencies that `user` uses, to which these scopes are required already.
    fn children(
        &mut self,
        uses: &[Option<DependencyUse>],
        scopes: &[&'static str],
        user: &str,
    ) -> Vec<Option<usize>> {
        let mut children = Vec::with_capacity(uses.len());
        for used in uses {
            let child = used.as_ref().and_then(|used| self.child(used, scopes, user));
            if let (Some(child), Some(DependencyUse { is_taken: true, .. })) = (child, used) {
                self.nodes[child].receivers += 1;
                self.nodes[child].receiver_names.push(user.to_owned());
            }
            children.push(child);
        }
        children
    }

    fn child(&mut self, used: &DependencyUse, outer: &[&'static str], user: &str) -> Option<usize> {
        let declared = (used.of)();
        let meta = self.overrides.get(&(declared.identity)()).copied().unwrap_or(declared);
        if let Some(begin) = self.stack.iter().position(|known| identity(known) == identity(declared)) {
            let names: Vec<String> = self.stack[begin..]
                .iter()
                .chain([&declared])
                .map(|dependency| format!("`{}`", dependency.name))
                .collect();
            self.problem(format!(
                "{}: dependencies go in a circle, and none can be asked first: {}",
                self.planned.name,
                names.join(" needs ")
            ));
            return None;
        }
        let takes = takes_scopes(meta, self.overrides, &mut Vec::new());
        if let ([first, ..], false) = (used.scopes, takes) {
            self.problem(format!(
                "{}: {user} requires the scope \"{first}\" of `{}`, but neither it nor what it depends on takes scopes: \
                 give it an argument of the type `SecurityScopes`, or of a type under `#[crewed::oauth2]`",
                self.planned.name, declared.name
            ));
        }
        let mut scopes = if takes { outer.to_vec() } else { Vec::new() };
        for scope in used.scopes {
            if !scopes.contains(scope) {
                scopes.push(scope);
            }
        }
        let mut sorted = scopes.clone();
        sorted.sort_unstable();
        let key = (identity(declared), sorted);
        if let Some(known) = self.by_key.get(&key).filter(|_| !used.is_fresh) {
            return Some(*known);
        }
        self.stack.push(declared);
        let name = format!("`{}`", meta.name);
        let children = self.children(meta.dependencies, &scopes, &name);
        let inputs = self.on_route(meta.inputs, 0, &format!("the dependency {name}"));
        self.stack.pop();
        let (receivers, receiver_names) = match meta.after.is_nothing() {
            true => (0, Vec::new()),
            false => (1, vec![format!("its `after`")]),
        };
        let position = self.nodes.len();
        // As in FastAPI, others share the value of one that is asked anew, if it is the first.
        self.by_key.entry(key).or_insert(position);
        self.nodes.push(Node { meta, inputs, children, scopes, receivers, receiver_names });
        Some(position)
    }

    fn on_route(&mut self, inputs: &'static [InputMeta], depth: usize, of: &str) -> Vec<InputMeta> {
        let mut placed = Vec::with_capacity(inputs.len());
        for input in inputs {
            match input.on_route(self.planned.path, depth) {
                Ok(input) => placed.push(input),
                Err(name) => {
                    let path = self.planned.path;
                    self.problem(format!(
                        "{}: {of} takes `{name}` from the path, but `{path}` has no `<{name}>`",
                        self.planned.name
                    ));
                    placed.push(*input);
                }
            }
        }
        placed
    }

    fn problem(&mut self, problem: String) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// The name of the key in the query that a dependency is.
fn key_in_query(meta: &DependencyMeta) -> Option<&'static str> {
    match meta.scheme?.kind {
        SchemeKind::ApiKey("query", name) => Some(name),
        _ => None,
    }
}

/// Whether a dependency, or one that it needs, is given the scopes. `seen` ends circles.
fn takes_scopes(meta: &'static DependencyMeta, overrides: &Overrides, seen: &mut Vec<TypeId>) -> bool {
    let identity = (meta.identity)();
    if seen.contains(&identity) {
        return false;
    }
    seen.push(identity);
    let needs = meta.dependencies.iter().flatten().map(|used| (used.of)());
    meta.takes_scopes
        || needs.into_iter().any(|needed| {
            let needed = overrides.get(&(needed.identity)()).copied().unwrap_or(needed);
            takes_scopes(needed, overrides, seen)
        })
}
