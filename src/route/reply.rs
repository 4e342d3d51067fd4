//! Rocket responses.

use std::io::{self, Cursor, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};

use rocket::Response;
use rocket::http::Status;
use rocket::response::Body;
use rocket::tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

use crate::http::{self, ResponseBody};

/// The longest piece that a body is sent in.
const LONGEST_PIECE: usize = 1 << 20;

/// Sends a body of known length in one piece, if that is not too long.
pub(super) fn in_one_piece(response: &mut Response<'_>) {
    if let Some(length) = response.body().preset_size() {
        response.set_max_chunk_size(length.clamp(1, LONGEST_PIECE));
    }
}

/// A response without a body.
pub(super) fn empty<'r>(status: u16) -> Response<'r> {
    let mut response = Response::new();
    response.set_status(Status::new(status));
    if matches!(status, 204 | 304) {
        // Else Rocket tells a length, which a 204 must not have, and which of a 304 is that of a 200.
        of_unknown_length(&mut response);
    }
    response
}

/// Makes of a body one whose length nobody is told.
///
/// To a HEAD Rocket sends what it would send to a GET without the body. Of a stream that is nothing at all, and so a
/// `Content-Length` of 0, which no GET says; of a body whose length is asked for, and not known, it tells none.
pub(super) fn of_unknown_length(response: &mut Response<'_>) {
    let longest = response.body().max_chunk_size();
    let body = response.body_mut().take();
    response.set_sized_body(None, UnknownLength(body));
    response.set_max_chunk_size(longest);
}

/// The same, where its length cannot be known.
pub(super) async fn tell_no_length_of_a_stream(response: &mut Response<'_>) {
    if response.body().preset_size().is_none() && response.body_mut().size().await.is_none() {
        of_unknown_length(response);
    }
}

/// A body that cannot be measured.
struct UnknownLength<'r>(Body<'r>);

impl AsyncRead for UnknownLength<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(context, buffer)
    }
}

impl AsyncSeek for UnknownLength<'_> {
    fn start_seek(self: Pin<&mut Self>, _: SeekFrom) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }
}

/// Rocket's response of an answer. A body is of known length and sent in one piece: Rocket's own chunks of 4 KiB cost a
/// page of rows half its time.
pub(super) fn rocket_response<'r>(answer: http::Response) -> Response<'r> {
    let http::Response { status, content_type, headers, body } = answer;
    let mut response = match body {
        ResponseBody::Empty => empty(status),
        body => {
            let mut response = Response::new();
            response.set_status(Status::new(status));
            response.set_sized_body(body.bytes().len(), Cursor::new(body));
            in_one_piece(&mut response);
            response
        }
    };
    if let Some(content_type) = content_type {
        response.set_raw_header("Content-Type", content_type);
    }
    for (name, value) in headers {
        // What is no header would end the connection without an answer.
        let named =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        // How long it is, the body says itself.
        let framed = ["content-length", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own));
        if !named || framed || value.chars().any(char::is_control) {
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
