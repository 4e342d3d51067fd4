//! The impls of `Fields` and `Object`, for models and for the inputs of a resource alike.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Generics, Ident};

/// A struct that is read field by field.
pub(super) struct Object<'a> {
    pub(super) ident: &'a Ident,
    /// With every type parameter bound to `Wire`.
    pub(super) generics: &'a Generics,
    /// The struct that keeps its fields while they come in; none, where it can do that itself, since all of them may be
    /// absent.
    pub(super) draft: Option<Ident>,
    /// What is said of it: an `ObjectMeta`.
    pub(super) meta: TokenStream,
    pub(super) slots: Vec<Slot>,
    /// Fields that are not on the wire, with their values.
    pub(super) skipped: Vec<(&'a Ident, TokenStream)>,
}

/// A field of it.
pub(super) struct Slot {
    pub(super) ident: Ident,
    /// The type that crosses the wire; of a field that may be absent what it is where it is not.
    pub(super) wire: TokenStream,
    /// The open slot, where there is a draft.
    pub(super) open: TokenStream,
    pub(super) shown: Shown,
    /// The field's value, from the draft, where there is one.
    pub(super) finished: TokenStream,
}

/// What a visitor is shown.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) ident: Ident,
    /// The type that is known.
    pub(super) ty: TokenStream,
    pub(super) how: How,
}

/// As what a visitor is shown it.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// A value of the wire.
    Value,
    /// A field of `Patched`, which may be absent, of a value of the wire.
    Patched,
    /// A value that serde writes.
    Opaque,
}

impl Shown {
    fn at(&self, index: usize) -> TokenStream {
        let (index, Shown { ident, ty, how }) = (Literal::usize_unsuffixed(index), self);
        let show = match how {
            How::Value => quote!(show),
            How::Patched => quote!(patched),
            How::Opaque => quote!(opaque),
        };
        quote!(<__crewed::Known<#ty>>::#show(&self.#ident, #index, visitor)?;)
    }
}

/// `impl Fields`: what is said of a struct, and what it shows at which position.
pub(super) fn fields(
    ident: &Ident,
    generics: &Generics,
    meta: &TokenStream,
    shown: impl Iterator<Item = (usize, Shown)>,
) -> TokenStream {
    let (params, arguments, bounds) = generics.split_for_impl();
    let shown: Vec<_> = shown.map(|(index, shown)| shown.at(index)).collect();
    // A struct that shows nothing does not look at its visitor.
    let visitor = if shown.is_empty() { quote!(_) } else { quote!(visitor) };
    quote! {
        #[automatically_derived]
        impl #params __crewed::Fields for #ident #arguments #bounds {
            const META: &'static __crewed::ObjectMeta = &#meta;
            fn each<__V: __crewed::FieldVisitor>(&self, #visitor: &mut __V) -> __crewed::Result<(), __V::Error> {
                #(#shown)*
                __crewed::Ok(())
            }
        }
    }
}

impl Object<'_> {
    /// `Fields`, `Object`, the draft, and what `wire_object!` adds.
    pub(super) fn expand(&self) -> TokenStream {
        let Object { ident, generics, draft, meta, slots, skipped } = self;
        let shown = slots.iter().map(|slot| slot.shown.clone()).enumerate();
        let fields = fields(ident, generics, meta, shown);
        let (params, arguments, bounds) = generics.split_for_impl();
        let turbofish = arguments.as_turbofish();
        let names: Vec<_> = slots.iter().map(|slot| &slot.ident).collect();
        let types = slots.iter().map(|slot| &slot.wire);
        let finished = slots.iter().map(|slot| &slot.finished);
        let visit = if draft.is_some() { quote!(visit) } else { quote!(visit_patched) };
        let visits = slots.iter().map(|slot| {
            let (name, ty) = (&slot.ident, &slot.wire);
            quote!(<__crewed::Known<#ty>>::#visit(&mut draft.#name, visitor))
        });
        let open = slots.iter().map(|slot| &slot.open);
        let indices = (0..slots.len()).map(Literal::usize_unsuffixed);
        let values = skipped.iter().map(|(_, value)| value);
        let skipped = skipped.iter().map(|(ident, _)| ident);
        let parameters: Vec<_> = generics.type_params().map(|p| &p.ident).collect();
        // Every parameter must be used, which a field that is skipped may have done.
        let (phantom, no_phantom) = match parameters.is_empty() {
            true => (TokenStream::new(), TokenStream::new()),
            false => (
                quote!(__crewed: __crewed::PhantomData<fn() -> (#(#parameters,)*)>,),
                quote!(__crewed: __crewed::PhantomData,),
            ),
        };
        let bare: TokenStream = {
            let listed = &generics.params;
            quote!([#listed] #ident #arguments #bounds)
        };
        // A default is made where the draft is finished, by a function of any name.
        let slot_draft = if slots.is_empty() { quote!(_) } else { quote!(draft) };
        let finish_draft =
            if slots.is_empty() && draft.is_some() { quote!(_) } else { quote!(__crewed_draft) };
        let found = if slots.is_empty() {
            quote!(visitor.none())
        } else {
            quote! {
                match index {
                    #(#indices => #visits,)*
                    _ => visitor.none(),
                }
            }
        };
        let index = if slots.is_empty() { quote!(_) } else { quote!(index) };
        let (draft, definition, begin, finished) = match draft {
            None => (
                quote!(Self),
                TokenStream::new(),
                quote!(<Self as __crewed::Default>::default()),
                quote!(#finish_draft),
            ),
            Some(draft) => (
                quote!(#draft #arguments),
                quote! {
                    pub struct #draft #params #bounds {
                        #(#names: __crewed::Option<#types>,)*
                        #phantom
                    }
                },
                quote!(#draft #turbofish { #(#names: #open,)* #no_phantom }),
                quote! {
                    #ident {
                        #(#names: #finished,)*
                        #(#skipped: #values,)*
                    }
                },
            ),
        };
        quote! {
            #fields
            #definition
            #[automatically_derived]
            impl #params __crewed::Object for #ident #arguments #bounds {
                type Draft = #draft;
                fn draft() -> Self::Draft {
                    #begin
                }
                fn slot<__V: __crewed::SlotVisitor>(
                    #slot_draft: &mut Self::Draft,
                    #index: __crewed::usize,
                    visitor: __V,
                ) -> __V::Out {
                    #found
                }
                fn finish(#finish_draft: Self::Draft) -> __crewed::Option<Self> {
                    __crewed::Some(#finished)
                }
            }
            __crewed::wire_object!(#bare);
        }
    }
}

/// The generics without defaults, every type bound to `Wire`.
pub(super) fn bound_to_wire(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.eq_token = None;
        parameter.default = None;
        parameter.bounds.push(syn::parse_quote!(__crewed::Wire));
    }
    generics
}
