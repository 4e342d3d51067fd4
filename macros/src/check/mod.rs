//! The rules across attributes. There is a function for each, whose comment states the rule and its reason.

mod access;
mod constraints;
mod function;
mod indexes;
mod listing;
mod resource;
mod roles;
mod tenants;

use proc_macro2::Span;
use syn::{ItemFn, ReturnType};

pub(crate) use self::function::{dependency, function};
pub(crate) use self::resource::resource;
use crate::diag::Errors;
use crate::model::{Enum, Field, Kind, Struct};

pub(crate) fn model(model: &Struct, errors: &mut Errors) {
    for field in &model.fields {
        presence(field, errors);
        option_of_option(field, errors);
        opaque(field, errors);
        not_null(field, errors);
        skipped(field, errors);
        constraints::check(field, errors);
    }
    distinct_members(model, errors);
}

/// Two variants must not have the same name, as they could not be distinguished.
pub(crate) fn choice(choice: &Enum, errors: &mut Errors) {
    if choice.int {
        // The compiler itself refuses two variants with the same number.
        return;
    }
    for (i, variant) in choice.variants.iter().enumerate() {
        if let Some(other) = choice.variants[..i].iter().find(|other| other.wire == variant.wire) {
            errors.span(
                variant.wire_span,
                format!(
                    "the variant `{}` has the name `{}` already; give this one another",
                    other.ident, variant.wire
                ),
            );
        }
    }
}

/// A launched function must be callable by the generated `main`.
pub(crate) fn launch(function: &ItemFn, errors: &mut Errors) {
    if function.sig.ident == "main" {
        errors.at(&function.sig.ident, "`#[launch]` writes `main` itself; call this function `rocket`");
    }
    if let ReturnType::Default = function.sig.output {
        errors.at(
            &function.sig,
            "a launched function returns the Rocket to launch; write `-> _`, and no semicolon after it",
        );
    }
    if !function.sig.inputs.is_empty() {
        errors.at(&function.sig.inputs, "a launched function takes no arguments; `main` has none to give");
    }
    if !function.sig.generics.params.is_empty() {
        errors.at(&function.sig.generics, "a launched function cannot be generic; `main` calls it as it is");
    }
}

/// Two fields must not have the same name in JSON, as they would be one member of the object.
fn distinct_members(object: &Struct, errors: &mut Errors) {
    let on_the_wire: Vec<&Field> = object.fields.iter().filter(|field| field.skip.is_none()).collect();
    for (i, field) in on_the_wire.iter().enumerate() {
        if let Some(other) = on_the_wire[..i].iter().find(|other| other.wire == field.wire) {
            errors.span(
                field.wire_span,
                format!(
                    "the field `{}` has the name `{}` on the wire already; give this one another",
                    other.ident, field.wire
                ),
            );
        }
    }
}

/// `required` is for an `Option` that must be sent although it may be null. Any other field is required if it has no
/// default.
fn presence(field: &Field, errors: &mut Errors) {
    let Some(required) = field.required else { return };
    if field.default_span.is_some() {
        errors.span(required, "`required` and a default contradict each other; keep one");
    } else if !field.info.option {
        errors.span(required, "a field that is no `Option` is required already; remove `required`");
    }
}

/// An `Option` of an `Option` is refused, as JSON has only one null.
fn option_of_option(field: &Field, errors: &mut Errors) {
    if field.info.option && field.opaque.is_none() && crate::model::TypeInfo::of(&field.info.inner).option {
        errors.at(
            &field.ty,
            "JSON has one null: `Option<Option<..>>` cannot tell two; write `Patched<..>` to tell absent from null",
        );
    }
}

/// `not_null` is for a field that may be left out but must not be null. Other fields express that by their type.
fn not_null(field: &Field, errors: &mut Errors) {
    let Some(not_null) = field.not_null else { return };
    if !field.info.patched {
        errors.span(
            not_null,
            "`not_null` is for `Patched<..>`, which may be absent; any other type is null only as an `Option`",
        );
    }
}

/// `opaque` is refused on types that crewed knows.
fn opaque(field: &Field, errors: &mut Errors) {
    let Some(opaque) = field.opaque else { return };
    if !matches!(
        field.info.kind,
        Kind::Other | Kind::Never(_) | Kind::List(_) | Kind::Map(_) | Kind::OtherMoment
    ) {
        errors.span(opaque, "crewed knows this type by itself; remove `opaque`");
    }
}

/// A skipped field is not in JSON, so it cannot have other words about that.
fn skipped(field: &Field, errors: &mut Errors) {
    if field.skip.is_none() {
        return;
    }
    let constraints = &field.constraints;
    let counts =
        [&constraints.min_length, &constraints.max_length, &constraints.min_items, &constraints.max_items];
    let keys = constraints.bounds().map(|b| &b.key).chain(counts.into_iter().flatten().map(|c| &c.key));
    let keys = keys
        .chain(constraints.pattern.iter().map(|(k, _)| k))
        .chain(constraints.format.iter().map(|(k, _)| k));
    for key in keys {
        errors.at(key, format!("this field is skipped and never read; remove `{key}`"));
    }
    let words = [(field.not_null, "not_null"), (field.roles.write_only, "write_only")];
    for (span, word) in words.into_iter().filter_map(|(span, word)| Some((span?, word))) {
        errors.span(span, format!("this field is skipped and never read; remove `{word}`"));
    }
    if let Some(example) = &field.example {
        errors.at(example, "this field is skipped and not in the document; remove `example`");
    }
}

/// Adds the error of each word that is given.
fn refuse(refused: &[(Option<Span>, &str)], errors: &mut Errors) {
    for (given, message) in refused {
        if let Some(span) = given {
            errors.span(*span, message);
        }
    }
}
