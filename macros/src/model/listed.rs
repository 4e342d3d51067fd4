//! A function of `operations![..]`.

use proc_macro2::{Span, TokenStream};
use syn::Path;

/// A function that is listed.
pub(crate) struct Listed {
    pub(crate) krate: Path,
    pub(crate) function: TokenStream,
    /// Where its name stands.
    pub(crate) span: Span,
    /// Whether a `use` of it may be taken for one of a crate.
    pub(crate) like_a_crate: bool,
}
