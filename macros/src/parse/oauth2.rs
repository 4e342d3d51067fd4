//! Parses `#[oauth2(token_url = "/token", scopes(items = "Read items"))]`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Fields, Ident, ItemStruct, LitStr, Token, parse_quote};

use super::arguments::{krate, name};
use super::docs;
use super::words::{Duplicates, Value, Word, unknown, words};
use crate::diag::Errors;
use crate::model::OAuth2;
use crate::names;

pub(crate) fn oauth2(arguments: TokenStream, item: &ItemStruct, errors: &mut Errors) -> OAuth2 {
    let mut found = OAuth2 {
        krate: parse_quote!(::crewed),
        attributes: item.attrs.clone(),
        vis: item.vis.clone(),
        ident: item.ident.clone(),
        name: item.ident.unraw().to_string(),
        doc: docs(&item.attrs).0,
        token_url: String::new(),
        scopes: Vec::new(),
        derives_clone: derives_clone(item),
    };
    let (mut seen, mut has_url) = (Duplicates::default(), false);
    for word in words(arguments, errors) {
        if !seen.first(&word.key, errors) {
            continue;
        }
        match word.key.to_string().as_str() {
            "token_url" => {
                has_url = true;
                found.token_url = word.text(errors).map_or_else(String::new, |url| url.value());
            }
            "scopes" => found.scopes = scopes(&word, errors),
            "name" => {
                if let Some(name) = name(&word, errors) {
                    found.name = name.value();
                }
            }
            "crate" => found.krate = krate(&word, errors).unwrap_or(found.krate),
            "tokenUrl" | "url" => {
                has_url = true;
                errors.at(&word.key, "write `token_url = \"/token\"`");
            }
            "auto_error" => errors.at(
                &word.key,
                format!("a token that may be missing is an argument of the type `Option<{}>`", item.ident),
            ),
            "scheme_name" => errors.at(&word.key, "write `name = \"..\"`"),
            "description" => errors.at(&word.key, "a scheme is described by a doc comment: `/// ..`"),
            _ => unknown(&word.key, "in `#[oauth2(..)]`", names::OAUTH2, errors),
        }
    }
    if !has_url {
        errors.at(
            &item.ident,
            "where does a client get a token? write `#[crewed::oauth2(token_url = \"/token\")]`",
        );
    }
    if !matches!(item.fields, Fields::Unit) {
        errors
            .at(&item.fields, format!("a scheme has no fields of your own; write `struct {};`", item.ident));
    }
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "a scheme cannot be generic");
    }
    found
}

pub(super) fn derives_clone(item: &ItemStruct) -> bool {
    let mut derives = false;
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let _ = attribute.parse_nested_meta(|meta| {
            derives |= meta.path.segments.last().is_some_and(|segment| segment.ident == "Clone");
            Ok(())
        });
    }
    derives
}

/// A scope and its description: `items = "Read items"`, or `"items:read" = "Read items"`.
struct Scope {
    name: LitStr,
    doc: LitStr,
}

impl Parse for Scope {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = match input.peek(LitStr) {
            true => input.parse()?,
            false => {
                let ident: Ident = input.call(Ident::parse_any)?;
                LitStr::new(&ident.unraw().to_string(), ident.span())
            }
        };
        if !input.peek(Token![=]) {
            let usage = format!("a scope has a description: `\"{}\" = \"..\"`", name.value());
            return Err(syn::Error::new(name.span(), usage));
        }
        input.parse::<Token![=]>()?;
        Ok(Scope { name, doc: input.parse()? })
    }
}

fn scopes(word: &Word, errors: &mut Errors) -> Vec<(String, String)> {
    let Value::List(tokens) = &word.value else {
        errors.at(&word.key, "`scopes` is a list: `scopes(items = \"Read items\")`");
        return Vec::new();
    };
    let parsed = errors.ok(Punctuated::<Scope, Token![,]>::parse_terminated.parse2(tokens.clone()));
    let mut found: Vec<(String, String)> = Vec::new();
    for Scope { name, doc } in parsed.into_iter().flatten() {
        if found.iter().any(|(known, _)| *known == name.value()) {
            errors.at(&name, format!("the scope `{}` stands there already", name.value()));
            continue;
        }
        if name.value().is_empty() || name.value().contains(char::is_whitespace) {
            errors.at(&name, "a scope is a word without blanks, since blanks stand between scopes");
        }
        found.push((name.value(), doc.value()));
    }
    found
}
