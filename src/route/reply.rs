//! Rocket responses.

use std::io::Cursor;

use rocket::Response;
use rocket::http::Status;

use crate::render::Rendered;

/// A response with a body of known length, sent in one piece: Rocket's own chunks of 4 KiB cost a
/// page of rows half its time.
pub(super) fn reply<'r>(
    status: u16,
    content_type: &'static str,
    body: impl AsRef<[u8]> + Send + Unpin + 'r,
) -> Response<'r> {
    let mut response = Response::new();
    response.set_status(Status::new(status));
    response.set_raw_header("Content-Type", content_type);
    let length = body.as_ref().len();
    response.set_sized_body(length, Cursor::new(body));
    in_one_piece(&mut response);
    response
}

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
    if status == 204 {
        // Else Rocket tells a length, which a 204 must not have.
        response.set_streamed_body(rocket::tokio::io::empty());
    }
    response
}

/// A response that tells of an error.
pub(super) fn rendered<'r>(rendered: Rendered) -> Response<'r> {
    let mut response = reply(rendered.status, rendered.content_type, rendered.body);
    for (name, value) in rendered.headers {
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
