//! Structs under `#[oauth2]`.

use syn::{Attribute, Ident, Path, Visibility};

/// A struct under `#[oauth2]`.
pub(crate) struct OAuth2 {
    pub(crate) krate: Path,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    /// The name of the scheme in the document.
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) token_url: String,
    /// The scopes that there are, with their descriptions.
    pub(crate) scopes: Vec<(String, String)>,
    /// Whether it derives `Clone`, which every scheme is.
    pub(crate) derives_clone: bool,
}
