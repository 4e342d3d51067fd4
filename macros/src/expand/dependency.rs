//! Expands `#[depends]` into the declaration of the dependency and the code that asks it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Generics;
use syn::spanned::Spanned;

use super::arguments::{
    Input, Of, called, described_inputs, guards, inputs, items, one_meaning, taken, uses, values, variable,
};
use super::function::{error_answer, handle, response, returned};
use super::{located, scope};
use crate::model::{Dependency, Returned};

pub(crate) fn dependency(dependency: &Dependency) -> TokenStream {
    let Dependency { ident, arguments, value, .. } = dependency;
    let generics = Generics::default();
    let inputs: Vec<Input<'_>> = inputs(ident, arguments, &generics, Of::Dependency);
    let uses = uses(&[], arguments, Of::Dependency);
    let (mut items, mut meta) = (items(&inputs, &uses), TokenStream::new());
    meta.extend(described_inputs(arguments, &inputs, &uses));
    let mut answers: Vec<TokenStream> = dependency.responses.iter().map(response).collect();
    if let Some(error) = &dependency.error {
        answers.extend(returned(&Returned::Error(error.clone())));
        answers.push(error_answer(error));
    }
    if !answers.is_empty() {
        meta.extend(quote!(.answers(&[#(#answers),*])));
    }
    if let Some(after) = &dependency.after {
        let finish =
            quote_spanned!(located(after.span())=> __crewed::finish::<#value, _>(#after, value, status));
        items.extend(
            quote!(const __CREWED_AFTER: __crewed::After = __crewed::After(|value, status| #finish);),
        );
        meta.extend(quote!(.after(__crewed::Described::new(&__CREWED_AFTER))));
    }
    let ask = ask(dependency, &inputs, &uses);
    let name = &dependency.name;
    let span = located(value.span());
    let gives = quote_spanned!(span=> type Value = #value;);
    let is_value = dependency
        .error
        .is_none()
        .then(|| quote_spanned!(span=> const _: () = <__crewed::TypeProbe<#value>>::IS_VALUE;));
    let content = quote! {
        #items
        #is_value
        #[automatically_derived]
        impl __crewed::Dependency for #ident {
            #gives
            const META: &'static __crewed::DependencyMeta = &__crewed::described::<Self>(#name)
                .cloned(<__crewed::TypeProbe<#value>>::CLONED)
                #meta;
            async fn ask<'__r>(
                __crewed_call: &mut __crewed::Call<'__r, '_>,
            ) -> __crewed::Result<__crewed::Option<Self::Value>, __crewed::Refused<'__r>> {
                #ask
            }
        }
    };
    let (handle, scope) =
        (handle(&dependency.krate, &dependency.vis, ident), scope(&dependency.krate, &content));
    quote!(#handle #scope)
}

/// The stand-in for a dependency whose declaration has mistakes.
pub(crate) fn failed_dependency(dependency: &Dependency) -> TokenStream {
    let Dependency { ident, value, .. } = dependency;
    let content = quote!(__crewed::stub_dependency!(#ident, #value););
    let (handle, scope) =
        (handle(&dependency.krate, &dependency.vis, ident), scope(&dependency.krate, &content));
    quote!(#handle #scope)
}

/// The code that runs the guards, takes the inputs, and calls the function if all of them are valid.
fn ask(
    dependency: &Dependency,
    inputs: &[Input<'_>],
    uses: &[super::arguments::DependencyUse],
) -> TokenStream {
    let Dependency { ident, arguments, .. } = dependency;
    let (one_meaning, guards) = (one_meaning(arguments, Of::Dependency), guards(arguments, Of::Dependency));
    let taken = (!inputs.is_empty()).then(|| {
        let taken = taken(inputs);
        quote! {
            let __crewed_inputs = __crewed_call.inputs().await?;
            #taken
        }
    });
    let variables: Vec<_> = (0..arguments.len()).map(variable).collect();
    let unwrapped = (!variables.is_empty()).then(|| {
        let values = values(arguments, uses, Of::Dependency);
        quote! {
            let (#(__crewed::Some(#variables),)*) = (#(#values,)*) else { return __crewed::Ok(__crewed::None) };
        }
    });
    let called = called(ident, dependency.is_async, arguments);
    let value = match &dependency.error {
        Some(error) => {
            let span = located(error.span());
            let routed =
                quote_spanned!(span=> __crewed::Failed::new(error).routed(__crewed_call, &__crewed::PLAIN));
            quote!(#called.map_err(|error| #routed)?)
        }
        None => called,
    };
    quote! {
        #one_meaning
        #guards
        #taken
        if !__crewed_call.may_call() {
            return __crewed::Ok(__crewed::None);
        }
        #unwrapped
        __crewed::Ok(__crewed::Some(#value))
    }
}
