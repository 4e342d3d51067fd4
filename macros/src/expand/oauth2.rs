//! Expands `#[oauth2]` into a struct that holds a token, and the description of its scheme.

use proc_macro2::TokenStream;
use quote::quote;

use super::scope;
use crate::model::OAuth2;

pub(crate) fn oauth2(declared: &OAuth2) -> TokenStream {
    let OAuth2 { krate, attributes, vis, ident, name, doc, token_url, .. } = declared;
    let derives = (!declared.derives_clone).then(|| quote!(#[derive(Clone)]));
    let scopes = declared.scopes.iter().map(|(name, doc)| quote!((#name, #doc)));
    let own = ident.to_string();
    let content = quote! {
        #[automatically_derived]
        impl __crewed::Credentials for #ident {
            const NAME: &'static __crewed::str = #own;
            const SCHEME: __crewed::SecurityScheme = __crewed::SecurityScheme::new(
                #name,
                #doc,
                __crewed::SchemeKind::Password { token_url: #token_url, scopes: &[#(#scopes),*] },
            );
            const TAKES_SCOPES: bool = true;
            fn sent(call: &__crewed::Call<'_, '_>) -> __crewed::Result<__crewed::Option<Self>, __crewed::HttpError> {
                __crewed::Ok(__crewed::oauth2_token(call).map(#ident))
            }
            fn challenge() -> __crewed::Cow<'static, __crewed::str> {
                __crewed::Cow::Borrowed("Bearer")
            }
        }
        #[automatically_derived]
        impl __crewed::From<#krate::OAuth2Token> for #ident {
            fn from(token: #krate::OAuth2Token) -> Self {
                #ident(token)
            }
        }
        #[automatically_derived]
        impl __crewed::Dependency for #ident {
            type Value = Self;
            const META: &'static __crewed::DependencyMeta = &__crewed::credentials::<Self>();
            async fn ask<'__r>(
                __crewed_call: &mut __crewed::Call<'__r, '_>,
            ) -> __crewed::Result<__crewed::Option<Self>, __crewed::Refused<'__r>> {
                __crewed::ask_credentials(__crewed_call).await
            }
        }
    };
    let scope = scope(krate, &content);
    quote! {
        #(#attributes)*
        #derives
        #vis struct #ident(#krate::OAuth2Token);
        #[allow(dead_code)]
        impl #ident {
            /// The token that was sent.
            #vis fn token(&self) -> &str {
                self.0.token()
            }
            /// The scopes that are required where it stands.
            #vis fn scopes(&self) -> &#krate::SecurityScopes {
                self.0.scopes()
            }
        }
        #scope
    }
}
