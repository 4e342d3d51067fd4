//! Parses `#[derive(HttpError)]` on an enum, with `#[answer(status = 404, detail = "..")]` on each variant.

use syn::ext::IdentExt;
use syn::{DeriveInput, Fields, Lit, Path, parse_quote};

use super::arguments::krate;
use super::docs;
use super::words::{Duplicates, Word, unknown, words, words_but};
use crate::diag::Errors;
use crate::model::{Detail, ErrorAnswer, ErrorEnum, ErrorVariant};

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

/// The word that was likely meant for a value without one.
fn meant(value: &Lit) -> Option<&'static str> {
    match value {
        Lit::Int(_) => Some("status"),
        Lit::Str(_) => Some("detail"),
        _ => None,
    }
}

fn answer(variant: &syn::Variant, errors: &mut Errors) -> ErrorAnswer {
    let mut attributes = variant.attrs.iter().filter(|a| a.path().is_ident("answer")).peekable();
    if attributes.peek().is_none() {
        errors.at(
            &variant.ident,
            "what is this answered with? write `#[answer(status = 404, detail = \"..\")]` above it, or \
             `#[answer(transparent)]` where it holds another such error",
        );
        return ErrorAnswer::Unstated;
    }
    let lists: Vec<_> = attributes.filter_map(|attribute| errors.ok(attribute.meta.require_list())).collect();
    let (mut status, mut detail, mut transparent) = (None, None, None);
    let mut seen = Duplicates::default();
    let words: Vec<Word> =
        lists.into_iter().flat_map(|list| words_but(list.tokens.clone(), meant, errors)).collect();
    for word in words {
        if !seen.first(&word.key, errors) {
            continue;
        }
        match word.key.to_string().as_str() {
            "status" => status = word.status(400..=599, 404, "an error is answered with a status", errors),
            "detail" => detail = self::detail(&word, &variant.fields, errors),
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
            ErrorAnswer::Unstated
        }
        (None, Some(status), _) => ErrorAnswer::Is { status, detail },
        (None, None, _) => {
            if !seen.has("status") {
                errors.at(&variant.ident, "an answer has a status: `#[answer(status = 404)]`");
            }
            ErrorAnswer::Unstated
        }
    }
}

/// Parses a detail, with placeholders for fields of its variant: `"No hero {id}."`, `"No hero {0}."`.
fn detail(word: &Word, fields: &Fields, errors: &mut Errors) -> Option<Detail> {
    let text = word.text(errors)?;
    let value = text.value();
    let name = |(index, field): (usize, &syn::Field)| {
        field.ident.as_ref().map_or_else(|| index.to_string(), |ident| ident.unraw().to_string())
    };
    let known: Vec<String> = fields.iter().enumerate().map(name).collect();
    let mut detail = Detail { text: text.clone(), format: String::new(), fields: Vec::new() };
    let mut rest = value.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        detail.format.push_str(before);
        if brace.starts_with("{{") || brace.starts_with("}}") {
            detail.format.push_str(&brace[..2]);
            rest = &brace[2..];
            continue;
        }
        let Some((named, after)) = brace.strip_prefix('{').and_then(|inner| inner.split_once('}')) else {
            errors.at(&text, "a brace stands alone; a brace of the text is written `{{` or `}}`");
            return None;
        };
        let (name, how) = named.split_once(':').map_or((named, ""), |(name, how)| (name, how));
        let Some(index) = known.iter().position(|known| known == name) else {
            let instead = match known.as_slice() {
                [] => "; the variant has no fields: write `{{` for a brace".to_owned(),
                known => {
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    format!("; its fields are {}", crate::diag::list(&known))
                }
            };
            errors.at(&text, format!("`{{{name}}}` is no field of this variant{instead}"));
            return None;
        };
        if how.contains('$') {
            errors.at(&text, format!("a width in a detail is a number; write it in `{{{named}}}`"));
            return None;
        }
        detail.fields.push(index);
        detail.format.push_str(&if how.is_empty() { "{}".to_owned() } else { format!("{{:{how}}}") });
        rest = after;
    }
    detail.format.push_str(rest);
    Some(detail)
}
