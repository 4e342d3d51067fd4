//! What can go wrong with a request, free of HTTP: `error_format` gives it a status and a body.

use std::fmt;

use crate::issue::Issues;

/// Why an operation did not succeed.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The input is at fault; every fault is listed.
    Invalid(Issues),
    /// Nothing is stored under that key.
    NotFound,
    /// Another row is in the way: it has one of the values, or refers to this one. The issues name the fields.
    Conflict(Issues),
    /// The row is there, and not any more as it was expected to be.
    Stale,
    /// Nobody is known to ask, and what is asked for is not for everybody.
    Unauthorized,
    /// Whoever asks may not do this to the row, or to any row.
    NotPermitted,
    /// Whoever asks may not set these fields of the row. There is an issue for each.
    FieldsNotPermitted(Issues),
    /// The body did not come whole.
    Unreadable,
    /// The body did not come in time.
    Slow,
    /// The body is longer than the limit, in bytes.
    TooLarge {
        /// The limit in force.
        limit: u64,
    },
    /// The body of a PATCH is in a media type that is not a patch.
    UnsupportedMedia {
        /// The media types that are.
        accepted: &'static str,
    },
    /// The body is packed, as its `Content-Encoding` says.
    UnsupportedEncoding,
    /// The store, or the rocket, cannot answer now; the cause is for the log.
    Unavailable(String),
    /// A fault of the server's own; the cause is for the log.
    Internal(String),
}

/// What ends the cause of what is unavailable while it was being committed: nobody knows what has become of it.
pub(crate) const MAYBE_WRITTEN: &str = "what was being committed may have been written";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Invalid(issues) => write!(f, "the input has {} issue(s)", issues.len()),
            Error::NotFound => f.write_str("not found"),
            Error::Conflict(_) => f.write_str("another row is in the way"),
            Error::Stale => f.write_str("the row has changed"),
            Error::Unauthorized => f.write_str("nobody is known to ask"),
            Error::NotPermitted => f.write_str("the row may not be written so"),
            Error::FieldsNotPermitted(issues) => write!(f, "{} field(s) may not be set", issues.len()),
            Error::Unreadable => f.write_str("the body did not come whole"),
            Error::Slow => f.write_str("the body did not come in time"),
            Error::TooLarge { limit } => write!(f, "the body is longer than {limit} bytes"),
            Error::UnsupportedMedia { accepted } => write!(f, "the body is not in {accepted}"),
            Error::UnsupportedEncoding => f.write_str("the body is in a content coding"),
            Error::Unavailable(cause) => write!(f, "unavailable: {cause}"),
            Error::Internal(cause) => write!(f, "internal error: {cause}"),
        }
    }
}

impl std::error::Error for Error {}
