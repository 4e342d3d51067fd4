//! Expands the typed fields of a resource, for predicates and sorts: `Hero::FIELDS`.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use crate::model::{Kind, Resource};

/// The constant, and the struct that is its type. They stand in the scope of a declaration that has mistakes, too, so
/// that these are all that the compiler reports.
pub(super) fn handles(resource: &Resource) -> TokenStream {
    let (ident, vis) = (&resource.object.head.ident, &resource.object.head.vis);
    let name = Ident::new(&format!("{}Fields", ident.unraw()), ident.span());
    let fields = &resource.object.fields;
    let names: Vec<&Ident> = fields.iter().map(|field| &field.ident).collect();
    let types = fields.iter().map(|field| match field.info.kind.leaf() {
        Kind::Never(_) => quote!(()),
        _ => {
            let ty = &field.ty;
            quote!(#ty)
        }
    });
    let positions = (0..fields.len()).map(Literal::usize_unsuffixed);
    let doc = format!("The fields of [`{}`], for predicates and sorts.", ident.unraw());
    quote! {
        #[doc = #doc]
        #[allow(dead_code, missing_docs, private_interfaces)]
        pub struct #name { #(pub #names: __crewed::Field<#ident, #types>),* }

        impl #ident {
            /// The fields, for predicates and sorts.
            #[allow(dead_code, private_interfaces)]
            #vis const FIELDS: #name = #name { #(#names: __crewed::Field::at(#positions)),* };
        }
    }
}
