//! Expands `#[caller]` into the declaration of how the caller is found, and of what they have.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::arguments::named;
use super::{located, scope};
use crate::model::Caller;

pub(crate) fn caller(caller: &Caller) -> TokenStream {
    let ident = &caller.ident;
    let found = match &caller.depends {
        Some(depends) => named(
            &depends.dependency,
            |name| quote_spanned!(located(name.span())=> __crewed::giving::<#ident, #name>()),
        ),
        None => quote_spanned!(located(ident.span())=> __crewed::guarding::<#ident>()),
    };
    declared(caller, &found)
}

/// The stand-in for a caller whose declaration has mistakes, so that its uses are no errors.
pub(crate) fn failed_caller(caller: &Caller) -> TokenStream {
    match caller.is_generic {
        true => TokenStream::new(),
        false => declared(caller, &quote!(__crewed::Described::NOTHING)),
    }
}

fn declared(caller: &Caller, found: &TokenStream) -> TokenStream {
    let ident = &caller.ident;
    let name = ident.to_string();
    let id = caller.id.as_ref().map(|id| {
        let (member, ty) = (&id.member, &id.ty);
        quote! {
            #[automatically_derived]
            impl __crewed::CallerId for #ident {
                type Id = #ty;
                fn id(&self) -> &Self::Id {
                    &self.#member
                }
            }
        }
    });
    let logged = caller.id.as_ref().map(|_| {
        quote! {
            const LOGGED_ID: ::core::option::Option<__crewed::LoggedId> =
                ::core::option::Option::Some(__crewed::logged_id::<#ident>);
        }
    });
    let tenant = caller.tenant.as_ref().map(|tenant| {
        let (member, ty) = (&tenant.member, &tenant.ty);
        let all_tenants = caller.all_tenants.as_ref().map(|is_everywhere| {
            let span = located(is_everywhere.span());
            let bool = quote_spanned!(span=> ::core::primitive::bool);
            quote! {
                fn all_tenants(&self) -> #bool {
                    #is_everywhere
                }
            }
        });
        quote! {
            #[automatically_derived]
            impl __crewed::CallerTenant for #ident {
                type Tenant = #ty;
                fn tenant(&self) -> &Self::Tenant {
                    &self.#member
                }
                #all_tenants
            }
        }
    });
    let told = caller.id.as_ref().map(|id| {
        let (member, ty) = (&id.member, &id.ty);
        quote! {
            fn tell(&self, hasher: &mut dyn __crewed::Hasher) -> ::core::primitive::bool {
                <__crewed::TypeProbe<#ty>>::told(&self.#member, hasher)
            }
        }
    });
    let content = quote! {
        #[automatically_derived]
        impl __crewed::Caller for #ident {
            const META: &'static __crewed::CallerMeta = &__crewed::CallerMeta::new(#name, #found);
            #told
            #logged
        }
        #id
        #tenant
    };
    scope(&caller.krate, &content)
}
