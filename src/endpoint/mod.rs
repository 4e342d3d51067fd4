//! How an operation answers HTTP, whichever server speaks it: what a request asks of a resource's operation and what
//! is answered to it, and where a function's inputs come from.
//!
//! This is where HTTP ends: above are a server's own requests and responses, below are commands, inputs and rows.

mod inputs;
mod resource;
mod url_style;

pub(crate) use inputs::examine;
pub(crate) use resource::ResourceEndpoint;

use crate::error_format::ErrorFormat;
use crate::http::Limits;
use crate::issue::{Issue, IssueKind, REDACTED};
use crate::wire::FieldMeta;

/// What an API says for all of its operations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiContext {
    /// How errors read.
    pub(crate) format: ErrorFormat,
    /// How many segments the base of the API has.
    pub(crate) depth: usize,
    /// How long bodies may be.
    pub(crate) limits: Limits,
}

/// The issue of a segment whose bytes are no text.
fn not_unicode(field: &FieldMeta, segment: &str) -> Issue {
    let loc = vec!["path".into(), field.name.into()];
    let input = if field.write_only { REDACTED } else { segment };
    Issue::new(IssueKind::StringUnicode, loc, input.into())
}
