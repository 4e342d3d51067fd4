//! The body of a request, once it was received.

use super::parse_permit::ParsePermit;
use super::request::{BodyReader, Headers};
use crate::error::Error;

/// A received body, with the permit to parse it.
pub(crate) struct ReceivedBody {
    pub(crate) bytes: Vec<u8>,
    pub(crate) permit: Option<ParsePermit>,
}

impl ReceivedBody {
    /// Receives the whole body, and waits for the permit to parse it.
    ///
    /// # Errors
    /// [`Error::UnsupportedEncoding`] if it is compressed, [`Error::Unavailable`] if too many bodies wait, or the error
    /// of the reader.
    pub(crate) async fn of(
        headers: &dyn Headers,
        body: &mut dyn BodyReader,
        limit: u64,
    ) -> Result<ReceivedBody, Error> {
        refuse_compressed(headers)?;
        let bytes = body.read(limit).await?;
        let permit = ParsePermit::of(bytes.len()).await?;
        Ok(ReceivedBody { bytes, permit })
    }

    /// Parses it, and gives back the permit.
    pub(crate) fn parse<T>(&mut self, parse: impl FnOnce(&[u8]) -> T) -> T {
        let value = parse(&self.bytes);
        self.permit = None;
        value
    }
}

/// Refuses a compressed body. It is not decompressed anywhere, so its bytes would be parsed as they are.
fn refuse_compressed(headers: &dyn Headers) -> Result<(), Error> {
    let identity = |coding: &str| coding.trim().is_empty() || coding.trim().eq_ignore_ascii_case("identity");
    let codings = headers.all("Content-Encoding");
    match codings.into_iter().flat_map(|codings| codings.split(',')).all(identity) {
        true => Ok(()),
        false => Err(Error::UnsupportedEncoding),
    }
}

/// The media type of a body, without parameters. Rocket's parser is not used, since it refuses the whole header if it
/// cannot parse a parameter, as in `application/x-www-form-urlencoded; UTF-8`.
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
