//! Bodies as they come in: bytes, or the fields of a form.

use rocket::data::{ByteUnit, Limits};
use rocket::tokio::io::AsyncReadExt;
use rocket::{Data, Request};

use crate::error::Error;
use crate::input::FormPart;

/// The bytes of a body, if there are not too many.
pub(super) async fn bytes(data: Data<'_>, limit: ByteUnit) -> Result<Vec<u8>, Error> {
    // Rocket's own `into_bytes` copies through a buffer that it zeroes for each request.
    let mut bytes = Vec::with_capacity(1024);
    let limit = limit.as_u64();
    let mut stream = data.open(ByteUnit::Byte(limit.saturating_add(1)));
    match stream.read_to_end(&mut bytes).await {
        Ok(_) if bytes.len() as u64 <= limit => Ok(bytes),
        Ok(_) => Err(Error::TooLarge { limit }),
        Err(_) => Err(Error::Unreadable),
    }
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

/// The fields of a form; none, where the body is no form.
pub(super) async fn form(request: &Request<'_>, data: Data<'_>) -> Result<Vec<FormPart>, Error> {
    // As Rocket has read it: what it cannot read must not be read once more (`super::colors`).
    let Some(content_type) = request.content_type() else { return Ok(Vec::new()) };
    let limits = request.limits();
    if content_type.is_form() {
        let bytes = bytes(data, limits.get("form").unwrap_or(Limits::FORM)).await?;
        let pairs = form_urlencoded::parse(&bytes);
        return Ok(pairs.map(|(name, value)| FormPart::of_text(name, value)).collect());
    }
    if !content_type.is_form_data() {
        return Ok(Vec::new());
    }
    let boundary = content_type.param("boundary").ok_or(Error::Unreadable)?;
    let bytes = bytes(data, limits.get("data-form").unwrap_or(Limits::DATA_FORM)).await?;
    let longest = limits.get("file").unwrap_or(Limits::FILE);
    let mut multipart = multer::Multipart::with_reader(&bytes[..], boundary);
    let mut parts = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|_| Error::Unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(ToString::to_string);
        let bytes = field.bytes().await.map_err(|_| Error::Unreadable)?;
        if file_name.is_some() && bytes.len() as u64 > longest.as_u64() {
            return Err(Error::TooLarge { limit: longest.as_u64() });
        }
        parts.push(FormPart { name, file_name, content_type, bytes: bytes.to_vec() });
    }
    Ok(parts)
}
