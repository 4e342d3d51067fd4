//! The HTTP endpoints of operations, independent of the server: a request for an operation of a resource becomes a
//! command, and its reply a response; the inputs of a function are read from the request.
//!
//! HTTP ends in this module: the modules above it deal with the requests and responses of one server, the modules below
//! it with commands, inputs and rows.

mod inputs;
mod resource;
mod url_style;

pub(crate) use inputs::examine;
pub(crate) use resource::ResourceEndpoint;

use crate::error_format::ErrorFormat;
use crate::http::Limits;
use crate::issue::{Issue, IssueKind, REDACTED};
use crate::wire::FieldMeta;

/// The settings of an API that hold for all of its operations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiContext {
    /// The format of error responses.
    pub(crate) format: ErrorFormat,
    /// Which of the rocket's APIs it is.
    pub(crate) position: usize,
    /// How many segments the base of the API has.
    pub(crate) depth: usize,
    /// The limits on the length of bodies.
    pub(crate) limits: Limits,
}

/// The issue of a path segment that is not UTF-8.
fn not_unicode(field: &FieldMeta, segment: &str) -> Issue {
    let loc = vec!["path".into(), field.name.into()];
    let input = if field.write_only { REDACTED } else { segment };
    Issue::new(IssueKind::StringUnicode, loc, input.into())
}
