//! The rules of functions under `#[get]` and its like.

use syn::Type;

use super::{constraints, option_of_option};
use crate::diag::{Errors, display};
use crate::model::{
    Argument, Dependency, Function, Kind, Method, Place, Returned, TypeInfo, arguments, bare, segment,
};

pub(crate) fn function(function: &Function, errors: &mut Errors) {
    arguments_of(&function.arguments, function.is_routed, errors);
    answers(function, errors);
    bodiless(function, errors);
    if let (Some(span), true) = (function.blocking, function.is_async) {
        errors.span(
            span,
            "an `async fn` gives its thread back where it waits; write `fn` for one that blocks, or remove `blocking`",
        );
    }
}

/// The rules of functions under `#[depends]`.
pub(crate) fn dependency(dependency: &Dependency, errors: &mut Errors) {
    arguments_of(&dependency.arguments, true, errors);
    owned(&dependency.value, errors);
    if let Some(error) = dependency.error.as_ref().filter(|error| is_text(error)) {
        errors.at(error, "a text says not how it is answered; fail with an `HttpError`");
    }
    let body = dependency.arguments.iter().find(|a| matches!(a.place, Place::Data | Place::DataGuard));
    if let Some(body) = body {
        errors.at(&body.field.ident, "only an operation reads the body as it is; take a body or a form");
    }
}

fn arguments_of(arguments: &[Argument], is_routed: bool, errors: &mut Errors) {
    for argument in arguments {
        if !argument.has_unknown_word {
            typed(is_routed, argument, errors);
        }
        always_there(argument, errors);
        if !argument.place.needs_probe() && !argument.place.is_depended() {
            option_of_option(&argument.field, errors);
            constraints::check(&argument.field, errors);
        }
    }
    one_body(arguments, errors);
    distinct_names(arguments, errors);
}

/// The value of a dependency may be kept until the answer was sent, so it borrows nothing.
fn owned(value: &Type, errors: &mut Errors) {
    if let Type::Reference(reference) = bare(value)
        && reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static")
    {
        errors.at(
            value,
            "a dependency gives a value that it owns, since others take it; write it without the `&`",
        );
    }
}

/// An input must have a type of requests. An argument with another type can only be a guard.
fn typed(is_routed: bool, argument: &Argument, errors: &mut Errors) {
    let field = &argument.field;
    let (ident, kind) = (&field.ident, &field.info.kind);
    match (argument.place, kind) {
        (Place::Guard | Place::Data | Place::DataGuard | Place::Depends | Place::Key(_), _) => {}
        (Place::Unstated, Kind::Never(instead)) => {
            never(argument, instead, errors);
        }
        // The route has a mistake, and may have been meant to declare this argument.
        (Place::Unstated | Place::Body { .. }, _) if !argument.explicit && !is_routed => {}
        (Place::Unstated | Place::Body { .. }, kind)
            if !argument.explicit && (kind.is_scalar() || *kind == Kind::OtherMoment) => errors.at(
            &field.ty,
            format!(
                "where does `{ident}` come from? name it in the route, as `?<{ident}>` or in the path, or say \
                 `#[param(header)]`, `#[param(cookie)]`, `#[param(form)]`, `#[param(body)]`, or \
                 `#[param(depends(..))]` for the value of a dependency"
            ),
        ),
        (Place::Unstated | Place::Body { .. }, _) if holds_a_file(&field.ty) => errors.at(
            &field.ty,
            format!("a file is a field of a form: write `#[param(form)]` before `{ident}`"),
        ),
        (Place::Unstated, _) if is_called(&field.ty, "State") => {
            errors.at(&field.ty, format!("state is lent, not given; write `&{}`", display(&field.ty)));
        }
        (Place::Unstated, _) => {}
        (Place::Cookie, Kind::List(_)) => {
            errors.at(&field.ty, "a cookie is one value; take a list from the query or a header");
        }
        (_, kind) if matches!(kind.leaf(), Kind::Never(_)) => {
            let Kind::Never(instead) = kind.leaf() else { return };
            never(argument, instead, errors);
        }
        (Place::Path(_) | Place::Rest(_) | Place::PathByName, Kind::List(_) | Kind::Map(_)) => {
            errors.at(&field.ty, "a segment of the path is one value; take a list from the query: `?<ids>`");
        }
        (Place::Query | Place::QueryByType | Place::Header | Place::Cookie | Place::Form, Kind::Map(_)) => errors.at(
            &field.ty,
            "a map has no names to look for; declare a struct with `#[model]`, and take it whole: `?<page..>`",
        ),
        (Place::QueryModel, kind) if *kind != Kind::Other || field.info.option => errors.at(
            &field.ty,
            format!("`<{ident}..>` is the whole query, which is a struct under `#[model]`; for one value write `<{ident}>`"),
        ),
        _ => {}
    }
}

fn never(argument: &Argument, instead: &str, errors: &mut Errors) {
    let instead = instead.replace("a model owns its values", "a function owns its inputs");
    let ty = &argument.field.ty;
    errors.at(ty, format!("`{}` cannot be an input: {instead}", display(ty)));
}

/// A segment of the path cannot be optional, as every request that matches the path has it.
fn always_there(argument: &Argument, errors: &mut Errors) {
    let field = &argument.field;
    if !matches!(argument.place, Place::Path(_) | Place::Rest(_) | Place::PathByName) {
        return;
    }
    if field.info.option {
        errors.at(&field.ty, "a segment of the path is always there; remove the `Option`");
    }
    if let Some(default) = field.default_span {
        errors.span(default, "a segment of the path is always there; remove the default");
    }
}

/// The returned type must be an answer, which not every type is.
fn answers(function: &Function, errors: &mut Errors) {
    for part in &function.returns {
        match part {
            Returned::Error(ty) if is_text(ty) => errors.at(
                ty,
                "an `Err` of a text would be answered with 200; fail with an `HttpError`, or an enum under \
                 `#[derive(HttpError)]`",
            ),
            Returned::Responder(ty, _) => {
                let kind = TypeInfo::of(ty).kind;
                let list = matches!(kind, Kind::List(_) | Kind::Map(_) | Kind::OtherMoment);
                if list || kind.is_scalar() && !matches!(kind, Kind::Text | Kind::Bytes) {
                    let shown = display(ty);
                    errors.at(ty, format!("`{shown}` is no answer by itself; write `Json<{shown}>`"));
                }
            }
            _ => {}
        }
    }
}

fn is_text(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(reference) => is_called(&reference.elem, "str"),
        ty => is_called(ty, "String"),
    }
}

/// Whether it is an `Upload`, or a list or an option of uploads.
fn holds_a_file(ty: &Type) -> bool {
    let held = |segment| arguments(segment).first().is_some_and(|ty| holds_a_file(ty));
    is_called(ty, "Upload")
        || (is_called(ty, "Vec") || is_called(ty, "Option")) && segment(ty).is_some_and(held)
}

fn is_called(ty: &Type, name: &str) -> bool {
    segment(ty).is_some_and(|segment| segment.ident == name)
}

/// A body is read once, and in one format, so several inputs of it must agree on that.
fn one_body(arguments: &[Argument], errors: &mut Errors) {
    let form = |argument: &&Argument| argument.place == Place::Form;
    let json = |argument: &&Argument| matches!(argument.place, Place::Body { .. });
    let raw = arguments.iter().find(|a| matches!(a.place, Place::Data | Place::DataGuard));
    let forms: Vec<&Argument> = arguments.iter().filter(form).collect();
    let bodies: Vec<&Argument> = arguments.iter().filter(json).collect();
    if let (Some(first), Some(body)) = (forms.first(), bodies.first()) {
        errors.at(
            &body.field.ident,
            format!(
                "the body is a form already, of which `{}` is a field; it cannot be JSON too",
                first.field.ident
            ),
        );
    }
    if let (Some(raw), Some(other)) = (raw, forms.first().or(bodies.first())) {
        errors.at(
            &other.field.ident,
            format!("`data` gives the whole body to `{}`; nothing is left of it", raw.field.ident),
        );
    }
}

/// Two inputs with the same name and place would be the same value.
fn distinct_names(arguments: &[Argument], errors: &mut Errors) {
    let named = |argument: &Argument| !argument.place.needs_probe() && !argument.place.is_depended();
    for (i, argument) in arguments.iter().enumerate().filter(|(_, argument)| named(argument)) {
        let same = |other: &&Argument| {
            other.place.rank() == argument.place.rank()
                && named(other)
                && other.field.wire == argument.field.wire
        };
        if let Some(other) = arguments[..i].iter().find(same) {
            errors.span(
                argument.field.wire_span,
                format!("`{}` is called `{}` there already", other.field.ident, argument.field.wire),
            );
        }
    }
}

/// A method without a body must not have an input or an answer with one.
fn bodiless(function: &Function, errors: &mut Errors) {
    if let (204 | 304, Some(span), false) = (function.status, function.status_span, function.returns_nothing)
    {
        let message = format!(
            "an answer of status {} has no body; return nothing: remove the return type, or the status",
            function.status
        );
        let has_body = function.returns.iter().any(|part| match part {
            Returned::Responder(ty, _) => !matches!(ty, Type::Tuple(t) if t.elems.is_empty()),
            Returned::Media(_) => true,
            _ => false,
        });
        if has_body {
            errors.span(span, message);
        }
    }
    let takes_none = matches!(function.method, Method::Get | Method::Head | Method::Options);
    let is_body = |argument: &&Argument| {
        !argument.has_unknown_word
            && matches!(argument.place, Place::Body { .. } | Place::Form | Place::Data | Place::DataGuard)
    };
    let body = function.arguments.iter().find(is_body);
    if let (true, Some(body)) = (takes_none, body) {
        let (attribute, _) = function.method.names();
        errors.at(
            &body.field.ident,
            format!(
                "the body of a request under `#[{attribute}]` is ignored; take `{0}` from the query \
                 (`?<{0}>`, or `?<{0}..>` for a whole model), or from a request guard",
                body.field.ident
            ),
        );
    }
}
