//! Parses tokens into declarations. Mistakes within one attribute are reported here; rules across attributes are in
//! `check`.

mod access;
mod arguments;
mod caller;
mod depends;
mod error;
mod field;
mod foreign;
mod function;
mod listed;
mod oauth2;
mod rate;
mod rule;
mod serde;
mod words;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, Fields, GenericParam, Generics, Ident, ItemEnum, ItemStruct, Lit, Meta, Path, Token,
    Type, parse_quote,
};

use self::arguments::Arguments;
pub(crate) use self::arguments::launch;
pub(crate) use self::caller::{caller, cleaned_caller};
pub(crate) use self::error::error_enum;
use self::field::Around;
pub(crate) use self::function::{cleaned_function, dependency, function};
pub(crate) use self::oauth2::oauth2;
use self::serde::{Container, Place};
use crate::diag::Errors;
use crate::model::{
    Enum, Field, Head, Inputs, Number, Resource, Struct, Variant, limit_texts, number, unique_with,
};
use crate::names;

/// The kind of a declaration that has fields.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum DeclarationKind {
    Model,
    Resource,
    /// The arguments of a function, which have many of the words of fields.
    Param,
}

/// A struct under `#[model(..)]`.
pub(crate) fn model(arguments: TokenStream, item: &ItemStruct, errors: &mut Errors) -> Struct {
    let arguments = arguments::model(arguments, errors);
    if let Some(literal) = arguments.literal {
        errors
            .span(literal, "`literal` is a word of enums: it tells a wrong name as Python's `Literal` does");
    }
    if let Some(int) = arguments.int {
        errors.span(int, "`int` is a word of enums: their variants are numbers on the wire");
    }
    structure(arguments, item, DeclarationKind::Model, errors)
}

/// An enum under `#[model(..)]`.
pub(crate) fn choice(arguments: TokenStream, item: &ItemEnum, errors: &mut Errors) -> Enum {
    let arguments = arguments::model(arguments, errors);
    if let Some(title) = &arguments.title {
        errors.at(title, "`title` is a word of structs; an enum goes by its name");
    }
    if let Some(example) = arguments.examples.first() {
        errors.at(&example.value, "`examples` is a word of structs; an enum is described by its values");
    }
    let serde = serde::container(&item.attrs, Place::Enum, errors);
    own_derives(&item.attrs, errors);
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "an enum without data has nothing generic; remove the parameters");
    }
    let mut variants = Vec::new();
    let mut next = Some(0);
    for variant in &item.variants {
        let member = serde::member(&variant.attrs, Place::Variant, errors);
        foreign_field_attribute(&variant.attrs, errors);
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(
                &variant.fields,
                "a variant with data is not supported; declare a struct with `#[model]`, with an enum of the \
                 kinds and an `Option` for what only some of them have",
            );
        }
        if let (Some(_), Some(name)) = (arguments.int, &member.rename) {
            errors.at(name, "this variant is a number on the wire, and has no name there; remove `rename`");
        }
        let number = discriminant(variant, next, arguments.int.is_some(), errors);
        next = number.and_then(|number| number.checked_add(1));
        let rust = variant.ident.unraw().to_string();
        let (wire, wire_span) = match member.rename {
            Some(name) => (name.value(), name.span()),
            None => {
                (serde.rename_all.map_or_else(|| rust.clone(), |c| c.variant(&rust)), variant.ident.span())
            }
        };
        let number = number.unwrap_or_default();
        variants.push(Variant { ident: variant.ident.clone(), wire, wire_span, number });
    }
    if item.variants.is_empty() {
        errors.at(&item.ident, "an enum without variants has no value; add one");
    }
    let (literal, int) = (arguments.literal.is_some(), arguments.int.is_some());
    Enum {
        head: head(arguments, &serde, &item.ident, &item.vis, &item.attrs, errors),
        literal,
        int,
        variants,
    }
}

/// The number of a variant by Rust's rule: the declared one, or the number after that of the previous variant.
fn discriminant(variant: &syn::Variant, next: Option<i64>, int: bool, errors: &mut Errors) -> Option<i64> {
    let Some((_, value)) = &variant.discriminant else { return next };
    let given = match number(value) {
        Some(Number::Int(int)) => i64::try_from(int).ok(),
        _ => None,
    };
    if given.is_none() && int {
        errors.at(value, "the number on the wire is a literal of 64 bits at most: `Low = 1`");
    }
    given
}

/// A struct under `#[resource(..)]`.
pub(crate) fn resource(arguments: TokenStream, item: &ItemStruct, errors: &mut Errors) -> Resource {
    let (path, mut arguments) = arguments::resource(arguments, errors);
    let segment = path.value().rsplit('/').next().unwrap_or_default().to_owned();
    let tag = arguments.tag.take();
    let table = arguments.table.take();
    let operations = arguments.operations.take();
    let missing = arguments.missing.take();
    let listing = std::mem::take(&mut arguments.listing);
    let mut indexes = std::mem::take(&mut arguments.indexes);
    let depends = std::mem::take(&mut arguments.depends);
    let access = arguments.access.take();
    let rate_limit = arguments.rate_limit;
    let (inputs, create_replaces, replies_status) =
        (arguments.inputs, arguments.create_replaces, arguments.replies_status);
    let mut object = structure(arguments, item, DeclarationKind::Resource, errors);
    indexes.iter_mut().for_each(|index| index.take_everywhere(&object.fields));
    indexed_for_callers(&mut object.fields);
    limit_texts(&mut object.fields, &indexes);
    let access = access.map(|access| access.resolved(&object.fields, errors));
    Resource {
        tag_span: tag.as_ref().map(syn::LitStr::span),
        tag: tag.map_or_else(|| segment.clone(), |tag| tag.value()),
        table_span: table.as_ref().map(syn::LitStr::span),
        table: table.map_or_else(|| segment.replace('-', "_"), |table| table.value()),
        path,
        operations,
        missing,
        inputs: inputs.map_or(Inputs::Json, |(inputs, _)| inputs),
        inputs_span: inputs.map(|(_, span)| span),
        create_replaces,
        replies_status,
        listing,
        indexes,
        depends,
        access,
        rate_limit,
        derives: shared_derives(&item.attrs),
        object,
    }
}

/// Rows are found by their owner and their tenant in every statement, so that both have an index.
fn indexed_for_callers(fields: &mut [Field]) {
    for position in 0..fields.len() {
        let is_unique = unique_with(fields, position).is_some_and(|all| all == [position]);
        let field = &mut fields[position];
        let roles = &mut field.roles;
        let has_no_order = roles.json.is_some() || field.opaque.is_some();
        if !has_no_order && roles.key.is_none() && !is_unique && roles.index.is_none() {
            roles.index = roles.of_caller();
        }
    }
}

fn structure(
    mut arguments: Arguments,
    item: &ItemStruct,
    declaration: DeclarationKind,
    errors: &mut Errors,
) -> Struct {
    let serde = serde::container(&item.attrs, Place::Struct, errors);
    own_derives(&item.attrs, errors);
    parameters(&item.generics, declaration, errors);
    let around = Around {
        declaration,
        rename_all: serde.rename_all,
        default: serde.default.is_some(),
        lifetimes: item.generics.lifetimes().next().is_some(),
    };
    let mut fields: Vec<Field> = Vec::new();
    // A type may refer to the struct as `Self`, which would be another struct in the generated ones.
    let mut item = item.clone();
    let (ident, (_, generics, _)) = (&item.ident, item.generics.split_for_impl());
    let mut named = Named(parse_quote!(#ident #generics));
    item.fields.iter_mut().for_each(|field| named.visit_type_mut(&mut field.ty));
    match &item.fields {
        Fields::Named(named) => {
            for field in &named.named {
                if let Some(ident) = &field.ident {
                    fields.push(field::field(field, ident, &around, errors));
                }
            }
        }
        Fields::Unnamed(tuple) => errors.at(
            tuple,
            "a tuple struct has no names for the members of its object; write `{ name: Type, .. }`",
        ),
        Fields::Unit => {
            errors
                .at(&item.ident, "a unit struct has no fields; write `{ name: Type, .. }`, or `{}` for `{}`");
        }
    }
    Struct {
        title: arguments.title.take(),
        examples: std::mem::take(&mut arguments.examples),
        head: head(arguments, &serde, &item.ident, &item.vis, &item.attrs, errors),
        generics: item.generics.clone(),
        deny_unknown: serde.deny_unknown,
        fields,
    }
}

/// Replaces `Self` by a type.
struct Named(Type);

impl VisitMut for Named {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.path.is_ident("Self") => *ty = self.0.clone(),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }
}

fn head(
    arguments: Arguments,
    serde: &Container,
    ident: &Ident,
    vis: &syn::Visibility,
    attributes: &[Attribute],
    errors: &mut Errors,
) -> Head {
    if let (Some(ours), Some(_)) = (&arguments.name, &serde.rename) {
        errors.at(ours, "the name is given twice, once by serde's `rename`; keep one");
    }
    let name = arguments.name.as_ref().or(serde.rename.as_ref());
    Head {
        krate: arguments.krate,
        ident: ident.clone(),
        vis: vis.clone(),
        name: name.map_or_else(|| ident.unraw().to_string(), syn::LitStr::value),
        doc: docs(attributes).0,
    }
}

/// Only type parameters are allowed, and none on resources.
fn parameters(generics: &Generics, declaration: DeclarationKind, errors: &mut Errors) {
    if declaration == DeclarationKind::Resource {
        if !generics.params.is_empty() {
            errors.at(generics, "a resource is one table and cannot be generic; write the types");
        }
        return;
    }
    for parameter in &generics.params {
        match parameter {
            GenericParam::Lifetime(lifetime) => {
                errors
                    .at(lifetime, "a model owns its values and has no lifetimes; write `String` for `&str`");
            }
            GenericParam::Const(constant) => {
                errors.at(constant, "constant parameters are not supported; only types");
            }
            GenericParam::Type(_) => {}
        }
    }
}

/// Refuses derives that would conflict with crewed's own implementations.
fn own_derives(attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes.iter().filter(|attribute| is_one_of(attribute, names::DECLARATIONS)) {
        errors.at(attribute.path(), "a type is declared once; keep one attribute, with all its words");
    }
    for path in derives(attributes) {
        if let Some(name) = path.segments.last().filter(|_| is_own(&path)) {
            errors.at(&path, format!("crewed brings `{}` itself; remove it from the derives", name.ident));
        }
    }
}

fn shared_derives(attributes: &[Attribute]) -> Vec<Path> {
    let shared = |path: &Path| {
        path.segments.last().is_some_and(|s| names::SHARED_DERIVES.contains(&&*s.ident.to_string()))
    };
    derives(attributes).filter(shared).collect()
}

fn derives(attributes: &[Attribute]) -> impl Iterator<Item = Path> {
    attributes
        .iter()
        .filter(|a| a.path().is_ident("derive"))
        .filter_map(|a| a.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).ok())
        .flatten()
}

fn foreign_field_attribute(attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes.iter().filter(|a| a.path().is_ident("field")) {
        errors.at(attribute, "`#[field(..)]` stands on fields of structs; a variant has only its name");
    }
}

/// The text of a doc comment, and its attributes.
pub(crate) fn docs(attributes: &[Attribute]) -> (String, Vec<Attribute>) {
    let mut lines = Vec::new();
    let mut kept = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("doc")) {
        let Meta::NameValue(doc) = &attribute.meta else { continue };
        kept.push(attribute.clone());
        if let Expr::Lit(literal) = &doc.value
            && let Lit::Str(text) = &literal.lit
        {
            let text = text.value();
            lines.extend(text.split('\n').map(|l| l.strip_prefix(' ').unwrap_or(l).trim_end().to_owned()));
        }
    }
    (lines.join("\n").trim().to_owned(), kept)
}

/// The item without crewed's attributes.
pub(crate) fn cleaned_struct(item: &ItemStruct, declaration: DeclarationKind) -> TokenStream {
    let mut item = item.clone();
    clean(&mut item.attrs);
    item.fields.iter_mut().for_each(|field| {
        clean(&mut field.attrs);
        sized(&mut field.ty);
    });
    match declaration {
        DeclarationKind::Model | DeclarationKind::Param => quote!(#item),
        // The API uses the fields through their columns, so they are not dead code.
        DeclarationKind::Resource => quote!(#[allow(dead_code)] #item),
    }
}

/// Replaces a type without a size by a sized one. The mistake was reported, and must not cause further errors.
fn sized(ty: &mut Type) {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => *ty = parse_quote!(::std::string::String),
        Type::Slice(slice) => {
            let item = &slice.elem;
            *ty = parse_quote!(::std::vec::Vec<#item>);
        }
        _ => {}
    }
}

/// The item without crewed's attributes.
pub(crate) fn cleaned_enum(item: &ItemEnum) -> TokenStream {
    let mut item = item.clone();
    clean(&mut item.attrs);
    item.variants.iter_mut().for_each(|variant| {
        clean(&mut variant.attrs);
        variant.fields.iter_mut().for_each(|field| clean(&mut field.attrs));
    });
    quote!(#item)
}

fn clean(attributes: &mut Vec<Attribute>) {
    attributes.retain(|a| {
        !a.path().is_ident("serde") && !a.path().is_ident("field") && !is_one_of(a, names::DECLARATIONS)
    });
    // Refused derives would conflict with the stand-in implementations, so they are removed.
    for attribute in attributes.iter_mut().filter(|a| a.path().is_ident("derive")) {
        let derived = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        let Ok(derived) = derived else { continue };
        if derived.iter().any(is_own) {
            let kept = derived.iter().filter(|path| !is_own(path));
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
}

/// Whether an attribute is one of these, by its name alone or by its path in crewed or Rocket.
fn is_one_of(attribute: &Attribute, names: &[&str]) -> bool {
    let path = attribute.path();
    let krate = path.segments.first().filter(|_| path.segments.len() == 2);
    let own =
        krate.map_or(path.segments.len() == 1, |krate| krate.ident == "crewed" || krate.ident == "rocket");
    own && path.segments.last().is_some_and(|last| names.contains(&&*last.ident.to_string()))
}

/// Whether a derive would conflict with crewed's own implementations.
fn is_own(path: &Path) -> bool {
    path.segments.last().is_some_and(|s| names::OWN_DERIVES.contains(&&*s.ident.to_string()))
}
