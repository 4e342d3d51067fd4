//! Stand-in implementations for a declaration with mistakes, so that the compiler reports only these mistakes, and not
//! each use of the type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{GenericParam, Generics, Ident, Path};

use super::access::kind;
use super::handles::handles;
use super::object::bound_to_wire;
use super::scope;
use crate::model::{Enum, ErrorEnum, Resource, Struct};

/// The traits of a model.
pub(crate) fn failed_model(model: &Struct) -> TokenStream {
    stubbed(&model.head.krate, &model.head.ident, &model.generics)
}

/// The traits of an enum, including those of its column.
pub(crate) fn failed_choice(choice: &Enum) -> TokenStream {
    let ident = &choice.head.ident;
    let content = quote! {
        #[automatically_derived]
        impl __crewed::UnitEnum for #ident {
            const META: &'static __crewed::UnitEnumMeta = &__crewed::UnitEnumMeta::new("", "", &[]);
            fn index(&self) -> __crewed::usize {
                0
            }
            fn from_index(_: __crewed::usize) -> __crewed::Option<Self> {
                __crewed::None
            }
        }
        __crewed::wire_choice!(#ident);
    };
    scope(&choice.head.krate, &content)
}

/// The traits of an error enum.
pub(crate) fn failed_error_enum(item: &ErrorEnum) -> TokenStream {
    let ident = &item.ident;
    if item.generic {
        return TokenStream::new();
    }
    let content = quote! {
        impl __crewed::HttpErrors for #ident {
            const ERRORS: &'static [__crewed::ErrorList] = &[];
            fn http_error(self) -> __crewed::HttpError {
                __crewed::HttpError::status(500)
            }
        }
        __crewed::respond_with_error!(#ident);
    };
    scope(&item.krate, &content)
}

/// The traits of a resource, and its input structs.
pub(crate) fn failed_resource(resource: &Resource) -> TokenStream {
    let head = &resource.object.head;
    if !resource.object.generics.params.is_empty() {
        return TokenStream::new();
    }
    let (vis, ident) = (&head.vis, &head.ident);
    let inputs = ["Create", "Replace", "Patch"].map(|suffix| format_ident!("{ident}{suffix}"));
    let stubs = inputs.iter().map(|input| stubbed(&head.krate, input, &Generics::default()));
    let [create, replace, patch] = &inputs;
    let key = &resource.object.fields.iter().find(|field| field.roles.key.is_some());
    let key = match key.filter(|key| key.info.kind.is_key() && !key.info.option && !key.info.boxed) {
        Some(key) => {
            let ty = &key.ty;
            quote!(#ty)
        }
        None => quote!(i64),
    };
    let handles = handles(resource);
    let (caller, kind) = kind(resource);
    let declaration = scope(
        &head.krate,
        &quote! {
            __crewed::stub_resource!(#ident, #key, #create, #replace, #patch, #caller, #kind);
            #handles
        },
    );
    quote! {
        #(#[doc(hidden)] #[allow(dead_code)] #vis struct #inputs {})*
        #(#stubs)*
        #declaration
    }
}

fn stubbed(krate: &Path, ident: &Ident, generics: &Generics) -> TokenStream {
    if generics.params.iter().any(|parameter| !matches!(parameter, GenericParam::Type(_))) {
        return TokenStream::new();
    }
    let generics = bound_to_wire(generics);
    let (_, arguments, bounds) = generics.split_for_impl();
    let listed = &generics.params;
    scope(krate, &quote!(__crewed::stub_object!([#listed] #ident #arguments #bounds);))
}
