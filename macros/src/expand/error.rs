//! Expands `#[derive(HttpError)]` into the conversion to an `HttpError` and the description of the answers.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Fields, Ident, LitStr, Type};

use super::scope;
use crate::model::{Detail, ErrorAnswer, ErrorEnum, ErrorVariant};

pub(crate) fn error_enum(item: &ErrorEnum) -> TokenStream {
    let ident = &item.ident;
    let arms = item.variants.iter().map(|variant| arm(ident, variant));
    let list = item.variants.iter().filter_map(listed);
    let holder = item.variants.iter().find(|variant| inside(variant).is_some_and(is_http_error));
    let holds = holder.map(|ErrorVariant { ident: variant, .. }| {
        quote! {
            #[automatically_derived]
            impl __crewed::FromHttpError for #ident {
                fn from_http_error(error: __crewed::HttpError) -> Self {
                    #ident::#variant(error)
                }
            }
        }
    });
    let content = quote! {
        #[automatically_derived]
        impl __crewed::HttpErrors for #ident {
            const ERRORS: &'static [__crewed::ErrorList] = &[#(#list),*];
            fn http_error(self) -> __crewed::HttpError {
                match self { #(#arms)* }
            }
        }
        #holds
        __crewed::respond_with_error!(#ident);
    };
    scope(&item.krate, &content)
}

fn arm(owner: &Ident, variant: &ErrorVariant) -> TokenStream {
    let ident = &variant.ident;
    let (status, detail) = match &variant.answer {
        ErrorAnswer::Transparent | ErrorAnswer::Unstated => {
            let inner = inside(variant)
                .map(|ty| quote_spanned!(ty.span()=> <#ty as __crewed::HttpErrors>::http_error(inner)));
            return quote!(#owner::#ident(inner) => #inner,);
        }
        ErrorAnswer::Is { status, detail } => (Literal::u16_unsuffixed(*status), detail),
    };
    let Some(Detail { text, format, fields }) = detail else {
        let pattern = pattern(variant, &[]);
        return quote!(#owner::#pattern => __crewed::HttpError::status(#status),);
    };
    let pattern = pattern(variant, fields);
    if !text.value().contains(['{', '}']) {
        return quote!(#owner::#pattern => __crewed::HttpError::new(#status, #text),);
    }
    let (format, fields) = (LitStr::new(format, text.span()), fields.iter().map(|index| bound(*index)));
    quote! {
        #owner::#pattern => __crewed::HttpError::status(#status).detail(__crewed::format!(#format, #(#fields),*)),
    }
}

/// The variable of a field.
fn bound(index: usize) -> Ident {
    format_ident!("field_{index}")
}

/// The pattern of a variant, which binds the fields in its detail.
fn pattern(variant: &ErrorVariant, used: &[usize]) -> TokenStream {
    let ident = &variant.ident;
    match &variant.fields {
        Fields::Unit => quote!(#ident),
        Fields::Named(fields) => {
            let all = fields.named.iter().enumerate().filter(|(index, _)| used.contains(index));
            let bound = all.map(|(index, field)| {
                let (name, variable) = (&field.ident, bound(index));
                quote!(#name: #variable)
            });
            quote!(#ident { #(#bound,)* .. })
        }
        Fields::Unnamed(fields) => {
            let bound = (0..fields.unnamed.len()).map(|index| match used.contains(&index) {
                true => {
                    let field = bound(index);
                    quote!(#field)
                }
                false => quote!(_),
            });
            quote!(#ident(#(#bound),*))
        }
    }
}

/// The error inside a transparent variant.
fn inside(variant: &ErrorVariant) -> Option<&Type> {
    match (&variant.answer, &variant.fields) {
        (ErrorAnswer::Transparent, Fields::Unnamed(fields)) => fields.unnamed.first().map(|field| &field.ty),
        _ => None,
    }
}

/// Whether a type has the name of crewed's own error.
fn is_http_error(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "HttpError"))
}

/// The description of a variant's answer.
fn listed(variant: &ErrorVariant) -> Option<TokenStream> {
    match &variant.answer {
        ErrorAnswer::Is { status, detail } => {
            let (status, doc) = (Literal::u16_unsuffixed(*status), &variant.doc);
            let detail = detail.as_ref().map_or_else(String::new, |detail| detail.text.value());
            Some(quote!(__crewed::ErrorList::One(__crewed::ErrorMeta::new(#status, #detail, #doc))))
        }
        _ => {
            let ty = inside(variant)?;
            let errors = quote_spanned!(ty.span()=> <#ty as __crewed::HttpErrors>::ERRORS);
            Some(quote!(__crewed::ErrorList::Of(#errors)))
        }
    }
}
