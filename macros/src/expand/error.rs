//! `#[derive(HttpError)]`: into an answer, and what is said of the answers.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{Fields, Ident};

use super::scope;
use crate::model::{ErrorAnswer, ErrorEnum, ErrorVariant};

pub(crate) fn error_enum(item: &ErrorEnum) -> TokenStream {
    let ident = &item.ident;
    let arms = item.variants.iter().map(|variant| arm(ident, variant));
    let list = item.variants.iter().filter_map(listed);
    let content = quote! {
        #[automatically_derived]
        impl __crewed::From<#ident> for __crewed::HttpError {
            fn from(error: #ident) -> Self {
                match error { #(#arms)* }
            }
        }
        #[automatically_derived]
        impl __crewed::HttpErrors for #ident {
            const ERRORS: &'static [__crewed::ErrorList] = &[#(#list),*];
        }
        __crewed::respond_with_error!(#ident);
    };
    scope(&item.krate, &content)
}

fn arm(owner: &Ident, variant: &ErrorVariant) -> TokenStream {
    let (pattern, bound) = pattern(variant);
    let value = match &variant.answer {
        ErrorAnswer::Transparent | ErrorAnswer::Unsaid => quote!(__crewed::From::from(inner)),
        ErrorAnswer::Is { status, detail } => {
            let status = Literal::u16_unsuffixed(*status);
            match detail {
                None => quote!(__crewed::HttpError::status(#status)),
                Some(detail) if !detail.value().contains(['{', '}']) => {
                    quote!(__crewed::HttpError::new(#status, #detail))
                }
                // Fields without names are the positions of the text.
                Some(detail) => quote! {
                    __crewed::HttpError::status(#status).detail(__crewed::format!(#detail, #(#bound),*))
                },
            }
        }
    };
    quote!(#owner::#pattern => #value,)
}

/// The pattern of a variant, and the names of the fields that have none of their own.
fn pattern(variant: &ErrorVariant) -> (TokenStream, Vec<Ident>) {
    let ident = &variant.ident;
    let used = |name: &str| match &variant.answer {
        ErrorAnswer::Is { detail: Some(detail), .. } => {
            let text = detail.value();
            text.contains(&format!("{{{name}}}")) || text.contains(&format!("{{{name}:"))
        }
        _ => false,
    };
    match &variant.fields {
        Fields::Unit => (quote!(#ident), Vec::new()),
        Fields::Named(fields) => {
            let names = fields.named.iter().filter_map(|field| field.ident.as_ref());
            let names: Vec<_> = names.filter(|name| used(&name.to_string())).collect();
            (quote!(#ident { #(#names,)* .. }), Vec::new())
        }
        Fields::Unnamed(_) if !matches!(variant.answer, ErrorAnswer::Is { .. }) => {
            (quote!(#ident(inner)), Vec::new())
        }
        Fields::Unnamed(fields) => {
            let last = (0..fields.unnamed.len()).rev().find(|index| used(&index.to_string()));
            let names: Vec<_> =
                (0..last.map_or(0, |last| last + 1)).map(|i| format_ident!("field_{i}")).collect();
            (quote!(#ident(#(#names,)* ..)), names)
        }
    }
}

/// What is said of a variant's answer.
fn listed(variant: &ErrorVariant) -> Option<TokenStream> {
    match (&variant.answer, &variant.fields) {
        (ErrorAnswer::Is { status, detail }, _) => {
            let (status, doc) = (Literal::u16_unsuffixed(*status), &variant.doc);
            let detail = detail.as_ref().map_or_else(String::new, syn::LitStr::value);
            Some(quote!(__crewed::ErrorList::One(__crewed::ErrorMeta::new(#status, #detail, #doc))))
        }
        (ErrorAnswer::Transparent, Fields::Unnamed(fields)) => {
            let ty = fields.unnamed.first().map(|field| &field.ty)?;
            Some(quote!(__crewed::ErrorList::Of(<#ty as __crewed::HttpErrors>::ERRORS)))
        }
        _ => None,
    }
}
