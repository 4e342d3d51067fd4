//! Expands `#[get]` and its like into the declaration of the function and the code that calls it.
//!
//! Only here are the types of the arguments known to the compiler, so this code cannot be part of the library. It is
//! kept short, and consists of calls into `__private`.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Path, Type, Visibility};

use super::arguments::{
    DependencyUse, Input, Of, called, described_inputs, guards, inputs, items, one_meaning, taken, uses,
    values, variable,
};
use super::{located, rate_limit, scope};
use crate::model::{Function, Inside, Response, Returned};

pub(crate) fn function(function: &Function) -> TokenStream {
    let ident = &function.ident;
    let generics = Generics::default();
    let inputs: Vec<Input<'_>> = inputs(ident, &function.arguments, &generics, Of::Function);
    let uses = uses(&function.depends, &function.arguments, Of::Function);
    let (items, meta) = (items(&inputs, &uses), meta(function, &inputs, &uses));
    let call = call(function, &inputs, &uses);
    let content = quote! {
        #items
        #[automatically_derived]
        impl __crewed::Function for #ident {
            const META: &'static __crewed::FunctionMeta = &#meta;
            #[allow(unused_mut)]
            fn call<'__r>(mut __crewed_call: __crewed::Call<'__r, '_>) -> __crewed::Answering<'__r> {
                __crewed::Box::pin(__crewed::answered(async move {
                    #call
                }))
            }
        }
    };
    let (handle, scope) = (handle(&function.krate, &public(), ident), scope(&function.krate, &content));
    quote!(#handle #scope)
}

/// The stand-in for a function whose declaration has mistakes.
pub(crate) fn failed_function(function: &Function) -> TokenStream {
    let ident = &function.ident;
    let content = quote!(__crewed::stub_function!(#ident););
    let (handle, scope) = (handle(&function.krate, &public(), ident), scope(&function.krate, &content));
    quote!(#handle #scope)
}

/// The visibility of an operation's type. It must be visible in other modules, even if the function itself is private.
fn public() -> Visibility {
    syn::parse_quote!(pub)
}

/// The type with the name of the function, which `operations![..]` and `depends(..)` use.
pub(super) fn handle(krate: &Path, vis: &Visibility, ident: &Ident) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, unreachable_pub)]
        #vis struct #ident {}
        #[allow(dead_code, unreachable_pub)]
        impl #ident {
            #[doc(hidden)]
            pub fn into_route<R: #krate::__private::RocketRoute>(self) -> R {
                R::none()
            }
        }
    }
}

fn meta(function: &Function, inputs: &[Input<'_>], uses: &[DependencyUse]) -> TokenStream {
    let (_, method) = function.method.names();
    let method = format_ident!("{method}");
    let (path, name) = (&function.path, &function.name);
    let mut meta = quote!(__crewed::FunctionMeta::new(__crewed::Method::#method, #path, #name));
    let (summary, doc, tags) = (&function.summary, &function.doc, &function.tags);
    if let Some(id) = &function.id {
        meta.extend(quote!(.id(#id)));
    }
    if !summary.is_empty() {
        meta.extend(quote!(.summary(#summary)));
    }
    if !doc.is_empty() {
        meta.extend(quote!(.doc(#doc)));
    }
    if !tags.is_empty() {
        meta.extend(quote!(.tags(&[#(#tags),*])));
    }
    if function.status != 200 {
        let status = Literal::u16_unsuffixed(function.status);
        meta.extend(quote!(.status(#status)));
    }
    if function.deprecated {
        meta.extend(quote!(.deprecated()));
    }
    if function.hidden {
        meta.extend(quote!(.hidden()));
    }
    if function.blocking.is_some() {
        meta.extend(quote!(.blocking()));
    }
    meta.extend(function.rate_limit.as_ref().map(rate_limit));
    meta.extend(described_inputs(&function.arguments, inputs, uses));
    let answers = function.returns.iter().flat_map(returned).chain(function.responses.iter().map(response));
    let answers = answers.chain(function.error.as_ref().map(error_answer));
    let answers: Vec<_> = answers.collect();
    if !answers.is_empty() {
        meta.extend(quote!(.answers(&[#(#answers),*])));
    }
    meta
}

pub(super) fn returned(part: &Returned) -> Vec<TokenStream> {
    match part {
        Returned::Responder(ty, _) => {
            let constants = ["JSON", "RESPONDER", "ERRORS"].map(|of| Ident::new(of, Span::call_site()));
            constants.into_iter().map(|of| quote!(<__crewed::TypeProbe<#ty>>::#of)).collect()
        }
        Returned::Media(media_type) => vec![quote!(__crewed::Answer::Media(#media_type))],
        Returned::NotFound => vec![quote!(__crewed::Answer::NotFound)],
        Returned::Or => vec![quote!(__crewed::Answer::Or)],
        Returned::Error(ty) => {
            vec![
                quote!(<__crewed::TypeProbe<#ty>>::ERRORS),
                quote!(<__crewed::TypeProbe<#ty>>::RESPONDER.failing()),
            ]
        }
    }
}

/// The answer to an error of this type.
pub(super) fn error_answer(error: &Type) -> TokenStream {
    quote! {
        __crewed::error::<#error>(
            <__crewed::TypeProbe<#error>>::IS_RESPONSE,
            <__crewed::TypeProbe<#error>>::IS_HTTP_ERROR,
        )
    }
}

pub(super) fn response(response: &Response) -> TokenStream {
    let (status, description) = (Literal::u16_unsuffixed(response.status), &response.description);
    let model = match &response.model {
        Some(ty) => quote!(__crewed::Some(<#ty as __crewed::Wire>::shape)),
        None => quote!(__crewed::None),
    };
    quote!(__crewed::Answer::Declared(#status, #description, #model))
}

/// The code that runs the guards, then parses every input, and calls the function if there are no issues.
fn call(function: &Function, inputs: &[Input<'_>], uses: &[DependencyUse]) -> TokenStream {
    let ident = &function.ident;
    let (one_meaning, guards, taken) = (
        one_meaning(&function.arguments, Of::Function),
        guards(&function.arguments, Of::Function),
        taken(inputs),
    );
    let examine = (!inputs.is_empty()).then(|| {
        quote!(let mut __crewed_inputs = __crewed_call.examine(<#ident as __crewed::Function>::META.inputs).await?;)
    });
    // The inputs may be valid where those of a dependency are not.
    let refused = (!inputs.is_empty()).then(|| {
        quote! {
            if __crewed_inputs.are_refused() {
                return __crewed::Err(__crewed_call.refuse(__crewed_inputs));
            }
        }
    });
    let variables: Vec<Ident> = (0..function.arguments.len()).map(variable).collect();
    let unwrapped = (!variables.is_empty()).then(|| {
        let values = values(&function.arguments, uses, Of::Function);
        let refuse = match inputs.is_empty() {
            // Without inputs the values of all guards exist at this point.
            true => quote!(return __crewed::Err(__crewed_call.lost())),
            false => quote!(return __crewed::Err(__crewed_call.refuse(__crewed_inputs))),
        };
        quote! {
            let (#(__crewed::Some(#variables),)*) = (#(#values,)*) else { #refuse };
        }
    });
    let mut called = called(ident, function.is_async, &function.arguments);
    let place = function.blocking.map(|_| {
        called = quote!(__crewed_place.run(|| #called));
        quote!(let __crewed_place = __crewed_call.place().await?;)
    });
    let (parts, answered) = answered(function, &called);
    quote! {
        #parts
        #one_meaning
        #guards
        #examine
        #taken
        #refused
        #unwrapped
        #place
        #answered
    }
}

/// The lines that require each part of the returned type to be an answer, and the answer of the whole.
fn answered(function: &Function, called: &TokenStream) -> (TokenStream, TokenStream) {
    let ident = &function.ident;
    let meta = quote!(<#ident as __crewed::Function>::META);
    // With this span, the compiler points at a type that is no answer.
    let answer = Ident::new("answer", function.returns_span.map_or_else(Span::call_site, located));
    // The error of a `Result` is answered by a handler of the API, or by what its type says.
    let called = match &function.error {
        Some(error) => {
            let span = located(error.span());
            let routed = quote_spanned!(span=> __crewed::Failed::new(error).routed(&__crewed_call, #meta));
            quote!(#called.map_err(|error| #routed)?)
        }
        None => called.clone(),
    };
    if function.returns_hidden || function.returns.is_empty() {
        let answered = quote! {
            let __crewed_value = #called;
            __crewed::Ok(__crewed_call.#answer(#meta, __crewed_value))
        };
        return (TokenStream::new(), answered);
    }
    let (mut questions, mut all) = (TokenStream::new(), quote!(()));
    // A model by itself is an answer, and one in an `Option` or an `Either` is not.
    let alone = function.returns.iter().filter(|part| !matches!(part, Returned::Error(_))).count() == 1;
    let answers = if alone { "answers_alone" } else { "answers" };
    let is_own_error = |part: &Returned| matches!((part, &function.error), (Returned::Error(_), Some(_)));
    for part in function.returns.iter().filter(|part| !is_own_error(part)).rev() {
        let (ty, inside, question) = match part {
            Returned::Responder(ty, inside) => match &**inside {
                Inside::Nothing => (ty, ty, answers),
                Inside::Json(written) => (ty, written, answers),
                Inside::Answer(answer) => (ty, answer, "answers_with"),
            },
            Returned::Error(ty) => (ty, ty, "fails"),
            Returned::Media(_) | Returned::NotFound | Returned::Or => continue,
        };
        // With this span, the compiler points at the inner type.
        let span = located(inside.span());
        let question = Ident::new(question, span);
        questions.extend(quote_spanned!(span=> __crewed::ReturnedPart::<#ty, #inside>::new().#question();));
        all = quote!((#ty, #all));
    }
    let span = function.returns_span.map_or_else(Span::call_site, located);
    let value = quote_spanned!(span=> __crewed::Returned::<_, #all>::new(#called));
    let answered = quote! {
        let __crewed_value = #value;
        __crewed::Ok(__crewed_value.#answer(&__crewed_call, #meta))
    };
    (questions, answered)
}
