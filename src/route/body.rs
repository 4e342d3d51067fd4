//! Bodies as they come in: bytes, or the fields of a form.

use rocket::data::{ByteUnit, Limits};
use rocket::tokio::io::AsyncReadExt;
use rocket::{Data, Request};

use super::turn::Turn;
use crate::error::Error;
use crate::input::FormPart;

/// How much of every body Rocket looks at before it routes the request, in bytes: it looks for a method in a form.
const LOOKED_AT: usize = "_method=delete".len();

/// Whether a body broke off within the bytes that Rocket looked at. It has noted no more of that than that it has
/// neither come to the end of the body nor got as many bytes as it wanted; the body ends there for everybody else.
async fn broke_off(data: &mut Data<'_>) -> bool {
    !data.peek_complete() && data.peek(LOOKED_AT).await.len() < LOOKED_AT
}

/// The bytes of a body, if there are not too many, and all that were announced.
pub(super) async fn bytes(
    request: &Request<'_>,
    mut data: Data<'_>,
    limit: ByteUnit,
) -> Result<Vec<u8>, Error> {
    if broke_off(&mut data).await {
        return Err(Error::Unreadable);
    }
    // Rocket's own `into_bytes` copies through a buffer that it zeroes for each request.
    let mut bytes = Vec::with_capacity(1024);
    let limit = limit.as_u64();
    let mut stream = data.open(ByteUnit::Byte(limit.saturating_add(1)));
    match stream.read_to_end(&mut bytes).await {
        Ok(_) if bytes.len() as u64 <= limit => match announced(request) {
            Some(length) if length > bytes.len() as u64 => Err(Error::Unreadable),
            _ => Ok(bytes),
        },
        Ok(_) => Err(Error::TooLarge { limit }),
        Err(_) => Err(Error::Unreadable),
    }
}

/// A body that has come in, and its turn to be read.
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    pub(super) turn: Option<Turn>,
}

impl Received {
    /// Waits for all of a body, and for its turn.
    pub(super) async fn of(request: &Request<'_>, data: Data<'_>, limit: ByteUnit) -> Result<Self, Error> {
        let bytes = bytes(request, data, limit).await?;
        let turn = Turn::of(bytes.len()).await?;
        Ok(Received { bytes, turn })
    }

    /// Reads it, which ends its turn.
    pub(super) fn read<T>(&mut self, read: impl FnOnce(&[u8]) -> T) -> T {
        let value = read(&self.bytes);
        self.turn = None;
        value
    }
}

/// How long a body is by its own account. Over a connection that is what is read; a client within the program may
/// say anything.
fn announced(request: &Request<'_>) -> Option<u64> {
    request.headers().get_one("Content-Length")?.trim().parse().ok()
}

/// The media type of a body, without parameters.
pub(super) fn media_type<'r>(request: &'r Request<'_>) -> &'r str {
    let header = request.headers().get_one("Content-Type").unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim()
}

/// Whether a media type is that of JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    let kind = media_type.strip_prefix("application/");
    kind.is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

/// Whether a request says that its body is a form from a browser, without files.
pub(super) fn is_form(request: &Request<'_>) -> bool {
    request.content_type().is_some_and(|kind| kind.is_form())
}

/// The most texts, and the most files, of a form with files: as Starlette has it.
const MOST_FIELDS: usize = 1000;

/// The fields of a form, and its turn to be read; none, where the body is no form.
pub(super) async fn form(
    request: &Request<'_>,
    data: Data<'_>,
) -> Result<(Vec<FormPart>, Option<Turn>), Error> {
    // As Rocket has read it: what it cannot read must not be read once more (`super::colors`).
    let Some(content_type) = request.content_type() else { return Ok((Vec::new(), None)) };
    let limits = request.limits();
    if content_type.is_form() {
        let limit = limits.get("form").unwrap_or(Limits::FORM);
        let Received { bytes, turn } = Received::of(request, data, limit).await?;
        let pairs = form_urlencoded::parse(&bytes);
        return Ok((pairs.map(|(name, value)| FormPart::of_text(name, value)).collect(), turn));
    }
    if !content_type.is_form_data() {
        return Ok((Vec::new(), None));
    }
    let boundary = content_type.param("boundary").ok_or(Error::Unreadable)?;
    let limit = limits.get("data-form").unwrap_or(Limits::DATA_FORM);
    let Received { bytes, turn } = Received::of(request, data, limit).await?;
    let longest = limits.get("file").unwrap_or(Limits::FILE);
    let mut multipart = multer::Multipart::with_reader(&bytes[..], boundary);
    let mut parts = Vec::new();
    let (mut texts, mut files) = (0, 0);
    while let Some(field) = multipart.next_field().await.map_err(|_| Error::Unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let count = if file_name.is_some() { &mut files } else { &mut texts };
        *count += 1;
        if *count > MOST_FIELDS {
            return Err(Error::Unreadable);
        }
        let content_type = field.content_type().map(ToString::to_string);
        let bytes = field.bytes().await.map_err(|_| Error::Unreadable)?;
        if file_name.is_some() && bytes.len() as u64 > longest.as_u64() {
            return Err(Error::TooLarge { limit: longest.as_u64() });
        }
        parts.push(FormPart { name, file_name, content_type, bytes: bytes.to_vec() });
    }
    Ok((parts, turn))
}
