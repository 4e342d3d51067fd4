//! Responses, translated into Rocket's.

use std::io::{self, Cursor, SeekFrom};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::TryStreamExt;
use rocket::http::Status;
use rocket::response::Body;
use rocket::tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use rocket::{Request, Response};
use tokio_util::io::StreamReader;

use super::unread_body::UnreadBody;
use crate::http::{self, BodyStream, ResponseBody, Timeouts};

/// The most bytes of a stream that are handed to the connection at once.
const STREAMED_CHUNK: usize = 64 << 10;

/// A body that is longer is handed to the connection in small pieces, since the connection keeps some of them in memory
/// for as long as its client reads nothing.
const LONG: usize = 64 << 10;

/// The most bytes of a long body that are handed to the connection at once.
const LONG_CHUNK: usize = 8 << 10;

/// Sends a body of known length in one chunk, if it is not too long. Rocket's chunks of 4 KiB take half the time of a
/// response with a page of rows.
fn in_one_chunk(response: &mut Response<'_>) {
    match response.body().preset_size() {
        Some(length) if length > LONG => response.set_max_chunk_size(LONG_CHUNK),
        Some(length) => response.set_max_chunk_size(length.max(1)),
        None => {}
    }
}

/// Whether a body has a length, and that is not short.
pub(super) fn is_long(response: &Response<'_>) -> bool {
    response.body().preset_size().is_some_and(|length| length > LONG)
}

/// Lets a long body, which is in memory already, be freed like those of crewed's own.
pub(super) async fn make_patient(request: &Request<'_>, response: &mut Response<'_>) {
    match response.body_mut().take().to_bytes().await {
        Ok(bytes) => {
            let length = bytes.len();
            response.set_sized_body(length, UnreadBody::new(Cursor::new(bytes), patience(request)));
            in_one_chunk(response);
        }
        Err(error) => {
            log::error!("the body of an answer cannot be read: {error}");
            response.set_status(Status::InternalServerError);
        }
    }
}

/// How long a body may wait for its client.
fn patience(request: &Request<'_>) -> Duration {
    request.rocket().state::<Timeouts>().copied().unwrap_or_default().write
}

/// Fits the body to the status, once that is known: where none belongs to it there is none.
pub(super) fn fit_body(response: &mut Response<'_>) {
    if matches!(response.status().code, 204 | 304) {
        let bare = empty(response.status().code);
        response.merge(bare);
        response.remove_header("Content-Type");
    }
    in_one_chunk(response);
}

/// A response without a body.
pub(super) fn empty<'r>(status: u16) -> Response<'r> {
    let mut response = Response::new();
    response.set_status(Status::new(status));
    if matches!(status, 204 | 304) {
        // Rocket would send `Content-Length: 0`, which a 204 must not have, and which in a 304 means the length that a
        // 200 would have.
        hide_length(&mut response);
    }
    response
}

/// Replaces the body by one whose length is unknown, so that Rocket sends no `Content-Length`.
///
/// Rocket answers a HEAD as the GET, without the body. For a stream it then sends a `Content-Length` of 0, which the
/// GET does not have. It sends none for a body that has a size but cannot tell it, which this one is.
pub(crate) fn hide_length(response: &mut Response<'_>) {
    let longest = response.body().max_chunk_size();
    let body = response.body_mut().take();
    response.set_sized_body(None, UnknownLength(body));
    response.set_max_chunk_size(longest);
}

/// Does the same if the body is a stream, whose length cannot be known.
pub(super) async fn hide_length_of_stream(response: &mut Response<'_>) {
    if response.body().preset_size().is_none() && response.body_mut().size().await.is_none() {
        hide_length(response);
    }
}

/// Counts the bytes of a stream as they are sent.
pub(crate) fn count_stream(response: &mut Response<'_>, count: Arc<AtomicU64>) {
    let longest = response.body().max_chunk_size();
    let body = response.body_mut().take();
    response.set_sized_body(None, UnknownLength(Counted { body, count }));
    response.set_max_chunk_size(longest);
}

/// A body whose bytes are counted.
struct Counted<'r> {
    body: Body<'r>,
    count: Arc<AtomicU64>,
}

impl AsyncRead for Counted<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.body).poll_read(context, buffer);
        this.count.fetch_add((buffer.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}

/// A body that fails when Rocket seeks in it to find its length.
struct UnknownLength<B>(B);

impl<B: AsyncRead + Unpin> AsyncRead for UnknownLength<B> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(context, buffer)
    }
}

impl<B: Unpin> AsyncSeek for UnknownLength<B> {
    fn start_seek(self: Pin<&mut Self>, _: SeekFrom) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }
}

/// The same response, as Rocket's type. A long body of this response alone is freed when its client has taken nothing of it
/// for a while.
pub(crate) fn rocket_response<'r>(request: &Request<'_>, answer: http::Response) -> Response<'r> {
    let http::Response { status, content_type, headers, body } = answer;
    let mut response = match body {
        ResponseBody::Empty => empty(status),
        ResponseBody::Stream(BodyStream(pieces)) => {
            let mut response = Response::new();
            response.set_status(Status::new(status));
            let body = StreamReader::new(pieces.map_ok(Cursor::new));
            response.set_streamed_body(UnreadBody::new(body, patience(request)));
            response.set_max_chunk_size(STREAMED_CHUNK);
            hide_length(&mut response);
            response
        }
        body => {
            let mut response = Response::new();
            response.set_status(Status::new(status));
            let length = body.bytes().len();
            let is_shared = matches!(body, ResponseBody::Static(_) | ResponseBody::Shared(_));
            match length > LONG && !is_shared {
                true => {
                    let body = UnreadBody::new(Cursor::new(body), patience(request));
                    response.set_sized_body(length, body);
                }
                false => response.set_sized_body(length, Cursor::new(body)),
            }
            in_one_chunk(&mut response);
            response
        }
    };
    if let Some(content_type) = content_type {
        response.set_raw_header("Content-Type", content_type);
    }
    for (name, value) in headers {
        if !is_header(&name, &value) {
            continue;
        }
        if name.eq_ignore_ascii_case("content-type") {
            response.set_raw_header(name, value);
        } else {
            response.adjoin_raw_header(name, value);
        }
    }
    response
}

/// Whether a header may be sent. A malformed one would close the connection without a response, and Rocket sends the length
/// of the body by itself.
pub(super) fn is_header(name: &str, value: &str) -> bool {
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let is_length =
        ["content-length", "transfer-encoding"].iter().any(|header| name.eq_ignore_ascii_case(header));
    is_name && !is_length && !has_control(value)
}

/// Whether a text has a character that no header may have.
fn has_control(value: &str) -> bool {
    // Texts of ASCII are looked at without leaving early, which compiles to a few instructions for many bytes.
    let any = |found: bool, is: bool| found | is;
    match value.is_ascii() {
        true => value.bytes().map(|byte| byte.is_ascii_control()).fold(false, any),
        false => value.chars().any(char::is_control),
    }
}
