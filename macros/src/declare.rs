//! The stages of each macro: parse, check, close the collector of errors, expand.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{DeriveInput, Item};

use crate::diag::Errors;
use crate::model::{Listed, Method};
use crate::parse::DeclarationKind;
use crate::{check, expand, parse};

pub(crate) fn model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => {
            let model = parse::model(arguments, &item, &mut errors);
            check::model(&model, &mut errors);
            let kept = parse::cleaned_struct(&item, DeclarationKind::Model);
            finish(kept, errors, || expand::model(&model), || expand::failed_model(&model))
        }
        Ok(Item::Enum(item)) => {
            let choice = parse::choice(arguments, &item, &mut errors);
            check::choice(&choice, &mut errors);
            let kept = parse::cleaned_enum(&item);
            finish(kept, errors, || expand::choice(&choice), || expand::failed_choice(&choice))
        }
        other => misplaced(item, other, "`#[model]` stands on a struct or an enum", errors),
    }
}

pub(crate) fn resource(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => {
            let resource = parse::resource(arguments, &item, &mut errors);
            check::resource(&resource, &mut errors);
            let kept = parse::cleaned_struct(&item, DeclarationKind::Resource);
            finish(kept, errors, || expand::resource(&resource), || expand::failed_resource(&resource))
        }
        Ok(Item::Enum(_)) => misplaced(
            item.clone(),
            syn::parse2(item),
            "`#[resource]` stands on a struct: its fields are the columns of a table; an enum is declared with \
             `#[model]` and can be a field",
            errors,
        ),
        other => misplaced(item, other, "`#[resource]` stands on a struct", errors),
    }
}

pub(crate) fn function(method: Method, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(item)) => {
            let function = parse::function(method, arguments, &item, &mut errors);
            check::function(&function, &mut errors);
            let kept = parse::cleaned_function(&item);
            if function.is_method {
                // Within an `impl` no other items can be added, so a method gets only its error.
                return finish(kept, errors, TokenStream::new, TokenStream::new);
            }
            finish(kept, errors, || expand::function(&function), || expand::failed_function(&function))
        }
        other => {
            let message = format!("`#[{}]` stands on a function", method.names().0);
            misplaced(item, other, &message, errors)
        }
    }
}

pub(crate) fn dependency(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(item)) => {
            let dependency = parse::dependency(arguments, &item, &mut errors);
            check::dependency(&dependency, &mut errors);
            let kept = parse::cleaned_function(&item);
            if dependency.is_method {
                return finish(kept, errors, TokenStream::new, TokenStream::new);
            }
            let failed = || expand::failed_dependency(&dependency);
            finish(kept, errors, || expand::dependency(&dependency), failed)
        }
        other => misplaced(item, other, "`#[depends]` stands on a function", errors),
    }
}

pub(crate) fn oauth2(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => {
            let declared = parse::oauth2(arguments, &item, &mut errors);
            let expanded = expand::oauth2(&declared);
            // With mistakes it is the same, so that its uses are no errors.
            finish(TokenStream::new(), errors, || expanded.clone(), || expanded.clone())
        }
        other => misplaced(item, other, "`#[oauth2]` stands on a struct without fields", errors),
    }
}

pub(crate) fn caller(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => {
            let caller = parse::caller(arguments, &item, &mut errors);
            let kept = parse::cleaned_caller(&item);
            finish(kept, errors, || expand::caller(&caller), || expand::failed_caller(&caller))
        }
        other => misplaced(item, other, "`#[caller]` stands on a struct, which tells who asks", errors),
    }
}

/// One function of `operations![..]`.
pub(crate) fn operation(tokens: TokenStream) -> TokenStream {
    match syn::parse2::<Listed>(tokens) {
        Ok(listed) => expand::operation(&listed),
        Err(error) => error.to_compile_error(),
    }
}

pub(crate) fn http_error(item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let item = match syn::parse2::<DeriveInput>(item) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let declared = parse::error_enum(&item, &mut errors);
    // The output of a derive does not include the item itself.
    let nothing = TokenStream::new();
    finish(nothing, errors, || expand::error_enum(&declared), || expand::failed_error_enum(&declared))
}

pub(crate) fn launch(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let (krate, has_logger) = parse::launch(arguments, &mut errors);
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(function)) => {
            check::launch(&function, &mut errors);
            match errors.finish() {
                Ok(()) => expand::launch(&krate, has_logger, &function),
                Err(error) => {
                    let error = error.to_compile_error();
                    // Without a `main` the compiler would report a second error.
                    quote!(#error fn main() {})
                }
            }
        }
        other => misplaced(item, other, "`#[launch]` stands on a function that returns a Rocket", errors),
    }
}

/// The item as the user wrote it, followed either by its code or by its errors and stand-in implementations.
fn finish(
    item: TokenStream,
    errors: Errors,
    expand: impl FnOnce() -> TokenStream,
    fallback: impl FnOnce() -> TokenStream,
) -> TokenStream {
    let rest = match errors.finish() {
        Ok(()) => expand(),
        Err(error) => {
            let error = error.to_compile_error();
            let fallback = fallback();
            quote!(#error #fallback)
        }
    };
    quote!(#item #rest)
}

/// The error for an attribute on an item that it does not apply to.
fn misplaced(tokens: TokenStream, item: syn::Result<Item>, message: &str, mut errors: Errors) -> TokenStream {
    match item {
        Ok(item) => errors.at(first_line(&item), message),
        Err(error) => errors.push(error),
    }
    let error = errors.finish().err().map(|error| error.to_compile_error());
    quote!(#tokens #error)
}

/// The tokens of an item to underline: its keyword or its name, and not the whole body.
fn first_line(item: &Item) -> TokenStream {
    match item {
        Item::Struct(item) => item.struct_token.to_token_stream(),
        Item::Enum(item) => item.enum_token.to_token_stream(),
        Item::Union(item) => item.union_token.to_token_stream(),
        Item::Trait(item) => item.trait_token.to_token_stream(),
        Item::Fn(item) => item.sig.fn_token.to_token_stream(),
        Item::Impl(item) => item.impl_token.to_token_stream(),
        Item::Mod(item) => item.mod_token.to_token_stream(),
        Item::Type(item) => item.type_token.to_token_stream(),
        other => other.to_token_stream(),
    }
}
