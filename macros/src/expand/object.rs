//! Expands the implementations of `Fields` and `Object`, for models and for the inputs of a resource.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Generics, Ident};

/// A struct that is parsed field by field.
pub(super) struct Object<'a> {
    pub(super) ident: &'a Ident,
    /// With every type parameter bound to `Wire`.
    pub(super) generics: &'a Generics,
    /// The name of the draft struct, or `None` if the struct is its own draft, since all of its fields may be absent.
    pub(super) draft: Option<Ident>,
    /// The declaration, an `ObjectMeta`.
    pub(super) meta: TokenStream,
    pub(super) slots: Vec<Slot>,
    /// The fields that are not in JSON, with their values.
    pub(super) skipped: Vec<(&'a Ident, TokenStream)>,
}

/// A field of the struct.
pub(super) struct Slot {
    pub(super) ident: Ident,
    /// The type that implements `Wire`; for a field that may be absent, the type inside `Patched`.
    pub(super) wire: TokenStream,
    /// The empty slot, if there is a draft.
    pub(super) open: TokenStream,
    pub(super) visited: VisitedField,
    /// The field's value from the draft, if there is one.
    pub(super) finished: TokenStream,
}

/// A field as a visitor visits it.
#[derive(Clone)]
pub(super) struct VisitedField {
    pub(super) ident: Ident,
    /// The type of its value.
    pub(super) ty: TokenStream,
    pub(super) method: VisitMethod,
}

/// The method of `Known` by which a field is visited.
#[derive(Clone, Copy)]
pub(super) enum VisitMethod {
    /// For a value that implements `Wire`.
    Value,
    /// For a `Patched` value, which may be absent.
    Patched,
    /// For a value that its own serde implementation serializes.
    Opaque,
}

impl VisitedField {
    fn at(&self, index: usize) -> TokenStream {
        let (index, VisitedField { ident, ty, method }) = (Literal::usize_unsuffixed(index), self);
        let show = match method {
            VisitMethod::Value => quote!(show),
            VisitMethod::Patched => quote!(patched),
            VisitMethod::Opaque => quote!(opaque),
        };
        quote!(<__crewed::Known<#ty>>::#show(&self.#ident, #index, visitor)?;)
    }
}

/// `impl Fields`: the declaration of a struct, and the visit of its fields.
pub(super) fn fields(
    ident: &Ident,
    generics: &Generics,
    meta: &TokenStream,
    visited: impl Iterator<Item = (usize, VisitedField)>,
) -> TokenStream {
    let (params, arguments, bounds) = generics.split_for_impl();
    let visited: Vec<_> = visited.map(|(index, visited)| visited.at(index)).collect();
    // A struct without fields to visit does not use the visitor.
    let visitor = if visited.is_empty() { quote!(_) } else { quote!(visitor) };
    quote! {
        #[automatically_derived]
        impl #params __crewed::Fields for #ident #arguments #bounds {
            const META: &'static __crewed::ObjectMeta = &#meta;
            fn each<__V: __crewed::FieldVisitor>(&self, #visitor: &mut __V) -> __crewed::Result<(), __V::Error> {
                #(#visited)*
                __crewed::Ok(())
            }
        }
    }
}

impl Object<'_> {
    /// `Fields`, `Object`, the draft, and what `wire_object!` adds.
    pub(super) fn expand(&self) -> TokenStream {
        let Object { ident, generics, draft, meta, slots, skipped } = self;
        let visited = slots.iter().map(|slot| slot.visited.clone()).enumerate();
        let fields = fields(ident, generics, meta, visited);
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
        // Every type parameter must be used in the draft, even if only a skipped field uses it in the struct.
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
        // The name `draft` is not bound if it is unused.
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
