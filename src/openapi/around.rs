//! What an operation has from around it: the inputs, answers and security schemes of its dependencies.

use std::collections::BTreeSet;

use okapi::openapi3::{
    OAuthFlows, Operation as Documented, Parameter, RefOr, SecurityRequirement, SecurityScheme as Scheme,
    SecuritySchemeData,
};
use rocket_okapi::r#gen::OpenApiGenerator;

use super::answers::Answers;
use super::failures::{add_answer, add_guard};
use super::forms::typed;
use super::input::input_parameters;
use super::parameter::parameter;
use super::schema::Schemas;
use super::text;
use crate::function::{FunctionMeta, Node, Plan, SchemeKind, SecurityScheme};
use crate::input::{InputMeta, Place, parameters, place_rank};

/// The inputs of a function and of its dependencies, in FastAPI's order: by the part of the request, the function's own
/// first. Of several with one name, one that is required counts, or the last.
pub(super) fn all_inputs(own: &[InputMeta], plan: Option<&Plan>) -> Vec<InputMeta> {
    let Some(plan) = plan else { return own.to_vec() };
    let mut all: Vec<InputMeta> = plan.inputs.clone();
    let (mut nodes, mut seen) = (Vec::new(), BTreeSet::new());
    for root in plan.roots.iter().flatten() {
        outermost_first(plan, *root, &mut seen, &mut nodes);
    }
    all.extend(nodes.into_iter().flat_map(|node| &node.inputs));
    all.sort_by_key(|input| place_rank(input.place.name()));
    let mut unique: Vec<InputMeta> = Vec::new();
    for input in all {
        let same = |other: &&mut InputMeta| {
            !matches!(input.place, Place::Guard | Place::Data)
                && other.place.name() == input.place.name()
                && other.field.name == input.field.name
        };
        match unique.iter_mut().find(same) {
            Some(known) if known.is_required() && !input.is_required() => {}
            Some(known) if !known.place.is_body() => *known = input,
            Some(_) => {}
            None => unique.push(input),
        }
    }
    unique
}

/// Adds a dependency, and after it those of its own, each once.
fn outermost_first<'a>(plan: &'a Plan, node: usize, seen: &mut BTreeSet<usize>, all: &mut Vec<&'a Node>) {
    if seen.insert(node) {
        all.push(&plan.nodes[node]);
        for child in plan.nodes[node].children.iter().flatten() {
            outermost_first(plan, *child, seen, all);
        }
    }
}

/// Adds the parameters of the path that nothing takes, which a client sends nevertheless.
pub(super) fn add_untaken(path: &str, documented: &mut Documented) {
    for (_, name, _) in parameters(path) {
        let is_known = documented.parameters.iter().any(|known| match known {
            RefOr::Object(Parameter { name: known, location, .. }) => location == "path" && known == name,
            RefOr::Ref(_) => false,
        });
        if !is_known {
            let schema = typed(schemars::schema::InstanceType::String);
            documented.parameters.push(parameter(name, "path", None, true, schema));
        }
    }
}

/// Adds what dependencies answer, and the security schemes that they are.
pub(super) fn add_dependencies(
    plan: &Plan,
    documented: &mut Documented,
    answers: &mut Answers,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<(), String> {
    let mut all: Vec<&Node> = Vec::new();
    let mut seen = BTreeSet::new();
    for root in plan.roots.iter().flatten() {
        outermost_first(plan, *root, &mut seen, &mut all);
    }
    for node in all {
        let meta = node.meta;
        let described = FunctionMeta::new(crate::http::Method::Get, "/", meta.name);
        for answer in meta.answers {
            add_answer(answer, &described, answers, schemas, generator)?;
        }
        for guard in meta.guards {
            add_guard(guard, &described, documented, answers, schemas, generator)?;
        }
        if let Some(scheme) = &meta.scheme {
            let name = scheme_name(scheme);
            let scopes = if meta.takes_scopes { &node.scopes[..] } else { &[] };
            require(documented, &name, scopes);
            generator.add_security_scheme(name, described_scheme(scheme));
        }
    }
    let takes = plan.nodes.iter().flat_map(|node| &node.inputs);
    if takes.into_iter().any(|input| !matches!(input.place, Place::Guard | Place::Data)) {
        answers.invalid();
    }
    Ok(())
}

/// Requires a security scheme. Scopes that are required in several places are put together.
fn require(documented: &mut Documented, name: &str, scopes: &[&'static str]) {
    let required = documented.security.get_or_insert_default();
    let known = required.iter_mut().find_map(|requirement| requirement.get_mut(name));
    match known {
        Some(known) => {
            for scope in scopes {
                if !known.iter().any(|other| other == scope) {
                    known.push((*scope).to_owned());
                }
            }
        }
        None => {
            let mut requirement = SecurityRequirement::new();
            requirement.insert(name.to_owned(), scopes.iter().map(|scope| (*scope).to_owned()).collect());
            required.push(requirement);
        }
    }
}

/// The name of a scheme among the components. A key has its own name there, and its place unless that is a header.
fn scheme_name(scheme: &SecurityScheme) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    match scheme.kind {
        SchemeKind::ApiKey("header", name) => name.chars().map(plain).collect(),
        SchemeKind::ApiKey(place, name) => format!("{}_{place}", name.chars().map(plain).collect::<String>()),
        _ => scheme.name.to_owned(),
    }
}

/// A security scheme, as okapi's type.
fn described_scheme(scheme: &SecurityScheme) -> Scheme {
    let data = match scheme.kind {
        SchemeKind::Http(name) => SecuritySchemeData::Http { scheme: name.to_owned(), bearer_format: None },
        SchemeKind::ApiKey(place, name) => {
            SecuritySchemeData::ApiKey { location: place.to_owned(), name: name.to_owned() }
        }
        SchemeKind::Password { token_url, scopes } => SecuritySchemeData::OAuth2 {
            flows: OAuthFlows::Password {
                token_url: token_url.to_owned(),
                refresh_url: None,
                scopes: scopes.iter().map(|(name, doc)| ((*name).to_owned(), (*doc).to_owned())).collect(),
                extensions: okapi::Map::new(),
            },
        },
    };
    Scheme { description: text(scheme.doc), data, extensions: okapi::Map::new() }
}

/// The parameters of the dependencies of a resource's operation.
pub(super) fn add_parameters(
    plan: &Plan,
    owner: &str,
    documented: &mut Documented,
    schemas: &mut Schemas<'_>,
) {
    for input in all_inputs(&[], Some(plan)) {
        let is_known = |documented: &Documented| {
            documented.parameters.iter().any(|known| match known {
                RefOr::Object(known) => {
                    known.location == input.place.name() && known.name == input.field.name
                }
                RefOr::Ref(_) => false,
            })
        };
        if !is_known(documented) {
            documented.parameters.extend(input_parameters(&input, owner, schemas));
        }
    }
}
