//! Expands one function in `operations![..]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::Listed;

/// The function as a value of the type that its attribute defines under the same name.
///
/// A function without the attribute exists only as a value. Then its name as a type resolves to a glob import from
/// `undeclared`, which is no operation, so that the compiler reports exactly that.
///
/// The `use` of a single name is ambiguous if a crate has the same name. In that case the function is named as a type
/// directly, and the compiler has no special message for one without the attribute.
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
