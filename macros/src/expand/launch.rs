//! Expands `#[launch]` into the unchanged function and a `main` that launches its rocket.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemFn, Path, ReturnType, Type, parse_quote};

/// The function was checked: it is not called `main`, has no arguments, and has a return type.
pub(crate) fn launch(krate: &Path, has_logger: bool, function: &ItemFn) -> TokenStream {
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
    let logger = has_logger.then(|| quote!(.with_own_logger()));
    quote! {
        #function
        fn main() {
            use #krate::__private as __crewed;
            // As cargo tells whoever compiles it.
            const PROGRAM: __crewed::Launched = __crewed::Launched::new(
                ::core::option_env!("CARGO_PKG_NAME"),
                ::core::option_env!("CARGO_PKG_VERSION"),
            )#logger;
            __crewed::launch(PROGRAM, async move { #call })
        }
    }
}
