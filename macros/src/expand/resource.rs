//! Expands `#[resource]` into the declaration of the struct, its columns, and the inputs of its operations.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Generics, Type};

use super::access::access;
use super::arguments::dropped;
use super::field::{Place, codec};
use super::handles::handles;
use super::inputs::{Input, inputs, replace_alias};
use super::object::fields;
use super::{located, model, rate_limit, scope};
use crate::model::{
    Export, Field, Filter, Inputs, Kind, Operation, Resource, arguments, segment, unique_with,
};

pub(crate) fn resource(resource: &Resource) -> TokenStream {
    let object = &resource.object;
    let (krate, ident) = (&object.head.krate, &object.head.ident);
    let generics = &Generics::default();
    let places: Vec<Place<'_>> = object
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| Place { field, index, owner: ident, generics })
        .collect();
    let meta = model::meta(object, places.iter().map(|place| place.meta(resource.inputs.stored())).collect());
    let visited = places.iter().filter(|place| place.field.roles.write_only.is_none());
    let fields = fields(ident, generics, &meta, visited.map(|place| (place.index, place.visited())));
    let defaults: TokenStream = places.iter().map(Place::default_item).collect();
    let declaration = declaration(resource, &places);
    let handles = handles(resource);
    let inputs = inputs(resource, &places);
    let structs = inputs.iter().map(|input| input.definition(resource));
    let impls = inputs.iter().map(Input::expand);
    let described = (!inputs.is_empty()).then(
        || quote!(const __CREWED_FIELDS: &[__crewed::FieldMeta] = <#ident as __crewed::Fields>::META.fields;),
    );
    let content = quote! {
        #defaults
        #fields
        __crewed::serialize_object!([] #ident);
        #declaration
        #handles
        #described
        #(#impls)*
    };
    let scope = scope(krate, &content);
    let alias = replace_alias(resource);
    quote!(#(#structs)* #alias #scope)
}

/// `impl Resource`.
fn declaration(resource: &Resource, places: &[Place<'_>]) -> TokenStream {
    let ident = &resource.object.head.ident;
    let (path, table, tag) = (&resource.path, &resource.table, &resource.tag);
    let columns = places.iter().map(|place| column(place, &resource.object.fields));
    let taken = places.iter().map(Place::taken);
    let assertions = places.iter().map(assertions);
    let key = Literal::usize_unsuffixed(resource.key());
    let key_type = &resource.object.fields[resource.key()].ty;
    let tag = (tag != table).then(|| quote!(.tag(#tag)));
    let narrowed = match (&resource.operations, resource.inputs) {
        (Some(list), _) => Some(list.as_slice()),
        (None, Inputs::Json) => None,
        (None, _) => Some(Operation::OF_ONE),
    };
    let operations = narrowed.map(|list| {
        let list = list.iter().map(|operation| operation_name(*operation));
        quote!(.operations(&[#(__crewed::Operation::#list),*]))
    });
    let missing = resource.missing.as_ref().map(|missing| {
        let (status, detail) = (Literal::u16_unsuffixed(missing.status), &missing.detail);
        quote!(.missing(#status, #detail))
    });
    let inputs = match resource.inputs {
        Inputs::Json => TokenStream::new(),
        Inputs::Path => quote!(.inputs(__crewed::InputStyle::Path)),
        Inputs::Query => quote!(.inputs(__crewed::InputStyle::Query)),
    };
    let create_replaces = resource.create_replaces.map(|_| quote!(.create_replaces()));
    let replies = resource.replies_status.map(|_| quote!(.replies_status()));
    let listing = listing(resource);
    let indexes = indexes(resource);
    let depends = depends(resource);
    let access = access(resource);
    let (rules, caller, kind) = (&access.items, &access.caller, &access.kind);
    let access = resource.access.as_ref().map(|_| quote!(.access(&__CREWED_ACCESS)));
    let rate_limit = resource.rate_limit.as_ref().map(rate_limit);
    let [create, replace, patch] = ["Create", "Replace", "Patch"].map(|name| Input::ident(resource, name));
    quote! {
        #rules
        #[automatically_derived]
        impl __crewed::Resource for #ident {
            const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
                #path,
                #table,
                <#ident as __crewed::Fields>::META,
                &[#(#columns),*],
                #key,
            )
            #tag #operations #missing #inputs #create_replaces #replies #indexes #depends #access #rate_limit #listing;
            type Key = #key_type;
            type Create = #create;
            type Replace = #replace;
            type Patch = #patch;
            type Caller = #caller;
            type Access = __crewed::#kind;
            fn of_row(row: &dyn __crewed::Row) -> __crewed::Result<Self, __crewed::DecodeError> {
                #(#assertions)*
                __crewed::Ok(#ident { #(#taken),* })
            }
        }
    }
}

fn operation_name(operation: Operation) -> TokenStream {
    match operation {
        Operation::List => quote!(List),
        Operation::Read => quote!(Read),
        Operation::Create => quote!(Create),
        Operation::Replace => quote!(Replace),
        Operation::Patch => quote!(Patch),
        Operation::Delete => quote!(Delete),
    }
}

/// Lines that require traits which the constant of a column cannot require: serde's for a foreign type, those of a
/// generated key, and `Default`.
fn assertions(place: &Place<'_>) -> TokenStream {
    let (ty, inner, span) = (&place.field.ty, &place.field.info.inner, place.span());
    let opaque = place.field.opaque.map(|_| quote_spanned!(span=> <__crewed::Known<#inner>>::is_opaque();));
    let roles = &place.field.roles;
    let generated =
        roles.generated.map(|_| quote_spanned!(span=> __crewed::Known::<#ty>::new().generated();));
    let has_default = place.has_default();
    quote!(#opaque #generated #has_default)
}

fn column(place: &Place<'_>, fields: &[Field]) -> TokenStream {
    let (field, ty) = (place.field, &place.field.ty);
    let (name, roles) = (field.column(), &field.roles);
    let codec = codec(field, &place.wire());
    let mut column = quote!(__crewed::ColumnMeta::new(#name, #codec));
    let is_unique = unique_with(fields, place.index).is_some_and(|all| all.len() == 1);
    let calls = [
        (roles.generated, quote!(.role(<__crewed::Known<#ty>>::ROLE))),
        (roles.key.filter(|_| roles.generated.is_none()), quote!(.key())),
        (roles.created_at, quote!(.created_at())),
        (roles.updated_at, quote!(.updated_at())),
        (roles.unique.filter(|_| is_unique), quote!(.unique())),
        (roles.index, quote!(.index())),
    ];
    for (given, call) in calls {
        if given.is_some() {
            column.extend(call);
        }
    }
    if let Some(was) = &roles.was {
        column.extend(quote!(.was(#was)));
    }
    if let Some(filter) = &roles.filter {
        column.extend(filtered(filter));
        if let Some(item) = item(field) {
            column.extend(quote!(.items_of::<#item>()));
        }
    }
    if roles.sort.is_some() {
        column.extend(quote!(.sort()));
    }
    if roles.search.is_some() {
        column.extend(quote!(.search()));
    }
    column
}

fn filtered(filter: &Filter) -> TokenStream {
    let Some(operators) = &filter.operators else { return quote!(.filter()) };
    let operators = operators.iter().map(|operator| {
        let name = match &*operator.to_string() {
            "eq" => "Eq",
            "ne" => "Ne",
            "gt" => "Gt",
            "gte" => "Gte",
            "lt" => "Lt",
            "lte" => "Lte",
            "in" => "In",
            "not_in" => "NotIn",
            "contains" => "Contains",
            "icontains" => "IContains",
            "startswith" => "StartsWith",
            "endswith" => "EndsWith",
            "isnull" => "IsNull",
            _ => "Has",
        };
        let name = Ident::new(name, Span::call_site());
        quote!(__crewed::Operator::#name)
    });
    quote!(.filter_by(&[#(#operators),*]))
}

/// The type of the items of a list.
fn item(field: &Field) -> Option<&Type> {
    match (&field.info.kind, segment(&field.info.inner)) {
        (Kind::List(_), Some(segment)) => arguments(segment).first().copied(),
        _ => None,
    }
}

/// What clients may ask of a list.
fn listing(resource: &Resource) -> TokenStream {
    let (listing, owner) = (&resource.listing, &resource.object.head.ident);
    let mut calls = TokenStream::new();
    if !listing.filters.is_empty() {
        let filters = listing.filters.iter().map(|filter| {
            let (name, function) = (filter.name.unraw().to_string(), &filter.function);
            let span = located(function.span());
            quote_spanned!(span=> __crewed::OwnFilter {
                name: #name,
                shape: || __crewed::own_shape::<#owner, _>(#function),
                condition: |json, collector| __crewed::own_condition::<#owner, _>(#function, json, collector),
            })
        });
        calls.extend(quote!(.filters(&[#(#filters),*])));
    }
    if listing.envelope.is_some() {
        calls.extend(quote!(.list_page()));
    }
    if listing.sparse.is_some() {
        calls.extend(quote!(.sparse()));
    }
    if let Some((formats, _)) = &listing.export {
        let formats = formats.iter().map(|format| match format {
            Export::JsonLines => quote!(__crewed::ExportFormat::JsonLines),
            Export::Csv => quote!(__crewed::ExportFormat::Csv),
        });
        calls.extend(quote!(.export(&[#(#formats),*])));
    }
    calls
}

/// The indexes over several columns: those of fields that are unique within each tenant, and then the declared ones.
fn indexes(resource: &Resource) -> TokenStream {
    let fields = &resource.object.fields;
    let within = (0..fields.len()).filter_map(|position| unique_with(fields, position));
    let within = within.filter(|all| all.len() > 1).map(|all| (all, true));
    let declared = resource.indexes.iter().map(|index| (index.positions(fields), index.unique));
    let indexes: Vec<TokenStream> = within
        .chain(declared)
        .map(|(positions, unique)| {
            let positions = positions.into_iter().map(Literal::usize_unsuffixed);
            let unique = unique.then(|| quote!(.unique()));
            quote!(__crewed::IndexMeta::new(&[#(#positions),*]) #unique)
        })
        .collect();
    if indexes.is_empty() {
        return TokenStream::new();
    }
    quote!(.indexes(&[#(#indexes),*]))
}

/// The dependencies that are asked before the operations.
fn depends(resource: &Resource) -> TokenStream {
    if resource.depends.is_empty() {
        return TokenStream::new();
    }
    let uses = resource.depends.iter().map(dropped);
    quote!(.dependencies(__crewed::Described::new(&__crewed::Dependencies(&[#(#uses),*]))))
}
