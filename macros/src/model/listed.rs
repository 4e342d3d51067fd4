//! A function in `operations![..]`.

use proc_macro2::{Span, TokenStream};
use syn::Path;

/// A listed function.
pub(crate) struct Listed {
    pub(crate) krate: Path,
    pub(crate) function: TokenStream,
    /// The span of its name.
    pub(crate) span: Span,
    /// Whether a crate may have the same name, so that a `use` of it would be ambiguous.
    pub(crate) like_a_crate: bool,
}
