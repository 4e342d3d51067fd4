//! A response, independent of the HTTP server.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;
use std::{fmt, io};

use futures_util::Stream;

use super::UnreadAnswer;

/// A response: a status, headers and a body.
#[derive(Debug)]
pub(crate) struct Response {
    /// The status.
    pub(crate) status: u16,
    /// The media type of the body, if there is one.
    pub(crate) content_type: Option<&'static str>,
    /// The other headers. Invalid ones are not sent.
    pub(crate) headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body.
    pub(crate) body: ResponseBody,
}

/// The body of a response.
#[derive(Debug)]
pub(crate) enum ResponseBody {
    /// There is no body.
    Empty,
    /// Bytes that are part of the program.
    Static(&'static [u8]),
    /// Bytes that several responses share.
    Shared(Arc<[u8]>),
    /// The bytes of this response alone.
    Bytes(Vec<u8>),
    /// Bytes that count towards the limit of unread answers until the client has read them.
    Unread(UnreadAnswer),
    /// Pieces that are made as the client reads them.
    Stream(BodyStream),
}

/// The pieces of a body. An error ends it early.
pub(crate) struct BodyStream(pub(crate) Pin<Box<dyn Stream<Item = io::Result<Vec<u8>>> + Send>>);

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyStream")
    }
}

impl Response {
    /// Creates a response without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Response { status, content_type: None, headers: Vec::new(), body: ResponseBody::Empty }
    }

    /// Creates a response with a body.
    pub(crate) fn new(status: u16, content_type: &'static str, body: ResponseBody) -> Self {
        Response { status, content_type: Some(content_type), headers: Vec::new(), body }
    }

    /// Adds a header.
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
    /// The bytes, as far as they are there.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            ResponseBody::Empty | ResponseBody::Stream(_) => &[],
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
