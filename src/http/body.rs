//! The body of a request.

use super::request::{BodyReader, Headers};
use super::turn::Turn;
use crate::error::Error;

/// A body that has come in, and its turn to be parsed.
pub(crate) struct ReceivedBody {
    pub(crate) bytes: Vec<u8>,
    pub(crate) turn: Option<Turn>,
}

impl ReceivedBody {
    /// Waits for all of a body that is not compressed, and for its turn.
    ///
    /// # Errors
    /// [`Error::UnsupportedEncoding`], [`Error::Unavailable`] where too many wait, or what its reader says.
    pub(crate) async fn of(
        headers: &dyn Headers,
        body: &mut dyn BodyReader,
        limit: u64,
    ) -> Result<ReceivedBody, Error> {
        refuse_compressed(headers)?;
        let bytes = body.read(limit).await?;
        let turn = Turn::of(bytes.len()).await?;
        Ok(ReceivedBody { bytes, turn })
    }

    /// Parses it, which ends its turn.
    pub(crate) fn parse<T>(&mut self, parse: impl FnOnce(&[u8]) -> T) -> T {
        let value = parse(&self.bytes);
        self.turn = None;
        value
    }
}

/// Refuses a body that is compressed, which nobody here unpacks: it would count as other values.
fn refuse_compressed(headers: &dyn Headers) -> Result<(), Error> {
    let identity = |coding: &str| coding.trim().is_empty() || coding.trim().eq_ignore_ascii_case("identity");
    let codings = headers.all("Content-Encoding");
    match codings.into_iter().flat_map(|codings| codings.split(',')).all(identity) {
        true => Ok(()),
        false => Err(Error::UnsupportedEncoding),
    }
}

/// The media type of a body, without parameters. Rocket's own parser refuses a header for parameters that it cannot
/// read, for which nothing of a body may be lost: `application/x-www-form-urlencoded; UTF-8`.
pub(crate) fn media_type(headers: &dyn Headers) -> &str {
    content_type(headers).split(';').next().unwrap_or_default().trim()
}

pub(super) fn content_type(headers: &dyn Headers) -> &str {
    headers.first("Content-Type").unwrap_or_default()
}

/// Whether a media type is that of JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    let kind = media_type.strip_prefix("application/");
    kind.is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}
