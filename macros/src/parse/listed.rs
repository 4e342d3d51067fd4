//! Parses one function in `operations![..]`, after the path of crewed: `[$crate] users::read_me`.

use std::path::PathBuf;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};

use crate::model::Listed;

impl Parse for Listed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        syn::bracketed!(krate in input);
        let krate = krate.parse()?;
        let function = flat(input.parse()?);
        let tokens: Vec<TokenTree> = function.clone().into_iter().collect();
        if let Some(other) = tokens.iter().find(|token| matches!(token, TokenTree::Group(_))) {
            return Err(syn::Error::new(other.span(), "a function is listed by its name, and not called"));
        }
        let span = tokens.last().map_or_else(Span::call_site, TokenTree::span);
        let like_a_crate = match &tokens[..] {
            [TokenTree::Ident(name)] => may_be_a_crate(&name.unraw().to_string()),
            _ => false,
        };
        Ok(Listed { krate, function, span, like_a_crate })
    }
}

/// Whether a crate with this name may be visible at the call of the macro: one that comes with the compiler, or one
/// that the manifest mentions.
fn may_be_a_crate(name: &str) -> bool {
    const ALWAYS: &[&str] = &["std", "core", "alloc", "proc_macro", "test"];
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let manifest = folder.and_then(|folder| std::fs::read_to_string(folder.join("Cargo.toml")).ok());
    manifest.is_none_or(|manifest| {
        let mut words = manifest.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
        ALWAYS.contains(&name) || words.any(|word| word.replace('-', "_") == name)
    })
}

/// The tokens without the invisible groups of `macro_rules!`, which a `use` cannot have.
fn flat(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::None => {
                flat(group.stream())
            }
            other => other.into(),
        })
        .collect()
}
