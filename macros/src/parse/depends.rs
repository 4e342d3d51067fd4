//! Parses `depends(current_user, scopes("items"), fresh)`.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, parenthesized, token};

use super::words::{Value, Word};
use crate::diag::Errors;
use crate::model::Depends;

/// The dependencies that a word names: several of an operation, one of an argument.
pub(crate) fn depends(word: &Word, errors: &mut Errors) -> Vec<Depends> {
    let tokens = match &word.value {
        Value::List(tokens) if !tokens.is_empty() => tokens.clone(),
        Value::Is(value) => {
            errors.at(
                value,
                "write `depends(current_user)`: the name of a function under `#[crewed::depends]`",
            );
            return Vec::new();
        }
        _ => {
            errors.at(
                &word.key,
                "`depends` names a function under `#[crewed::depends]`: `depends(current_user)`",
            );
            return Vec::new();
        }
    };
    if let Some(text) = tokens.clone().into_iter().find_map(text) {
        errors.span(text, "a dependency is named by its path, without quotes: `depends(current_user)`");
        return Vec::new();
    }
    errors.ok(list.parse2(tokens)).unwrap_or_default()
}

/// The span of a text that stands where a name should.
fn text(token: TokenTree) -> Option<Span> {
    match token {
        TokenTree::Literal(literal) => Some(literal.span()),
        _ => None,
    }
}

fn list(input: ParseStream<'_>) -> syn::Result<Vec<Depends>> {
    let mut all: Vec<Depends> = Vec::new();
    while !input.is_empty() {
        item(input, &mut all)?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(all)
}

/// One item: a dependency, or what is said of the one before.
fn item(input: ParseStream<'_>, all: &mut Vec<Depends>) -> syn::Result<()> {
    let last = all.last_mut();
    if let Some(last) = last {
        if input.peek(Ident) && input.peek2(token::Paren) {
            let word: Ident = input.parse()?;
            let inside;
            parenthesized!(inside in input);
            if word != "scopes" {
                return Err(not_called(&word));
            }
            last.scopes.extend(scopes(&word, &inside)?);
            return Ok(());
        }
        if input.peek(Ident) && input.peek2(Token![=]) {
            let word: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let value: TokenStream = input.parse()?;
            return Err(match word.to_string().as_str() {
                "use_cache" => {
                    syn::Error::new(word.span(), "to ask a dependency anew, write `fresh` after its name")
                }
                "scopes" => {
                    let texts = value.to_string();
                    let texts = texts.trim_matches(|bracket| "[]() ".contains(bracket));
                    syn::Error::new(word.span(), format!("write `scopes({texts})`"))
                }
                other => syn::Error::new(
                    word.span(),
                    format!("unknown word `{other}`; after a dependency stand `scopes(\"..\")` and `fresh`"),
                ),
            });
        }
        let fork = input.fork();
        if fork.parse::<Ident>().is_ok_and(|word| word == "fresh")
            && (fork.is_empty() || fork.peek(Token![,]))
        {
            input.parse::<Ident>()?;
            last.fresh = true;
            return Ok(());
        }
    }
    let dependency = Path::parse(input)?;
    if input.peek(token::Paren) {
        let called = &dependency.segments[dependency.segments.len() - 1].ident;
        return Err(match called == "scopes" {
            true => syn::Error::new(called.span(), "scopes stand after the dependency that takes them"),
            false => not_called(called),
        });
    }
    all.push(Depends { dependency, scopes: Vec::new(), fresh: false });
    Ok(())
}

fn scopes(word: &Ident, inside: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let scopes = Punctuated::<LitStr, Token![,]>::parse_terminated(inside)
        .map_err(|_| syn::Error::new(word.span(), "scopes are texts: `scopes(\"me\", \"items\")`"))?;
    match scopes.is_empty() {
        true => Err(syn::Error::new(word.span(), "no scope is named; write `scopes(\"items\")`, or nothing")),
        false => Ok(scopes.into_iter().collect()),
    }
}

fn not_called(ident: &Ident) -> syn::Error {
    syn::Error::new(ident.span(), format!("a dependency is named, and not called: write `depends({ident})`"))
}
