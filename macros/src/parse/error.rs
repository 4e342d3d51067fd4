//! `#[derive(HttpError)]`: an enum, each variant with `#[answer(status = 404, detail = "..")]`.

use proc_macro2::TokenStream;
use syn::{DeriveInput, Fields, LitStr, Path, parse_quote};

use super::arguments::krate;
use super::docs;
use super::words::{Seen, Value, Word, number, unknown, words};
use crate::diag::Errors;
use crate::model::{ErrorAnswer, ErrorEnum, ErrorVariant, Number};

/// The words of `#[answer(..)]`.
const ANSWER: &[&str] = &["status", "detail", "transparent"];

pub(crate) fn error_enum(item: &DeriveInput, errors: &mut Errors) -> ErrorEnum {
    let mut own: Path = parse_quote!(::crewed);
    for attribute in item.attrs.iter().filter(|a| a.path().is_ident("answer")) {
        let Some(list) = errors.ok(attribute.meta.require_list()) else { continue };
        for word in words(list.tokens.clone(), errors) {
            match word.key.to_string().as_str() {
                "crate" => own = krate(&word, errors).unwrap_or_else(|| own.clone()),
                _ => errors.at(
                    &word.key,
                    "an answer is said of a variant; of the enum there is only `#[answer(crate = path)]`",
                ),
            }
        }
    }
    let mut variants = Vec::new();
    match &item.data {
        syn::Data::Enum(data) => {
            for variant in &data.variants {
                let answer = answer(variant, errors);
                let (doc, _) = docs(&variant.attrs);
                let (ident, fields) = (variant.ident.clone(), variant.fields.clone());
                variants.push(ErrorVariant { ident, fields, doc, answer });
            }
            if data.variants.is_empty() {
                errors.at(&item.ident, "an error without variants never happens; add one");
            }
        }
        syn::Data::Struct(data) => errors.at(
            data.struct_token,
            "`#[derive(HttpError)]` stands on an enum, each variant of which is an answer; one answer is a \
             constant: `const GONE: HttpError = HttpError::new(410, \"..\")`",
        ),
        syn::Data::Union(data) => errors.at(data.union_token, "`#[derive(HttpError)]` stands on an enum"),
    }
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "an answer has no parameters; write the types");
    }
    ErrorEnum { krate: own, ident: item.ident.clone(), generic: !item.generics.params.is_empty(), variants }
}

fn answer(variant: &syn::Variant, errors: &mut Errors) -> ErrorAnswer {
    let mut attributes = variant.attrs.iter().filter(|a| a.path().is_ident("answer")).peekable();
    if attributes.peek().is_none() {
        errors.at(
            &variant.ident,
            "what is this answered with? write `#[answer(status = 404, detail = \"..\")]` above it, or \
             `#[answer(transparent)]` where it holds another such error",
        );
        return ErrorAnswer::Unsaid;
    }
    let mut all = TokenStream::new();
    for attribute in attributes {
        if let Some(list) = errors.ok(attribute.meta.require_list()) {
            let tokens = &list.tokens;
            all.extend(quote::quote!(#tokens,));
        }
    }
    let (mut status, mut detail, mut transparent) = (None, None, None);
    let mut seen = Seen::default();
    for word in words(all, errors) {
        if !seen.first(&word.key, errors) {
            continue;
        }
        match word.key.to_string().as_str() {
            "status" => status = self::status(&word, errors),
            "detail" => detail = text(&word, &variant.fields, errors),
            "transparent" => transparent = word.flag(errors),
            _ => unknown(&word.key, "in `#[answer(..)]`", ANSWER, errors),
        }
    }
    match (transparent, status, &detail) {
        (Some(span), None, None) => {
            if !matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1) {
                errors.span(
                    span,
                    "what is transparent holds one other error: `Store(StoreError)`; say a status here instead",
                );
            }
            ErrorAnswer::Transparent
        }
        (Some(span), ..) => {
            errors.span(span, "the error inside has a status and a detail; remove `transparent`, or these");
            ErrorAnswer::Unsaid
        }
        (None, Some(status), _) => ErrorAnswer::Is { status, detail },
        (None, None, _) => {
            if !seen.has("status") {
                errors.at(&variant.ident, "an answer has a status: `#[answer(status = 404)]`");
            }
            ErrorAnswer::Unsaid
        }
    }
}

fn status(word: &Word, errors: &mut Errors) -> Option<u16> {
    match &word.value {
        Value::Is(value) => match number(value) {
            Some(Number::Int(status @ 400..=599)) => Some(status as u16),
            _ => {
                errors.at(value, "an error is answered with a status from 400 to 599");
                None
            }
        },
        _ => {
            errors.at(&word.key, "`status` takes a number: `status = 404`");
            None
        }
    }
}

/// A detail names the fields of its variant: `"No hero {id}."`, `"No hero {0}."`.
fn text(word: &Word, fields: &Fields, errors: &mut Errors) -> Option<LitStr> {
    let detail = word.text(errors)?;
    let text = detail.value();
    let known: Vec<String> = fields
        .iter()
        .enumerate()
        .map(|(index, field)| field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string))
        .collect();
    let mut rest = text.replace("{{", "").replace("}}", "");
    while let Some(start) = rest.find('{') {
        let named = rest[start + 1..].split('}').next().unwrap_or_default().to_owned();
        let name = named.split(':').next().unwrap_or_default();
        if !known.iter().any(|known| known == name) {
            let instead = match known.as_slice() {
                [] => "; the variant has no fields: write `{{` for a brace".to_owned(),
                known => {
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    format!("; its fields are {}", crate::diag::list(&known))
                }
            };
            errors.at(&detail, format!("`{{{name}}}` is no field of this variant{instead}"));
            return None;
        }
        rest = rest[start + 1..].to_owned();
    }
    Some(detail)
}
