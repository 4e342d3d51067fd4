//! The macros of crewed. Use them through the `crewed` crate, whose re-exports have their documentation.
//!
//! Each goes through the same four stages: `parse` reads the tokens into a `model`, `check` applies the rules across
//! attributes, and `expand` writes the code, which cannot fail any more.

#![allow(
    missing_docs,
    reason = "the macros are documented where `crewed` exports them, since they compile there"
)]

mod check;
mod declare;
mod diag;
mod expand;
mod model;
mod names;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::model(arguments.into(), item.into()).into()
}

#[proc_macro_attribute]
pub fn resource(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::resource(arguments.into(), item.into()).into()
}

macro_rules! operations {
    ($($attribute:ident: $method:ident;)*) => {$(
        #[proc_macro_attribute]
        pub fn $attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
            declare::function(model::Method::$method, arguments.into(), item.into()).into()
        }
    )*};
}

operations! {
    get: Get;
    post: Post;
    put: Put;
    patch: Patch;
    delete: Delete;
    head: Head;
    options: Options;
}

#[proc_macro_attribute]
pub fn depends(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::dependency(arguments.into(), item.into()).into()
}

#[proc_macro_attribute]
pub fn oauth2(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::oauth2(arguments.into(), item.into()).into()
}

#[proc_macro_attribute]
pub fn caller(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::caller(arguments.into(), item.into()).into()
}

#[proc_macro]
pub fn operation(tokens: TokenStream) -> TokenStream {
    declare::operation(tokens.into()).into()
}

#[proc_macro_derive(HttpError, attributes(answer))]
pub fn http_error(item: TokenStream) -> TokenStream {
    declare::http_error(item.into()).into()
}

#[proc_macro_attribute]
pub fn launch(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::launch(arguments.into(), item.into()).into()
}
