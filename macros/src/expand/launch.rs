//! Expands `#[launch]` into the unchanged function and a `main` that launches its rocket.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemFn, Path, ReturnType, Type, parse_quote};

/// The function was checked: it is not called `main`, has no arguments, and has a return type.
pub(crate) fn launch(krate: &Path, function: &ItemFn) -> TokenStream {
    let mut function = function.clone();
    if let ReturnType::Type(_, ty) = &mut function.sig.output
        && matches!(**ty, Type::Infer(_))
    {
        **ty = parse_quote!(#krate::rocket::Rocket<#krate::rocket::Build>);
    }
    let ident = &function.sig.ident;
    let call = match function.sig.asyncness {
        Some(_) => quote!(#ident().await),
        None => quote!(#ident()),
    };
    quote! {
        #function
        fn main() {
            use #krate::__private as __crewed;
            __crewed::launch(async move { #call })
        }
    }
}
