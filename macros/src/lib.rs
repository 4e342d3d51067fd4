//! The macros of crewed: parse, model, check, expand. Use them through the `crewed` crate, whose
//! re-exports carry their documentation.

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

/// Declares a struct or an enum that crosses the wire. See `crewed::model`.
#[proc_macro_attribute]
pub fn model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::model(arguments.into(), item.into()).into()
}

/// Declares a struct that is stored and served. See `crewed::resource`.
#[proc_macro_attribute]
pub fn resource(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::resource(arguments.into(), item.into()).into()
}

/// Makes a `main` that launches a Rocket. See `crewed::launch`.
#[proc_macro_attribute]
pub fn launch(arguments: TokenStream, item: TokenStream) -> TokenStream {
    declare::launch(arguments.into(), item.into()).into()
}
