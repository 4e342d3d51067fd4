//! Expands `#[get]` and its like into the declaration of the function and the code that calls it.
//!
//! Only here are the types of the arguments known to the compiler, so this code cannot be part of the library. It is
//! kept short, and consists of calls into `__private`.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Type};

use super::field::Place as Member;
use super::{located, scope};
use crate::diag::display;
use crate::model::{Argument, Function, Inside, Place, Response, Returned, Target};

pub(crate) fn function(function: &Function) -> TokenStream {
    let ident = &function.ident;
    let generics = Generics::default();
    let inputs: Vec<Input<'_>> = inputs(function, &generics);
    let defaults: TokenStream = inputs.iter().map(|input| input.member.default_item()).collect();
    let takes: TokenStream = inputs.iter().map(Input::constant).collect();
    let (meta, call) = (meta(function, &inputs), call(function, &inputs));
    let content = quote! {
        #defaults
        #takes
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
    let (handle, scope) = (handle(function), scope(&function.krate, &content));
    quote!(#handle #scope)
}

/// The stand-in for a function whose declaration has mistakes.
pub(crate) fn failed_function(function: &Function) -> TokenStream {
    let ident = &function.ident;
    let content = quote!(__crewed::stub_function!(#ident););
    let (handle, scope) = (handle(function), scope(&function.krate, &content));
    quote!(#handle #scope)
}

/// The type with the name of the function, which `operations![..]` uses. It must be visible in other modules, even if
/// the function itself is private.
fn handle(function: &Function) -> TokenStream {
    let (krate, ident) = (&function.krate, &function.ident);
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, unreachable_pub)]
        pub struct #ident {}
        #[allow(dead_code, unreachable_pub)]
        impl #ident {
            #[doc(hidden)]
            pub fn into_route<R: #krate::__private::RocketRoute>(self) -> R {
                R::none()
            }
        }
    }
}

/// An argument that is not known to be a guard.
struct Input<'a> {
    argument: &'a Argument,
    /// Its position among the arguments.
    position: usize,
    member: Member<'a>,
    /// Its position among the inputs.
    index: Literal,
}

fn inputs<'a>(function: &'a Function, generics: &'a Generics) -> Vec<Input<'a>> {
    let arguments = function.arguments.iter().enumerate();
    let taken = arguments.filter(|(_, argument)| argument.place != Place::Guard);
    let input = |(index, (position, argument)): (usize, (usize, &'a Argument))| Input {
        argument,
        position,
        member: Member { field: &argument.field, index, owner: &function.ident, generics },
        index: Literal::usize_unsuffixed(index),
    };
    taken.enumerate().map(input).collect()
}

fn meta(function: &Function, inputs: &[Input<'_>]) -> TokenStream {
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
    if !inputs.is_empty() {
        let inputs = inputs.iter().map(Input::meta);
        meta.extend(quote!(.inputs(&[#(#inputs),*])));
    }
    let probed = function.arguments.iter().filter(|a| matches!(a.place, Place::Guard | Place::Unstated));
    let guards: Vec<_> = probed.map(|argument| &argument.field.ty).collect();
    if !guards.is_empty() {
        let names = guards.iter().map(display);
        meta.extend(quote!(.guards(&[#(__crewed::guard!(#guards, #names)),*])));
    }
    let answers = function.returns.iter().flat_map(returned).chain(function.responses.iter().map(response));
    let answers: Vec<_> = answers.collect();
    if !answers.is_empty() {
        meta.extend(quote!(.answers(&[#(#answers),*])));
    }
    meta
}

fn returned(part: &Returned) -> Vec<TokenStream> {
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

fn response(response: &Response) -> TokenStream {
    let (status, description) = (Literal::u16_unsuffixed(response.status), &response.description);
    let model = match &response.model {
        Some(ty) => quote!(__crewed::Some(<#ty as __crewed::Wire>::shape)),
        None => quote!(__crewed::None),
    };
    quote!(__crewed::Answer::Declared(#status, #description, #model))
}

/// The code that runs the guards, then parses every input, and calls the function if there are no issues.
fn call(function: &Function, inputs: &[Input<'_>]) -> TokenStream {
    let ident = &function.ident;
    let arguments = function.arguments.iter().enumerate();
    let one_meaning =
        function.arguments.iter().filter(|a| matches!(a.place, Place::Body { .. }) && !a.explicit);
    let one_meaning = one_meaning.map(|argument| {
        let probe = probe(argument);
        quote_spanned!(located(argument.span())=> let _ = #probe.no_guard().no_form();)
    });
    let one_meaning: TokenStream = one_meaning.collect();
    let mut guards: Vec<_> = arguments.filter(|(_, argument)| argument.place.needs_probe()).collect();
    // A data guard comes last, as it consumes the body, and another guard may still forward the request.
    guards.sort_by_key(|(_, argument)| matches!(argument.place, Place::Data | Place::DataGuard));
    let guards = guards.into_iter().map(|(position, argument)| {
        let (variable, probe, span) = (variable(position), probe(argument), located(argument.span()));
        let before = match argument.place {
            Place::Guard => quote_spanned!(span=> #probe.before),
            Place::DataGuard => quote_spanned!(span=> #probe.before_data),
            Place::Data => quote_spanned!(span=> #probe.no_data_guard().no_form().before_data),
            _ => quote_spanned!(span=> #probe.no_guard().no_form().before),
        };
        quote! {
            let #variable = #before(&mut __crewed_call)
                .await
                .map_err(|why| __crewed::GuardError(why).routed(&mut __crewed_call))?;
        }
    });
    let mut ordered: Vec<&Input<'_>> = inputs.iter().collect();
    ordered.retain(|input| !input.argument.place.is_guard());
    ordered.sort_by_key(|input| input.argument.place.rank());
    let taken = ordered.iter().map(|input| {
        let variable = variable(input.position);
        let value = input.taken(&variable);
        quote!(let #variable = #value;)
    });
    let examine = (!inputs.is_empty()).then(|| {
        quote!(let mut __crewed_inputs = __crewed_call.examine(<#ident as __crewed::Function>::META.inputs).await?;)
    });
    let variables: Vec<Ident> = (0..function.arguments.len()).map(variable).collect();
    let unwrapped = (!variables.is_empty()).then(|| {
        let refuse = match inputs.is_empty() {
            // Without inputs the values of all guards exist at this point.
            true => quote!(return __crewed::Err(__crewed_call.lost())),
            false => quote!(return __crewed::Err(__crewed_call.refuse(__crewed_inputs))),
        };
        quote! {
            let (#(__crewed::Some(#variables),)*) = (#(#variables,)*) else { #refuse };
        }
    });
    let values = function.arguments.iter().zip(&variables).map(|(argument, variable)| match argument.json {
        true => quote!(__crewed::JsonBody(#variable)),
        false => quote!(#variable),
    });
    let called = match function.is_async {
        true => quote!(#ident(#(#values),*).await),
        false => quote!(#ident(#(#values),*)),
    };
    let (parts, answered) = answered(function, &called);
    quote! {
        #parts
        #one_meaning
        #(#guards)*
        #examine
        #(#taken)*
        #unwrapped
        #answered
    }
}

/// The lines that require each part of the returned type to be an answer, and the answer of the whole.
fn answered(function: &Function, called: &TokenStream) -> (TokenStream, TokenStream) {
    let ident = &function.ident;
    let meta = quote!(<#ident as __crewed::Function>::META);
    // With this span, the compiler points at a type that is no answer.
    let answer = Ident::new("answer", function.returns_span.map_or_else(Span::call_site, located));
    if function.returns_hidden || function.returns.is_empty() {
        let answered = quote! {
            let __crewed_value = #called;
            __crewed::Ok(__crewed_call.#answer(#meta, __crewed_value))
        };
        return (TokenStream::new(), answered);
    }
    let (mut questions, mut all) = (TokenStream::new(), quote!(()));
    for part in function.returns.iter().rev() {
        let (ty, inside, question) = match part {
            Returned::Responder(ty, inside) => match &**inside {
                Inside::Nothing => (ty, ty, "answers"),
                Inside::Json(written) => (ty, written, "answers"),
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

/// The variable of the argument at this position.
fn variable(position: usize) -> Ident {
    format_ident!("__crewed_{position}")
}

/// The probe that decides what an argument is, at the span of its type.
fn probe(argument: &Argument) -> TokenStream {
    let ty: &Type = &argument.field.ty;
    match argument.place.is_guard() {
        true => quote_spanned!(located(argument.span())=> __crewed::Guarded::<#ty>::new()),
        false => quote_spanned!(located(argument.span())=> __crewed::ArgumentProbe::<#ty>::new()),
    }
}

impl Input<'_> {
    fn taken(&self, made: &Ident) -> TokenStream {
        let (index, how) = (&self.index, self.how());
        match (self.argument.place, self.member.default()) {
            (Place::Data | Place::Unstated, _) => {
                let probe = probe(self.argument);
                quote!(#probe.after(#made, &mut __crewed_inputs, #index))
            }
            (Place::Form, None) => quote!(__crewed_inputs.take_form(#index, &#how)),
            (Place::Form, Some(default)) => {
                quote!(__crewed_inputs.take_form_or(#index, &#how, #default))
            }
            (_, None) => quote!(__crewed_inputs.take(#index, &#how)),
            (_, Some(default)) => quote!(__crewed_inputs.take_or(#index, &#how, #default)),
        }
    }

    /// The extractor of the type, if the place is known. This is the only line that requires its traits.
    fn constant(&self) -> TokenStream {
        let (ty, how) = (&self.argument.field.ty, self.how());
        let (kind, extractor) = match self.argument.place {
            Place::Data | Place::DataGuard | Place::Unstated => return TokenStream::new(),
            Place::Form => (quote!(FormExtractor), quote!(form_extractor)),
            _ => (quote!(Extractor), quote!(extractor)),
        };
        let made = quote_spanned!(located(self.argument.span())=> __crewed::#extractor::<#ty>());
        quote!(const #how: __crewed::#kind<#ty> = #made;)
    }

    fn how(&self) -> Ident {
        format_ident!("__CREWED_EXTRACTOR_{}", self.index.to_string())
    }

    fn meta(&self) -> TokenStream {
        let ty = &self.argument.field.ty;
        let shape = match self.argument.place {
            Place::Unstated | Place::Data => quote!(<__crewed::ArgumentProbe<#ty>>::SHAPE),
            Place::Guard | Place::DataGuard => quote!(<__crewed::Guarded<#ty>>::SHAPE),
            _ => {
                let how = self.how();
                quote!(#how.shape)
            }
        };
        let place = match self.argument.place {
            Place::Path(position) => {
                let position = Literal::usize_unsuffixed(position);
                quote!(__crewed::Place::Path(#position))
            }
            Place::Rest(position) => {
                let position = Literal::usize_unsuffixed(position);
                quote!(__crewed::Place::Rest(#position))
            }
            Place::Query => quote!(__crewed::Place::Query),
            Place::QueryModel => quote!(__crewed::Place::QueryModel),
            Place::Header => quote!(__crewed::Place::Header),
            Place::Cookie => quote!(__crewed::Place::Cookie),
            Place::Form => quote!(__crewed::Place::Form),
            Place::Body { embed } => quote!(__crewed::Place::Body { embed: #embed }),
            Place::Unstated => quote!(<__crewed::ArgumentProbe<#ty>>::PLACE),
            Place::Guard => quote!(__crewed::Place::Guard),
            Place::DataGuard => quote!(__crewed::Place::Data),
            Place::Data => quote!(<__crewed::ArgumentProbe<#ty>>::DATA),
        };
        let field = self.member.meta_of(&shape, Target::Nowhere);
        quote!(__crewed::InputMeta::new(#place, #field))
    }
}
