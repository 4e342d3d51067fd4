//! Static pages: those of the documentation.

use std::sync::Arc;

use crate::http::{Response, ResponseBody};

/// The header that carries [`Page::policy`].
pub(crate) const CSP: &str = "Content-Security-Policy";

/// A page or a script, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The path that serves it, relative to the base of the API.
    pub path: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content, which all answers share.
    pub bytes: Arc<[u8]>,
    /// The value of `Content-Security-Policy`: what a browser may load and run for the page.
    pub policy: Option<&'static str>,
}

impl Page {
    /// The response to a request for the page.
    pub(super) fn answer(&self) -> Response {
        let answer = Response::new(200, self.content_type, ResponseBody::Shared(Arc::clone(&self.bytes)));
        match self.policy {
            Some(policy) => answer.header(CSP, policy),
            None => answer,
        }
    }
}
