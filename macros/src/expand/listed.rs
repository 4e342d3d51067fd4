//! One function of `operations![..]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::Listed;

/// The function as a value, made of the type that its attribute made of its name.
///
/// A function without the attribute has a name among values and none among types. There the name that comes
/// with all others of `undeclared` is found instead, whose type is no operation, and the compiler can say so.
///
/// A `use` of a name alone is ambiguous where a crate has it too. There the function is named as a type at once,
/// and one without the attribute is told in the compiler's own words.
pub(crate) fn operation(listed: &Listed) -> TokenStream {
    let Listed { krate, function, span, like_a_crate } = listed;
    if *like_a_crate {
        return quote!(#krate::AnyFunction::of::<#function>());
    }
    let name = Ident::new("FunctionWithoutAttribute", *span);
    quote! {
        {
            #[allow(unused_imports)]
            use #krate::__private::undeclared::*;
            #[allow(deprecated, unused_imports)]
            use #function as #name;
            #krate::AnyFunction::of::<#name>()
        }
    }
}
