//! Expands the arguments of a function under `#[get]` and its like, or under `#[depends]`: how each gets its value.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Generics, Type};

use super::field::Place as Member;
use super::located;
use crate::diag::display;
use crate::model::{Argument, Depends, KeyPlace, Place, Target};

/// What a function is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Function,
    Dependency,
}

impl Of {
    /// The marker of a probe.
    fn marker(self) -> TokenStream {
        match self {
            Of::Function => quote!(__crewed::OfFunction),
            Of::Dependency => quote!(__crewed::OfDependency),
        }
    }

    /// A mutable reference to the call, of which a dependency has one already.
    fn call(self) -> TokenStream {
        match self {
            Of::Function => quote!(&mut __crewed_call),
            Of::Dependency => quote!(&mut *__crewed_call),
        }
    }
}

/// An argument that is not known to be a guard, and is not the value of a dependency.
pub(super) struct Input<'a> {
    argument: &'a Argument,
    /// Its position among the arguments.
    position: usize,
    member: Member<'a>,
    /// Its position among the inputs.
    index: Literal,
    of: Of,
}

pub(super) fn inputs<'a>(
    owner: &'a Ident,
    arguments: &'a [Argument],
    generics: &'a Generics,
    of: Of,
) -> Vec<Input<'a>> {
    let taken = arguments
        .iter()
        .enumerate()
        .filter(|(_, argument)| argument.place != Place::Guard && !argument.place.is_depended());
    let input = |(index, (position, argument)): (usize, (usize, &'a Argument))| Input {
        argument,
        position,
        member: Member { field: &argument.field, index, owner, generics },
        index: Literal::usize_unsuffixed(index),
        of,
    };
    taken.enumerate().map(input).collect()
}

/// The use of a dependency.
pub(super) struct DependencyUse {
    /// The position of the argument that takes the value; `None` if it is dropped.
    argument: Option<usize>,
    /// The description: an `Option<DependencyUse>`.
    tokens: TokenStream,
    /// The item that it needs.
    item: TokenStream,
}

/// The use of a dependency whose value is dropped.
pub(super) fn dropped(depends: &Depends) -> TokenStream {
    let used =
        named(&depends.dependency, |name| quote_spanned!(located(name.span())=> __crewed::used::<#name>()));
    let rest = depends.rest();
    quote!(#used #rest.dropped())
}

/// The dependencies of the attribute, and then those that arguments take the values of.
pub(super) fn uses(dropped_uses: &[Depends], arguments: &[Argument], of: Of) -> Vec<DependencyUse> {
    let attribute = dropped_uses.iter().map(|depends| {
        let used = dropped(depends);
        DependencyUse { argument: None, tokens: quote!(__crewed::Some(#used)), item: TokenStream::new() }
    });
    let taken = arguments.iter().enumerate().filter_map(|(position, argument)| {
        let ty = &argument.field.ty;
        let mut item = TokenStream::new();
        let tokens = match (argument.place, &argument.depends) {
            (Place::Depends, Some(depends)) => {
                let given = named(
                    &depends.dependency,
                    |name| quote_spanned!(located(name.span())=> __crewed::given::<#name, #ty>()),
                );
                let rest = depends.rest();
                quote!(__crewed::Some(#given #rest))
            }
            (Place::Key(place), _) => {
                let (name, kind) = (&argument.field.wire, key_kind(place));
                let constant = format_ident!("__CREWED_KEY_{position}");
                let doc = &argument.field.doc;
                item = quote! {
                    const #constant: &__crewed::DependencyMeta =
                        &__crewed::api_key::<#ty>(__crewed::SchemeKind::ApiKey(#kind, #name), #doc);
                };
                quote!(__crewed::Some(__crewed::DependencyUse::new(|| #constant)))
            }
            // A reference is never the value of a dependency.
            (Place::Unstated | Place::Guard, _) if !matches!(ty, Type::Reference(_)) => {
                let probe = probe_type(argument, of);
                quote!(<#probe>::DEPENDENCY)
            }
            _ => return None,
        };
        Some(DependencyUse { argument: Some(position), tokens, item })
    });
    attribute.chain(taken).collect()
}

fn key_kind(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::Header => "header",
        KeyPlace::Query => "query",
        KeyPlace::Cookie => "cookie",
    }
}

/// What is said of the type that stands for a dependency. A function without the attribute has no such type; then its
/// name among types is that of a glob import, which is no dependency, so that the compiler says just that. It is the
/// same for `operations![..]` (`listed`).
pub(super) fn named(path: &syn::Path, said: impl FnOnce(&Ident) -> TokenStream) -> TokenStream {
    let span = path.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span());
    let name = Ident::new("FunctionWithoutAttribute", located(span));
    let said = said(&name);
    quote! {
        {
            #[allow(unused_imports)]
            use __crewed::undeclared::*;
            #[allow(deprecated, unused_imports)]
            use #path as #name;
            #said
        }
    }
}

impl Depends {
    /// What is said of the use, beside the dependency.
    fn rest(&self) -> TokenStream {
        let scopes = &self.scopes;
        let scopes = (!scopes.is_empty()).then(|| quote!(.scopes(&[#(#scopes),*])));
        let fresh = self.fresh.then(|| quote!(.fresh()));
        quote!(#scopes #fresh)
    }
}

/// The items that the inputs need: their defaults and extractors.
pub(super) fn items(inputs: &[Input<'_>], uses: &[DependencyUse]) -> TokenStream {
    let defaults = inputs.iter().map(|input| input.member.default_item());
    let extractors = inputs.iter().map(Input::constant);
    let keys = uses.iter().map(|used| &used.item);
    quote!(#(#defaults)* #(#extractors)* #(#keys)*)
}

/// The description of the inputs, the guards and the dependencies.
pub(super) fn described_inputs(
    arguments: &[Argument],
    inputs: &[Input<'_>],
    uses: &[DependencyUse],
) -> TokenStream {
    let mut meta = TokenStream::new();
    if !inputs.is_empty() {
        let inputs = inputs.iter().map(Input::meta);
        meta.extend(quote!(.inputs(&[#(#inputs),*])));
    }
    let probed = arguments.iter().filter(|a| matches!(a.place, Place::Guard | Place::Unstated));
    let guards: Vec<_> = probed.map(|argument| &argument.field.ty).collect();
    if !guards.is_empty() {
        let names = guards.iter().map(display);
        meta.extend(quote!(.guards(&[#(__crewed::guard!(#guards, #names)),*])));
    }
    if !uses.is_empty() {
        let uses = uses.iter().map(|used| &used.tokens);
        meta.extend(quote!(.dependencies(&[#(#uses),*])));
    }
    meta
}

/// The lines that refuse types which could be a body and something else.
pub(super) fn one_meaning(arguments: &[Argument], of: Of) -> TokenStream {
    let bodies = arguments.iter().filter(|a| matches!(a.place, Place::Body { .. }) && !a.explicit);
    let lines = bodies.map(|argument| {
        let probe = probe(argument, of);
        quote_spanned!(located(argument.span())=> let _ = #probe.no_guard().no_form();)
    });
    lines.collect()
}

/// The code that asks the guards.
pub(super) fn guards(arguments: &[Argument], of: Of) -> TokenStream {
    let all = arguments.iter().enumerate();
    let mut guards: Vec<_> = all.filter(|(_, argument)| argument.place.needs_probe()).collect();
    // A data guard comes last, as it consumes the body, and another guard may still forward the request.
    guards.sort_by_key(|(_, argument)| matches!(argument.place, Place::Data | Place::DataGuard));
    let call = of.call();
    let lines = guards.into_iter().map(|(position, argument)| {
        let (variable, probe, span) = (variable(position), probe(argument, of), located(argument.span()));
        let before = match argument.place {
            Place::Guard => quote_spanned!(span=> #probe.before),
            Place::DataGuard => quote_spanned!(span=> #probe.before_data),
            Place::Data => quote_spanned!(span=> #probe.no_data_guard().no_form().before_data),
            _ => quote_spanned!(span=> #probe.no_guard().no_form().before),
        };
        quote! {
            let #variable = #before(#call)
                .await
                .map_err(|why| __crewed::GuardError(why).routed(#call))?;
        }
    });
    lines.collect()
}

/// The code that takes the inputs, in the order of FastAPI.
pub(super) fn taken(inputs: &[Input<'_>]) -> TokenStream {
    let mut ordered: Vec<&Input<'_>> = inputs.iter().collect();
    ordered.retain(|input| !input.argument.place.is_guard());
    ordered.sort_by_key(|input| input.argument.place.rank());
    let lines = ordered.iter().map(|input| {
        let variable = variable(input.position);
        let value = input.taken(&variable);
        quote!(let #variable = #value;)
    });
    lines.collect()
}

/// The values of all arguments, each an `Option`, once the inputs were taken.
pub(super) fn values(arguments: &[Argument], uses: &[DependencyUse], of: Of) -> Vec<TokenStream> {
    let call = of.call();
    let value = |(position, argument): (usize, &Argument)| {
        let variable = variable(position);
        let used = uses.iter().position(|used| used.argument == Some(position));
        match (used, argument.place.is_depended()) {
            (Some(used), true) => {
                let (used, ty) = (Literal::usize_unsuffixed(used), &argument.field.ty);
                quote!(__crewed_call.value::<#ty>(#used))
            }
            (Some(used), false) => {
                let (used, probe) = (Literal::usize_unsuffixed(used), probe(argument, of));
                quote!(#probe.given(#variable, #call, #used))
            }
            (None, _) => quote!(#variable),
        }
    };
    arguments.iter().enumerate().map(value).collect()
}

/// The call of the function, with the variables of its arguments.
pub(super) fn called(ident: &Ident, is_async: bool, arguments: &[Argument]) -> TokenStream {
    let values = arguments.iter().enumerate().map(|(position, argument)| {
        let variable = variable(position);
        match argument.json {
            true => quote!(__crewed::JsonBody(#variable)),
            false => quote!(#variable),
        }
    });
    match is_async {
        true => quote!(#ident(#(#values),*).await),
        false => quote!(#ident(#(#values),*)),
    }
}

/// The variable of the argument at this position.
pub(super) fn variable(position: usize) -> Ident {
    format_ident!("__crewed_{position}")
}

/// The probe that decides what an argument is, at the span of its type.
fn probe(argument: &Argument, of: Of) -> TokenStream {
    let (ty, marker): (&Type, _) = (&argument.field.ty, of.marker());
    match argument.place.is_guard() {
        true => quote_spanned!(located(argument.span())=> __crewed::Guarded::<#ty>::new()),
        false => quote_spanned!(located(argument.span())=> __crewed::ArgumentProbe::<#ty, #marker>::new()),
    }
}

/// The type of the same probe.
fn probe_type(argument: &Argument, of: Of) -> TokenStream {
    let (ty, marker) = (&argument.field.ty, of.marker());
    match argument.place.is_guard() {
        true => quote!(__crewed::Guarded<#ty>),
        false => quote!(__crewed::ArgumentProbe<#ty, #marker>),
    }
}

impl Input<'_> {
    fn taken(&self, made: &Ident) -> TokenStream {
        let (index, how) = (&self.index, self.how());
        match (self.argument.place, self.member.default()) {
            (Place::Data | Place::Unstated, _) => {
                let probe = probe(self.argument, self.of);
                let inputs = match self.of {
                    Of::Function => quote!(&mut __crewed_inputs),
                    Of::Dependency => quote!(&mut *__crewed_inputs),
                };
                quote!(#probe.after(#made, #inputs, #index))
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
        let shape = match self.argument.place {
            Place::Unstated | Place::Data | Place::Guard | Place::DataGuard => {
                let probe = probe_type(self.argument, self.of);
                quote!(<#probe>::SHAPE)
            }
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
            Place::PathByName => quote!(__crewed::Place::PathByName),
            Place::QueryByType => quote!(__crewed::Place::QueryByType),
            Place::ByName => quote!(__crewed::Place::ByName),
            Place::Unstated => {
                let probe = probe_type(self.argument, self.of);
                quote!(<#probe>::PLACE)
            }
            // The last two are no inputs.
            Place::Guard | Place::Depends | Place::Key(_) => quote!(__crewed::Place::Guard),
            Place::DataGuard => quote!(__crewed::Place::Data),
            Place::Data => {
                let probe = probe_type(self.argument, self.of);
                quote!(<#probe>::DATA)
            }
        };
        let field = self.member.meta_of(&shape, Target::Nowhere);
        quote!(__crewed::InputMeta::new(#place, #field))
    }
}
