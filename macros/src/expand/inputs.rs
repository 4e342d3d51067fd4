//! Expands the structs that clients send: `HeroCreate`, `HeroReplace` and `HeroPatch`.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Generics, Ident};

use super::field::{Place, is_merged, known};
use super::object::{self, Object, Slot, VisitedField};
use crate::diag::an;
use crate::model::Resource;

/// An input struct.
pub(super) struct Input<'a> {
    ident: Ident,
    /// Its name in the document.
    name: String,
    doc: String,
    suffix: &'static str,
    members: Vec<Member<'a>>,
    ignored: Vec<&'a str>,
    /// The key, if it is in the path and a body may repeat it.
    key: Option<&'a str>,
}

/// A field of an input struct.
struct Member<'a> {
    place: Place<'a>,
    change: ChangeKind,
}

/// How a member changes its column.
#[derive(Clone, Copy)]
enum ChangeKind {
    /// Its value is the new one.
    Set,
    /// It is absent, null or the new value.
    Patch,
    /// It is absent, null or a patch that is merged into the stored value.
    Merge,
}

/// All input structs, even of operations that are not served, since user code can execute those through a repository. A
/// replace has a struct of its own if a create has the key, too.
pub(super) fn inputs<'a>(resource: &'a Resource, places: &[Place<'a>]) -> Vec<Input<'a>> {
    let set = |place: &Place<'a>| place.field.settable().then_some(ChangeKind::Set);
    let patch = |place: &Place<'a>| match place.field.settable() {
        true if is_merged(place.field) => Some(ChangeKind::Merge),
        true => Some(ChangeKind::Patch),
        false => None,
    };
    type Choose<'c, 'a> = &'c dyn Fn(&Place<'a>) -> Option<ChangeKind>;
    let all: &[(&str, &str, Choose<'_, 'a>)] = match replace_is_create(resource) {
        true => &[("Create", "create or replace", &set), ("Patch", "change", &patch)],
        false => &[("Create", "create", &set), ("Replace", "replace", &set), ("Patch", "change", &patch)],
    };
    let input = |(suffix, verb, choose): &(&'static str, &str, Choose<'_, 'a>)| {
        let head = &resource.object.head;
        // The key of an existing row is in the path.
        let is_key = |place: &&Place<'a>| *suffix != "Create" && place.index == resource.key();
        let chosen = |place: &Place<'a>| if is_key(&place) { None } else { choose(place) };
        let members =
            places.iter().filter_map(|place| Some(Member { place: *place, change: chosen(place)? }));
        let ignored = places.iter().filter(|place| choose(place).is_none());
        let key = places.iter().find(|place| is_key(place) && place.field.settable());
        Input {
            ident: Input::ident(resource, suffix),
            name: format!("{}{suffix}", head.name),
            doc: format!("What a client sends to {verb} {}.", an(&head.name)),
            suffix,
            members: members.collect(),
            ignored: ignored.map(|place| place.field.wire.as_str()).collect(),
            key: key.map(|place| place.field.wire.as_str()),
        }
    };
    all.iter().map(input).collect()
}

/// Whether a replace has the same input as a create, which is so if clients do not choose the key.
fn replace_is_create(resource: &Resource) -> bool {
    !resource.object.fields[resource.key()].settable()
}

/// The type alias of a replace's input, if it has no struct of its own.
pub(super) fn replace_alias(resource: &Resource) -> TokenStream {
    if !replace_is_create(resource) {
        return TokenStream::new();
    }
    let head = &resource.object.head;
    let [create, replace] = ["Create", "Replace"].map(|suffix| Input::ident(resource, suffix));
    let (vis, of) = (&head.vis, an(&head.name));
    let doc = format!(" What a client sends to replace {of}: the same as to create one.");
    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #vis type #replace = #create;
    }
}

impl Input<'_> {
    /// Its name: `HeroCreate`.
    pub(super) fn ident(resource: &Resource, suffix: &str) -> Ident {
        let ident = &resource.object.head.ident;
        format_ident!("{ident}{suffix}", span = ident.span())
    }

    /// The struct. It is defined outside of the scope that has `__crewed`, so that users can name it.
    pub(super) fn definition(&self, resource: &Resource) -> TokenStream {
        let head = &resource.object.head;
        let (krate, vis, ident, derives) = (&head.krate, &head.vis, &self.ident, &resource.derives);
        let doc = format!(" {}", self.doc);
        let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
        let default = self.is_patch().then(|| quote!(#[derive(#krate::__private::Default)]));
        let fields = self.members.iter().map(|member| {
            let field = member.place.field;
            let (vis, ident, docs) = (&field.vis, &field.ident, &field.docs);
            let ty = match member.change {
                ChangeKind::Set => {
                    let ty = &field.ty;
                    quote!(#ty)
                }
                ChangeKind::Patch | ChangeKind::Merge => {
                    let private = quote!(#krate::__private);
                    let within = member.within_patched(&private);
                    quote!(#private::Patched<#within>)
                }
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
            #default
            #vis struct #ident { #(#fields),* }
        }
    }

    fn is_patch(&self) -> bool {
        self.suffix == "Patch"
    }

    /// The implementations.
    pub(super) fn expand(&self) -> TokenStream {
        let Input { ident, name, doc, suffix, members, ignored, key } = self;
        let fields = members.iter().map(Member::position);
        let choose = if self.is_patch() { quote!(patched_fields_at) } else { quote!(fields_at) };
        let constant = format_ident!("__CREWED_{}", suffix.to_ascii_uppercase());
        let ignore = (!ignored.is_empty()).then(|| quote!(.ignore(&[#(#ignored),*])));
        let key = key.map(|key| quote!(.key(#key)));
        let object = Object {
            ident,
            generics: &Generics::default(),
            // A patch needs no draft, as all of its fields may be absent.
            draft: (!self.is_patch()).then(|| format_ident!("__CrewedDraft{suffix}")),
            meta: quote!(__crewed::ObjectMeta::input::<Self>(#name, #doc, #constant) #ignore #key),
            slots: members.iter().map(Member::slot).collect(),
            skipped: Vec::new(),
        }
        .expand();
        let changes = members.iter().map(Member::change);
        let argument = if members.is_empty() { quote!(_) } else { quote!(changes) };
        // The fields need a constant of their own, as Rust does not promote an element of a slice.
        quote! {
            const #constant: &[__crewed::FieldMeta] = &__crewed::#choose(__CREWED_FIELDS, [#(#fields),*]);
            #object
            #[automatically_derived]
            impl __crewed::Input for #ident {
                fn changes(self, #argument: &mut __crewed::Changes) {
                    #(#changes)*
                }
            }
        }
    }
}

impl Member<'_> {
    /// The type inside `Patched`.
    fn within_patched(&self, private: &TokenStream) -> TokenStream {
        let inner = self.inner(private);
        match self.change {
            ChangeKind::Merge => quote!(#private::Merge<#inner>),
            ChangeKind::Set | ChangeKind::Patch => inner,
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

    /// Its position among the fields, for a patch with whether it is nullable.
    fn position(&self) -> TokenStream {
        let (index, nullable) = (Literal::usize_unsuffixed(self.place.index), self.place.field.info.option);
        match self.change {
            ChangeKind::Set => quote!(#index),
            ChangeKind::Patch | ChangeKind::Merge => quote!((#index, #nullable)),
        }
    }

    fn slot(&self) -> Slot {
        let ident = self.place.field.ident.clone();
        match self.change {
            ChangeKind::Set => Slot {
                ident,
                wire: self.place.wire(),
                // The columns already require the traits of the fields' types.
                open: quote!(__crewed::None),
                visited: self.place.visited(),
                finished: self.place.finished(),
            },
            ChangeKind::Patch | ChangeKind::Merge => {
                let ty = self.within_patched(&quote!(__crewed));
                let visited = VisitedField {
                    ident: ident.clone(),
                    ty: ty.clone(),
                    method: object::VisitMethod::Patched,
                };
                Slot { ident, wire: ty, open: TokenStream::new(), visited, finished: TokenStream::new() }
            }
        }
    }

    fn change(&self) -> TokenStream {
        let (index, ident) = (Literal::usize_unsuffixed(self.place.index), &self.place.field.ident);
        match self.change {
            ChangeKind::Set => {
                let value = self.place.to_wire(quote!(self.#ident));
                let codec = known(self.place.field, &self.place.wire());
                quote!(changes.set(#index, &#value, #codec);)
            }
            ChangeKind::Patch => {
                let codec = known(self.place.field, &self.inner(&quote!(__crewed)));
                quote!(changes.patch(#index, self.#ident, #codec);)
            }
            ChangeKind::Merge => {
                let inner = self.inner(&quote!(__crewed));
                quote!(<__crewed::Known<#inner>>::merge(changes, #index, self.#ident);)
            }
        }
    }
}
