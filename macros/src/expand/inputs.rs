//! The structs that clients send: `HeroCreate`, `HeroReplace`, `HeroPatch`.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Generics, Ident};

use super::field::{Place, is_merged, known};
use super::object::{self, Object, Shown, Slot};
use crate::diag::an;
use crate::model::Resource;

/// One of them.
pub(super) struct Input<'a> {
    ident: Ident,
    /// Its name in the document.
    name: String,
    doc: String,
    suffix: &'static str,
    members: Vec<Member<'a>>,
    ignored: Vec<&'a str>,
}

/// A field of it.
struct Member<'a> {
    place: Place<'a>,
    how: How,
}

/// How a member says what happens to its column.
#[derive(Clone, Copy)]
enum How {
    /// It is the new value.
    Set,
    /// Absent, null or the new value.
    Patch,
    /// Absent, null or what is merged into the stored value.
    Merge,
}

/// All three, whatever is served: code of the user's own may write what no route does.
pub(super) fn inputs<'a>(resource: &'a Resource, places: &[Place<'a>]) -> Vec<Input<'a>> {
    let key = resource.key();
    let set = |place: &Place<'a>| place.field.settable().then_some(How::Set);
    let replace = |place: &Place<'a>| match place.index == key {
        true => Some(How::Patch),
        false => set(place),
    };
    let patch = |place: &Place<'a>| match place.field.settable() || place.index == key {
        true if is_merged(place.field) => Some(How::Merge),
        true => Some(How::Patch),
        false => None,
    };
    type Choose<'c, 'a> = &'c dyn Fn(&Place<'a>) -> Option<How>;
    let all: [(&str, &str, Choose<'_, 'a>); 3] =
        [("Create", "create", &set), ("Replace", "replace", &replace), ("Patch", "change", &patch)];
    let input = |(suffix, verb, choose): (&'static str, &str, Choose<'_, 'a>)| {
        let head = &resource.object.head;
        let ident = Input::ident(resource, suffix);
        let members = places.iter().filter_map(|place| Some(Member { place: *place, how: choose(place)? }));
        let ignored = places.iter().filter(|place| choose(place).is_none());
        Input {
            ident,
            name: format!("{}{suffix}", head.name),
            doc: format!("What a client sends to {verb} {}.", an(&head.name)),
            suffix,
            members: members.collect(),
            ignored: ignored.map(|place| place.field.wire.as_str()).collect(),
        }
    };
    all.into_iter().map(input).collect()
}

impl Input<'_> {
    /// Its name: `HeroCreate`.
    pub(super) fn ident(resource: &Resource, suffix: &str) -> Ident {
        let ident = &resource.object.head.ident;
        format_ident!("{ident}{suffix}", span = ident.span())
    }

    /// The struct, for users to name: outside of the scope where `__crewed` is known.
    pub(super) fn definition(&self, resource: &Resource) -> TokenStream {
        let head = &resource.object.head;
        let (krate, vis, ident, derives) = (&head.krate, &head.vis, &self.ident, &resource.derives);
        let doc = format!(" {}", self.doc);
        let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
        let fields = self.members.iter().map(|member| {
            let field = member.place.field;
            let (vis, ident, docs) = (&field.vis, &field.ident, &field.docs);
            let ty = match member.how {
                How::Set => {
                    let ty = &field.ty;
                    quote!(#ty)
                }
                _ => member.wire(&quote!(#krate::__private)),
            };
            let docs = match docs[..] {
                [] => {
                    let doc = format!(" The `{}` of {}.", ident.unraw(), an(&head.ident.to_string()));
                    quote!(#[doc = #doc])
                }
                _ => quote!(#(#docs)*),
            };
            quote!(#docs #vis #ident: #ty)
        });
        quote! {
            #[doc = #doc]
            #derives
            #vis struct #ident { #(#fields),* }
        }
    }

    /// Its impls.
    pub(super) fn expand(&self) -> TokenStream {
        let Input { ident, name, doc, suffix, members, ignored } = self;
        let fields = members.iter().map(Member::meta);
        let constant = format_ident!("__CREWED_{}", suffix.to_ascii_uppercase());
        let ignore = (!ignored.is_empty()).then(|| quote!(.ignore(&[#(#ignored),*])));
        let object = Object {
            ident,
            generics: &Generics::default(),
            draft: format_ident!("__CrewedDraft{suffix}"),
            meta: quote!(__crewed::ObjectMeta::input::<Self>(#name, #doc, #constant) #ignore),
            slots: members.iter().map(Member::slot).collect(),
            skipped: Vec::new(),
        }
        .expand();
        // A patch of nothing, to begin with.
        let absent = (*suffix == "Patch").then(|| {
            let fields = members.iter().map(|member| &member.place.field.ident);
            quote! {
                #[automatically_derived]
                impl __crewed::Default for #ident {
                    fn default() -> Self {
                        #ident { #(#fields: __crewed::Patched::Absent),* }
                    }
                }
            }
        });
        let changes = members.iter().map(Member::change);
        let argument = if members.is_empty() { quote!(_) } else { quote!(changes) };
        // A constant of its own: an element of a slice cannot be promoted.
        quote! {
            const #constant: &[__crewed::FieldMeta] = &[#(#fields),*];
            #object
            #absent
            #[automatically_derived]
            impl __crewed::Input for #ident {
                const META: &'static __crewed::ObjectMeta = <Self as __crewed::Fields>::META;
                fn changes(self, #argument: &mut __crewed::Changes) {
                    #(#changes)*
                }
            }
        }
    }
}

impl Member<'_> {
    /// The type that crosses the wire, with crewed's names under this path.
    fn wire(&self, private: &TokenStream) -> TokenStream {
        match self.how {
            How::Set => self.place.wire(),
            How::Patch | How::Merge => {
                let within = self.within_patched(private);
                quote!(#private::Patched<#within>)
            }
        }
    }

    /// What may be absent.
    fn within_patched(&self, private: &TokenStream) -> TokenStream {
        let inner = self.inner(private);
        match self.how {
            How::Merge => quote!(#private::Merge<#inner>),
            How::Set | How::Patch => inner,
        }
    }

    /// The same without `Option` and `Patched`.
    fn inner(&self, private: &TokenStream) -> TokenStream {
        let field = self.place.field;
        let inner = &field.info.inner;
        match field.opaque {
            Some(_) => quote!(#private::Opaque<#inner>),
            None => quote!(#inner),
        }
    }

    fn meta(&self) -> TokenStream {
        let index = Literal::usize_unsuffixed(self.place.index);
        match self.how {
            How::Set => quote!(__CREWED_FIELDS[#index]),
            How::Patch | How::Merge => {
                let (wire, nullable) = (self.wire(&quote!(__crewed)), self.place.field.info.option);
                quote!(__CREWED_FIELDS[#index].patched(<__crewed::Known<#wire>>::SHAPE, #nullable))
            }
        }
    }

    fn slot(&self) -> Slot {
        let ident = self.place.field.ident.clone();
        // Of the types of the fields it is told where the columns are.
        let (wire, open) = (self.wire(&quote!(__crewed)), quote!(__crewed::None));
        match self.how {
            How::Set => {
                Slot { ident, wire, open, shown: self.place.shown(), finished: self.place.finished() }
            }
            How::Patch | How::Merge => {
                let ty = self.within_patched(&quote!(__crewed));
                let shown = Shown { ident: ident.clone(), ty, how: object::How::Patched };
                let finished = quote!(__crewed::patched(__crewed_draft.#ident));
                Slot { ident, wire, open, shown, finished }
            }
        }
    }

    fn change(&self) -> TokenStream {
        let (index, ident) = (Literal::usize_unsuffixed(self.place.index), &self.place.field.ident);
        match self.how {
            How::Set => {
                let value = self.place.to_wire(quote!(self.#ident));
                let codec = known(self.place.field, &self.place.wire());
                quote!(changes.set(#index, &#value, #codec);)
            }
            How::Patch => {
                let codec = known(self.place.field, &self.inner(&quote!(__crewed)));
                quote!(changes.patch(#index, self.#ident, #codec);)
            }
            How::Merge => {
                let inner = self.inner(&quote!(__crewed));
                quote!(<__crewed::Known<#inner>>::merge(changes, #index, self.#ident);)
            }
        }
    }
}
