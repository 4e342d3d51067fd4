//! What is served as it is: the pages of the documentation.

use std::sync::Arc;

use crate::http::{Response, ResponseBody};

/// The name of the header that a policy stands in.
pub(crate) const CSP: &str = "Content-Security-Policy";

/// A page or a script, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it is served, from the base of the API.
    pub path: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content, which every answer shares.
    pub bytes: Arc<[u8]>,
    /// What a browser may load and run for it, the value of `Content-Security-Policy`.
    pub policy: Option<&'static str>,
}

impl Page {
    /// The answer to a request for it.
    pub(super) fn answer(&self) -> Response {
        let answer = Response::new(200, self.content_type, ResponseBody::Shared(Arc::clone(&self.bytes)));
        match self.policy {
            Some(policy) => answer.header(CSP, policy),
            None => answer,
        }
    }
}
