//! `#[model]` on an enum.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::scope;
use crate::model::Enum;

pub(crate) fn choice(choice: &Enum) -> TokenStream {
    let ident = &choice.head.ident;
    let (name, doc) = (&choice.head.name, &choice.head.doc);
    let variants: Vec<_> = choice.variants.iter().map(|v| &v.ident).collect();
    let meta = match choice.int {
        true => {
            let numbers = choice.variants.iter().map(|v| Literal::i64_unsuffixed(v.number));
            quote!(__crewed::UnitEnumMeta::of_numbers::<Self>(#name, #doc, &[#(#numbers),*]))
        }
        false => {
            let names = choice.variants.iter().map(|v| &v.wire);
            quote!(__crewed::UnitEnumMeta::of::<Self>(#name, #doc, &[#(#names),*]))
        }
    };
    let indices: Vec<_> = (0..variants.len()).map(Literal::usize_unsuffixed).collect();
    let literal = choice.literal.then(|| quote!(.literal()));
    let content = quote! {
        #[automatically_derived]
        impl __crewed::UnitEnum for #ident {
            const META: &'static __crewed::UnitEnumMeta =
                &#meta #literal;
            fn index(&self) -> __crewed::usize {
                match self {
                    #(Self::#variants => #indices,)*
                }
            }
            fn from_index(index: __crewed::usize) -> __crewed::Option<Self> {
                match index {
                    #(#indices => __crewed::Some(Self::#variants),)*
                    _ => __crewed::None,
                }
            }
        }
        __crewed::wire_choice!(#ident);
    };
    scope(&choice.head.krate, &content)
}
