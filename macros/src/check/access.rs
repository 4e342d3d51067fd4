//! Checks who may do what.

use proc_macro2::Span;
use syn::Expr;

use super::refuse;
use crate::diag::Errors;
use crate::model::{Access, Field, FieldRule, Inputs, Resource, Rule};

pub(super) fn check(resource: &Resource, errors: &mut Errors) {
    for field in &resource.object.fields {
        of_caller(field, errors);
        of_field(field, errors);
    }
    match &resource.access {
        Some(access) => {
            known_caller(access, resource, errors);
            known_owner(access, resource, errors);
            styles(resource, errors);
        }
        None => without(resource, errors),
    }
}

/// The words of fields say something about rules, and so have no effect without any.
fn without(resource: &Resource, errors: &mut Errors) {
    for roles in resource.object.fields.iter().map(|field| &field.roles) {
        let of_caller = roles.of_caller();
        let rules = [&roles.read, &roles.write].into_iter().flatten().map(|rule| rule.word.span());
        for span in of_caller.into_iter().chain(rules) {
            errors.span(
                span,
                "this is a part of access rules, and the resource has none; add `access(caller = Me, ..)` to \
                 `#[resource(..)]`",
            );
        }
    }
}

/// Where a rule or a field needs the caller, their type must be named. Once is enough to say so.
fn known_caller(access: &Access, resource: &Resource, errors: &mut Errors) {
    if access.caller.is_some() || !access.is_whole {
        return;
    }
    let wrong = "of what type is the caller? name it in the rules: `access(caller = Me, ..)`";
    if let Some(tokens) = access.all_rules().find_map(Rule::of_caller) {
        errors.at(tokens, wrong);
    } else if let Some(span) = resource.object.fields.iter().find_map(|field| field.roles.of_caller()) {
        errors.span(span, wrong);
    }
}

/// The word `owner` asks the field that is marked so.
fn known_owner(access: &Access, resource: &Resource, errors: &mut Errors) {
    let fields = &resource.object.fields;
    if fields.iter().any(|field| field.roles.owner.is_some()) {
        return;
    }
    let field = match fields.iter().any(|field| field.ident == "owner") {
        true => "; the field `owner` is written `self.owner`",
        false => "",
    };
    if let Some(word) = access.all_rules().find_map(Rule::owner) {
        errors.at(word, format!("which field tells whose a row is? mark it by `#[field(owner)]`{field}"));
    }
}

/// Not all resources can have rules yet.
fn styles(resource: &Resource, errors: &mut Errors) {
    let wrong = "a resource with access rules takes JSON, and this is not possible with them yet; remove it";
    let addressed = resource.inputs_span.filter(|_| resource.inputs != Inputs::Json);
    for span in [addressed, resource.create_replaces].into_iter().flatten() {
        errors.span(span, wrong);
    }
}

/// The owner and the tenant are values of the caller, which crewed sets and nobody changes.
fn of_caller(field: &Field, errors: &mut Errors) {
    let roles = &field.roles;
    if let (Some(_), Some(tenant)) = (roles.owner, roles.tenant) {
        errors.span(tenant, "the owner and the tenant are two fields; keep one here");
        return;
    }
    let Some(span) = roles.of_caller() else { return };
    let word = if roles.owner.is_some() { "owner" } else { "tenant" };
    if roles.key.is_some() {
        errors.span(span, format!("the key tells one row from all others; the {word} is a field of its own"));
        return;
    }
    if roles.created_at.or(roles.updated_at).is_some() {
        errors.span(span, format!("a moment is no {word}; mark a field of its own"));
        return;
    }
    let from_caller = format!("the {word} of a row is set from the caller");
    let (read_only, default, write_only) = (
        format!("{from_caller}, so that clients never do; remove `read_only`"),
        format!("{from_caller}; remove the default"),
        format!("{from_caller}, and not by clients; remove `write_only`"),
    );
    let json = format!(
        "the {word} is compared with a value of the caller, which JSON is not; use a field of its own"
    );
    let refused: [(Option<Span>, &str); 5] = [
        (roles.read_only, read_only.as_str()),
        (field.default_span, default.as_str()),
        (roles.write_only, write_only.as_str()),
        (roles.json, json.as_str()),
        (field.opaque, json.as_str()),
    ];
    refuse(&refused, errors);
}

/// A field with rules of its own can be left out of answers and inputs, which not every field can.
fn of_field(field: &Field, errors: &mut Errors) {
    let roles = &field.roles;
    let rules = [&roles.read, &roles.write].into_iter().flatten();
    for FieldRule { word, rule } in rules {
        let wrong = if roles.key.is_some() {
            "everybody who sees a row sees its key, which never changes"
        } else if roles.of_caller().is_some() {
            "everybody who sees a row sees whose it is, and nobody sets that"
        } else if roles.created_at.or(roles.updated_at).is_some() {
            "everybody who sees a row sees its times, which crewed sets"
        } else if word == "write" && roles.read_only.is_some() {
            "no client sets a field that is `read_only`"
        } else if word == "read" && roles.write_only.is_some() {
            "no client sees a field that is `write_only`"
        } else {
            if word == "read" && !field.info.option {
                errors.at(
                    &field.ty,
                    "a field that not everybody sees is an `Option`, which is `None` for those who do not",
                );
            }
            let is_never = matches!(rule, Expr::Path(path) if path.path.is_ident("never"));
            if word == "write" && is_never && !field.info.option && field.default_span.is_none() {
                errors.at(
                    word,
                    "no client sets this field, so that a new row has no value of it; give it a `default`, or make it an \
                     `Option`",
                );
            }
            continue;
        };
        errors.at(word, format!("{wrong}; remove `{word}(..)`"));
    }
}
