//! Bodies as they come in: bytes, or the fields of a form.

use percent_encoding::{CONTROLS, percent_decode, percent_encode};
use rocket::data::{ByteUnit, Limits};
use rocket::tokio::io::AsyncReadExt;
use rocket::{Data, Request};
use serde_json::Value as Json;

use super::parameters::{self, Disposition};
use super::turn::Turn;
use crate::error::Error;
use crate::input::FormPart;
use crate::issue::{IssueCollector, IssueKind, Issues};

/// How much of every body Rocket looks at before it routes the request, in bytes: it looks for a method in a form.
const LOOKED_AT: usize = "_method=delete".len();

/// Whether a body broke off within the bytes that Rocket looked at. It has noted no more of that than that it has
/// neither come to the end of the body nor got as many bytes as it wanted; the body ends there for everybody else.
pub(super) async fn broke_off(data: &mut Data<'_>) -> bool {
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
    // What comes over a connection, and has not ended yet, is counted as it comes in.
    let may_say_anything = data.peek_complete();
    // Rocket's own `into_bytes` copies through a buffer that it zeroes for each request.
    let mut bytes = Vec::with_capacity(1024);
    let limit = limit.as_u64();
    let mut stream = data.open(ByteUnit::Byte(limit.saturating_add(1)));
    match stream.read_to_end(&mut bytes).await {
        Ok(_) if bytes.len() as u64 <= limit => {
            let announced = if may_say_anything { announced(request) } else { None };
            match announced {
                Some(length) if length > bytes.len() as u64 => Err(Error::Unreadable),
                _ => Ok(bytes),
            }
        }
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
    /// Waits for all of a body that is not packed, and for its turn.
    pub(super) async fn of(request: &Request<'_>, data: Data<'_>, limit: ByteUnit) -> Result<Self, Error> {
        unpacked(request)?;
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

/// The media type of a body, without parameters. Rocket's own parser refuses a header for parameters that it cannot
/// read, for which nothing of a body may be lost: `application/x-www-form-urlencoded; UTF-8`.
pub(super) fn media_type<'r>(request: &'r Request<'_>) -> &'r str {
    content_type(request).split(';').next().unwrap_or_default().trim()
}

fn content_type<'r>(request: &'r Request<'_>) -> &'r str {
    request.headers().get_one("Content-Type").unwrap_or_default()
}

/// Whether a media type is that of JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    let kind = media_type.strip_prefix("application/");
    kind.is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

/// Whether Rocket takes the body for a form without files, and so looks for a method in it.
pub(super) fn is_form(request: &Request<'_>) -> bool {
    request.content_type().is_some_and(|kind| kind.is_form())
}

/// Refuses a body that is packed, which nobody here unpacks: it would count as other values.
fn unpacked(request: &Request<'_>) -> Result<(), Error> {
    let identity = |coding: &str| coding.trim().is_empty() || coding.trim().eq_ignore_ascii_case("identity");
    match request.headers().get("Content-Encoding").flat_map(|codings| codings.split(',')).all(identity) {
        true => Ok(()),
        false => Err(Error::UnsupportedEncoding),
    }
}

/// The most texts, and the most files, of a form with files: as Starlette has it.
const MOST_FIELDS: usize = 1000;

/// The fields of a form, what is wrong with their names, and the form's turn to be read; none, where the body is
/// no form.
pub(super) async fn form(
    request: &Request<'_>,
    data: Data<'_>,
) -> Result<(Vec<FormPart>, Issues, Option<Turn>), Error> {
    let (limits, kind) = (request.limits(), media_type(request));
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let limit = limits.get("form").unwrap_or(Limits::FORM);
        let Received { bytes, turn } = Received::of(request, data, limit).await?;
        let (parts, issues) = urlencoded(&bytes);
        return Ok((parts, issues, turn));
    }
    if !kind.eq_ignore_ascii_case("multipart/form-data") {
        return Ok(Default::default());
    }
    let boundary =
        parameters::last(content_type(request).as_bytes(), b"boundary").ok_or(Error::Unreadable)?;
    let boundary = String::from_utf8(boundary).map_err(|_| Error::Unreadable)?;
    let limit = limits.get("data-form").unwrap_or(Limits::DATA_FORM);
    let Received { bytes, turn } = Received::of(request, data, limit).await?;
    let longest = limits.get("file").unwrap_or(Limits::FILE);
    let mut multipart = multer::Multipart::with_reader(&bytes[..], boundary);
    let (mut parts, mut collector) = (Vec::new(), IssueCollector::at("body"));
    let (mut texts, mut files) = (0, 0);
    while let Some(field) = multipart.next_field().await.map_err(|_| Error::Unreadable)? {
        let mut said = field.headers().get_all("Content-Disposition").iter();
        let Disposition { name, file_name } = match (said.next(), said.next()) {
            (Some(header), None) => Disposition::parse(header.as_bytes()).ok_or(Error::Unreadable)?,
            _ => return Err(Error::Unreadable),
        };
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
        match String::from_utf8(name) {
            Ok(name) => parts.push(FormPart { name, file_name, content_type, bytes: bytes.to_vec() }),
            Err(name) => name_fault(name.as_bytes(), &mut collector),
        }
    }
    Ok((parts, collector.into_issues(), turn))
}

fn urlencoded(form: &[u8]) -> (Vec<FormPart>, Issues) {
    let (mut parts, mut collector) = (Vec::new(), IssueCollector::at("body"));
    for pair in form.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |b| *b == b'=').map(|half| {
            let half: Vec<u8> = half.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
            percent_decode(&half).collect::<Vec<u8>>()
        });
        let (name, bytes) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
        match String::from_utf8(name) {
            Ok(name) => parts.push(FormPart { name, file_name: None, content_type: None, bytes }),
            Err(name) => name_fault(name.as_bytes(), &mut collector),
        }
    }
    (parts, collector.into_issues())
}

/// Notes a name that is not UTF-8: it may be anybody's.
fn name_fault(name: &[u8], collector: &mut IssueCollector) {
    let name = percent_encode(name, CONTROLS).to_string();
    collector
        .step(name.clone(), |collector| collector.fault::<()>(IssueKind::StringUnicode, &Json::from(name)));
}
