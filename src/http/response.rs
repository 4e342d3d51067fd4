//! The answer to a request.

use std::borrow::Cow;
use std::sync::Arc;

use super::UnreadAnswer;

/// An answer: a status, headers and a body.
#[derive(Debug)]
pub(crate) struct Response {
    /// The status.
    pub(crate) status: u16,
    /// The media type of the body, where there is one.
    pub(crate) content_type: Option<&'static str>,
    /// The other headers. What is no valid header is not sent.
    pub(crate) headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body.
    pub(crate) body: ResponseBody,
}

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum ResponseBody {
    /// None.
    Empty,
    /// The same bytes for everybody.
    Static(&'static [u8]),
    /// Bytes that several answers share.
    Shared(Arc<[u8]>),
    /// These bytes.
    Bytes(Vec<u8>),
    /// Bytes that take room until their client has read them.
    Unread(UnreadAnswer),
}

impl Response {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Response { status, content_type: None, headers: Vec::new(), body: ResponseBody::Empty }
    }

    /// An answer with a body.
    pub(crate) fn new(status: u16, content_type: &'static str, body: ResponseBody) -> Self {
        Response { status, content_type: Some(content_type), headers: Vec::new(), body }
    }

    /// The answer with a header.
    pub(crate) fn header(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl ResponseBody {
    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            ResponseBody::Empty => &[],
            ResponseBody::Static(bytes) => bytes,
            ResponseBody::Shared(bytes) => bytes,
            ResponseBody::Bytes(bytes) => bytes,
            ResponseBody::Unread(answer) => answer.as_ref(),
        }
    }
}

impl AsRef<[u8]> for ResponseBody {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}
