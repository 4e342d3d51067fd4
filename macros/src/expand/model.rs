//! `#[model]` on a struct.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::field::{Place, examples};
use super::object::{Object, Slot, bound_to_wire};
use super::scope;
use crate::model::{Struct, Target};

pub(crate) fn model(model: &Struct) -> TokenStream {
    let generics = &bound_to_wire(&model.generics);
    let owner = &model.head.ident;
    let place = |(index, field)| Place { field, index, owner, generics };
    let (skipped, fields): (Vec<Place<'_>>, Vec<_>) =
        model.fields.iter().enumerate().map(place).partition(|place| place.field.skip.is_some());
    let open = |place: &Place<'_>| match (place.has_default(), place.open()) {
        (has_default, open) if has_default.is_empty() => open,
        (has_default, open) => quote!({ #has_default #open }),
    };
    let slots = fields.iter().map(|place| Slot {
        ident: place.field.ident.clone(),
        open: open(place),
        wire: place.wire(),
        visited: place.visited(),
        finished: place.finished(),
    });
    let value = |place: &Place<'_>| match place.default() {
        Some(default) => quote!((#default)()),
        None => quote!(__crewed::Default::default()),
    };
    let object = Object {
        ident: owner,
        generics,
        draft: Some(format_ident!("__CrewedDraft")),
        meta: meta(model, fields.iter().map(|place| place.meta(Target::Nowhere)).collect()),
        slots: slots.collect(),
        skipped: skipped.iter().map(|place| (&place.field.ident, value(place))).collect(),
    };
    let defaults: TokenStream = fields.iter().chain(&skipped).map(Place::default_item).collect();
    let object = object.expand();
    scope(&model.head.krate, &quote!(#defaults #object))
}

/// The `ObjectMeta` of a struct with these fields.
pub(super) fn meta(model: &Struct, fields: Vec<TokenStream>) -> TokenStream {
    let (name, doc) = (&model.head.name, &model.head.doc);
    let mut meta = quote!(__crewed::ObjectMeta::of::<Self>(#name, #doc, &[#(#fields),*]));
    let parameters: Vec<_> = model.generics.type_params().map(|p| &p.ident).collect();
    if !parameters.is_empty() {
        meta.extend(quote!(.parameters(&[#(<#parameters as __crewed::Wire>::shape),*])));
    }
    if let Some(title) = &model.title {
        meta.extend(quote!(.title(#title)));
    }
    meta.extend(examples(&model.examples));
    if model.deny_unknown.is_some() {
        meta.extend(quote!(.deny_unknown()));
    }
    meta
}
