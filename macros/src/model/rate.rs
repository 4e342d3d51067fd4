//! Rates: `rate_limit = "10/60s"`.

use proc_macro2::Span;

/// How many requests a client may send in which time.
#[derive(Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) requests: u32,
    pub(crate) seconds: u32,
    /// Where the word stands.
    pub(crate) span: Span,
}
