//! Parses a function and its attribute: `#[get("/items/<item_id>?<q>", status = 200)]`.

mod argument;
mod attribute;
mod returned;
mod route;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FnArg, GenericParam, ItemFn, Lifetime, Pat, Path, ReturnType, Type, parse_quote};

use self::argument::{Of, argument};
use self::attribute::{Arguments, FAILURES, attribute, response};
use self::returned::returned;
use self::route::Route;
use super::arguments::krate as krate_of;
use super::words::{Duplicates, Value, Word, unknown, words};
use super::{docs, is_one_of};
use crate::diag::Errors;
use crate::model::{Argument, Dependency, Function, Method, Place, arguments, segment};
use crate::names;

pub(crate) fn function(
    method: Method,
    arguments: TokenStream,
    item: &ItemFn,
    errors: &mut Errors,
) -> Function {
    let arguments = attribute(method, arguments, errors);
    let route = match &arguments.route {
        Some(route) => Route::of(route, errors),
        None => Route::default(),
    };
    signature(item, "an operation", errors);
    let parsed = inputs(item, Some((&route, &arguments)), errors);
    let claimed = unclaimed(&route, &arguments, &parsed, item, errors);
    let returned = returned(&item.sig.output);
    Function {
        krate: arguments.krate,
        method,
        path: route.path,
        ident: item.sig.ident.clone(),
        is_async: item.sig.asyncness.is_some(),
        name: item.sig.ident.unraw().to_string(),
        id: arguments.name.map(|name| name.value()),
        summary: arguments.summary.map_or_else(String::new, |summary| summary.value()),
        doc: docs(&item.attrs).0,
        tags: arguments.tags,
        status: arguments.status.map_or(200, |(status, _)| status),
        status_span: arguments.status.map(|(_, span)| span),
        deprecated: arguments.deprecated,
        hidden: arguments.hidden,
        blocking: arguments.blocking,
        rate_limit: arguments.rate_limit,
        responses: arguments.responses,
        depends: arguments.depends,
        arguments: parsed,
        returns: returned.parts,
        returns_hidden: returned.hidden,
        returns_nothing: returned.nothing,
        error: returned.error,
        returns_span: match &item.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty.span()),
        },
        is_routed: claimed && arguments.route.is_some() && !arguments.data_fails,
        is_method: item.sig.receiver().is_some(),
    }
}

/// The function without crewed's attributes.
pub(crate) fn cleaned_function(item: &ItemFn) -> TokenStream {
    let mut item = item.clone();
    item.attrs.retain(|attribute| !is_one_of(attribute, names::METHODS));
    for argument in &mut item.sig.inputs {
        let attributes = match argument {
            FnArg::Typed(typed) => &mut typed.attrs,
            FnArg::Receiver(receiver) => &mut receiver.attrs,
        };
        attributes.retain(|attribute| {
            !["param", "doc", "field", "serde"].iter().any(|own| attribute.path().is_ident(own))
        });
    }
    quote!(#item)
}

/// Parses a function under `#[depends]`.
pub(crate) fn dependency(arguments: TokenStream, item: &ItemFn, errors: &mut Errors) -> Dependency {
    let (mut krate, mut after, mut responses) = (parse_quote!(::crewed), None, Vec::new());
    let mut seen = Duplicates::default();
    for word in words(arguments, errors) {
        // There may be several answers.
        if word.key != "response" && !seen.first(&word.key, errors) {
            continue;
        }
        match word.key.to_string().as_str() {
            "after" => after = path(&word, "`after` names a function: `after = close`", errors),
            "response" => responses.extend(response(&word, FAILURES, errors)),
            "crate" => krate = krate_of(&word, errors).unwrap_or(krate),
            "scopes" => errors.at(
                &word.key,
                "scopes are required where the dependency is used: `depends(current_user, scopes(\"items\"))`",
            ),
            "depends" => errors.at(
                &word.key,
                "a dependency takes the value of another as an argument: `#[param(depends(current_user))] user: User`",
            ),
            _ => unknown(&word.key, "in `#[depends(..)]`", names::DEPENDENCY, errors),
        }
    }
    signature(item, "a dependency", errors);
    let parsed = inputs(item, None, errors);
    let returned = returned(&item.sig.output);
    if returned.hidden {
        errors.at(&item.sig.output, "the value of a dependency has a type that can be named; write it");
    }
    Dependency {
        krate,
        vis: item.vis.clone(),
        ident: item.sig.ident.clone(),
        is_async: item.sig.asyncness.is_some(),
        name: item.sig.ident.unraw().to_string(),
        arguments: parsed,
        value: returned.value,
        error: returned.error,
        responses,
        after,
        is_method: item.sig.receiver().is_some(),
    }
}

/// The path that a word has for its value.
fn path(word: &Word, usage: &str, errors: &mut Errors) -> Option<Path> {
    match &word.value {
        Value::Is(Expr::Path(path)) => Some(path.path.clone()),
        Value::Is(other) => {
            errors.at(other, usage);
            None
        }
        _ => {
            errors.at(&word.key, usage);
            None
        }
    }
}

/// Checks that crewed can call a function with this signature; `what` is "an operation" or "a dependency".
fn signature(item: &ItemFn, what: &str, errors: &mut Errors) {
    let sig = &item.sig;
    for attribute in item.attrs.iter().filter(|attribute| is_one_of(attribute, names::METHODS)) {
        let message = match what {
            "an operation" => "a function answers one method of one path; write another that calls this one",
            _ => "a function is an operation or a dependency; write another that calls this one",
        };
        errors.at(attribute.path(), message);
    }
    for parameter in &sig.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            errors
                .at(parameter, format!("{what} cannot be generic: nobody says what it would be called with"));
        }
    }
    if let Some(unsafety) = &sig.unsafety {
        errors.at(unsafety, format!("{what} is called by requests, and cannot be `unsafe`"));
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, format!("{what} is called by crewed, and has no ABI of its own"));
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic, format!("{what} has a fixed number of arguments"));
    }
}

/// Parses the arguments; an operation has a route, a dependency has none.
fn inputs(item: &ItemFn, routed: Option<(&Route, &Arguments)>, errors: &mut Errors) -> Vec<Argument> {
    let (of, what) = match routed {
        Some(_) => (Of::Operation, "an operation"),
        None => (Of::Dependency, "a dependency"),
    };
    let mut found = Vec::new();
    for input in &item.sig.inputs {
        let typed = match input {
            FnArg::Typed(typed) => typed,
            FnArg::Receiver(receiver) => {
                errors.at(receiver, format!("{what} is a function by itself, not a method"));
                continue;
            }
        };
        let ident = match &*typed.pat {
            Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => &pat.ident,
            other => {
                errors
                    .at(other, "an argument is a name: its input goes by it; take it apart in the function");
                continue;
            }
        };
        let named = routed.and_then(|(route, _)| route.place(ident));
        let data = routed.and_then(|(_, arguments)| arguments.data.as_ref());
        let by_data = data.is_some_and(|(data, _)| data.unraw() == ident.unraw());
        found.extend(argument(&typed.attrs, ident, &typed.ty, named, by_data, of, errors));
    }
    found
}

/// Checks that every parameter of the route is an argument. Returns whether that is so. A parameter of the path may be
/// one of a dependency, which is known at launch.
fn unclaimed(
    route: &Route,
    arguments: &Arguments,
    parsed: &[Argument],
    item: &ItemFn,
    errors: &mut Errors,
) -> bool {
    let mut all = true;
    let depends = !arguments.depends.is_empty() || parsed.iter().any(|argument| argument.depends.is_some());
    let may_be_depended = |place: &Place| depends && matches!(place, Place::Path(_) | Place::Rest(_));
    let named = |ident: &Ident| {
        item.sig.inputs.iter().any(|argument| match argument {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pat) => pat.ident.unraw() == ident.unraw(),
                _ => false,
            },
            FnArg::Receiver(_) => false,
        })
    };
    if let Some(literal) = &arguments.route {
        let unnamed = |(ident, place): &&(Ident, Place)| !named(ident) && !may_be_depended(place);
        for (ident, _) in route.taken.iter().filter(unnamed) {
            all = false;
            let (function, name) = (&item.sig.ident, ident.unraw());
            errors.at(literal, format!("`<{name}>` is no argument of `{function}`; add `{name}: ..` to it"));
        }
    }
    if let Some((ident, literal)) = arguments.data.as_ref().filter(|(ident, _)| !named(ident)) {
        all = false;
        let function = &item.sig.ident;
        errors.at(literal, format!("`{ident}` is no argument of `{function}`; add `{ident}: ..` to it"));
    }
    all
}

/// The first type argument of `name<..>`.
fn inner(ty: &Type, name: &str) -> Option<Type> {
    let segment = segment(ty).filter(|segment| segment.ident == name)?;
    arguments(segment).first().map(|ty| (*ty).clone())
}

/// Replaces lifetimes of the function, which are not declared where the generated code names its types.
struct Anonymous;

impl VisitMut for Anonymous {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = Lifetime::new("'_", lifetime.span());
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if let Some(lifetime) = reference.lifetime.take_if(|lifetime| lifetime.ident != "static") {
            drop(lifetime);
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }
}

impl Argument {
    /// The span of its type.
    pub(crate) fn span(&self) -> Span {
        self.field.ty.span()
    }
}
