//! Expands checked declarations into code. This stage cannot fail. The generated code has no logic of its own: it
//! consists of declarations as data, conversions between structs, and calls into `__private`.

mod access;
mod arguments;
mod caller;
mod choice;
mod constraints;
mod dependency;
mod error;
mod fallback;
mod field;
mod function;
mod handles;
mod inputs;
mod launch;
mod listed;
mod model;
mod oauth2;
mod object;
mod resource;

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::Path;

pub(crate) use self::caller::{caller, failed_caller};
pub(crate) use self::choice::choice;
pub(crate) use self::dependency::{dependency, failed_dependency};
pub(crate) use self::error::error_enum;
pub(crate) use self::fallback::{failed_choice, failed_error_enum, failed_model, failed_resource};
pub(crate) use self::function::{failed_function, function};
pub(crate) use self::launch::launch;
pub(crate) use self::listed::operation;
pub(crate) use self::model::model;
pub(crate) use self::oauth2::oauth2;
pub(crate) use self::resource::resource;

use crate::model::Rate;

/// The location of a span, which lints do not treat as code of the user's.
fn located(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// How many requests each client may send, in the declaration of what they are sent to.
fn rate_limit(rate: &Rate) -> TokenStream {
    let (requests, seconds) = (Literal::u32_unsuffixed(rate.requests), Literal::u32_unsuffixed(rate.seconds));
    quote!(.rate_limit(__crewed::Rate::new(#requests, #seconds)))
}

/// A scope in which `__crewed` is crewed, whatever names the user's scope has.
fn scope(krate: &Path, content: &TokenStream) -> TokenStream {
    quote! {
        #[allow(deprecated, unreachable_pub, unused_qualifications)]
        const _: () = {
            use #krate::__private as __crewed;
            #[allow(unused_imports)]
            use __crewed::asked::*;
            #content
        };
    }
}
