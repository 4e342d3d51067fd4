//! Reads forms, urlencoded and multipart, into their fields, which are texts and files.

use percent_encoding::{CONTROLS, percent_decode, percent_encode};
use serde_json::{Value as Json, json};

use super::body::{ReceivedBody, content_type, media_type};
use super::parameters::{self, Disposition};
use super::parse_permit::ParsePermit;
use super::request::{BodyReader, Headers, Limits};
use crate::error::Error;
use crate::issue::{IssueCollector, IssueKind, Issues, REDACTED};
use crate::wire::shown_name;

/// A field of a form: a text, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// Its name.
    pub name: String,
    /// The name of the file, if the field is a file.
    pub file_name: Option<String>,
    /// The media type of the file, if the client sent it.
    pub content_type: Option<String>,
    /// The bytes of the text or the file.
    pub bytes: Vec<u8>,
}

impl FormPart {
    /// The field as JSON, for an input that expects a text, and for issues. A file, which is no text, is described by
    /// its name and size.
    pub(crate) fn json(&self) -> Json {
        match &self.file_name {
            None => String::from_utf8_lossy(&self.bytes).into(),
            Some(_) if self.is_no_file() => "".into(),
            Some(name) => json!({"filename": name, "size": self.bytes.len()}),
        }
    }

    /// Reports a text that is not valid UTF-8. The issue shows it percent-encoded, unless it may be `secret`.
    pub(crate) fn text_fault(&self, secret: bool, collector: &mut IssueCollector) -> bool {
        let faulty = self.file_name.is_none() && std::str::from_utf8(&self.bytes).is_err();
        if faulty {
            let sent = percent_encode(&self.bytes, CONTROLS).to_string();
            collector.step(shown_name(self.name.as_str().into(), secret), |collector| {
                collector.secretly(secret, |collector| {
                    collector.fault::<()>(IssueKind::StringUnicode, &Json::from(sent))
                })
            });
        }
        faulty
    }

    /// Whether it is an empty text.
    pub(crate) fn is_blank(&self) -> bool {
        self.file_name.is_none() && self.bytes.is_empty()
    }

    /// Whether it is what browsers send if no file was chosen: an empty file without a name.
    pub(crate) fn is_no_file(&self) -> bool {
        self.file_name.as_deref() == Some("") && self.bytes.is_empty()
    }
}

/// The maximal number of texts, and of files, in a multipart form. It is Starlette's limit.
const MAX_FIELDS: usize = 1000;

/// The fields of a form, the issues of their names, and the permit to parse the form. There are no fields if the body
/// is no form. If the form has a `secret` field, the issues repeat nothing of it, since it may be a JSON body, of which
/// a form parser makes a name.
pub(crate) async fn read_form(
    headers: &dyn Headers,
    body: &mut dyn BodyReader,
    limits: Limits,
    secret: bool,
) -> Result<(Vec<FormPart>, Issues, Option<ParsePermit>), Error> {
    let kind = media_type(headers);
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let ReceivedBody { bytes, permit } = ReceivedBody::of(headers, body, limits.form).await?;
        let (parts, issues) = urlencoded(&bytes, secret);
        return Ok((parts, issues, permit));
    }
    if !kind.eq_ignore_ascii_case("multipart/form-data") {
        return Ok(Default::default());
    }
    let boundary =
        parameters::last(content_type(headers).as_bytes(), b"boundary").ok_or(Error::Unreadable)?;
    let boundary = String::from_utf8(boundary).map_err(|_| Error::Unreadable)?;
    let ReceivedBody { bytes, permit } = ReceivedBody::of(headers, body, limits.data_form).await?;
    let mut multipart = multer::Multipart::with_reader(&bytes[..], boundary);
    let (mut parts, mut collector) = (Vec::new(), IssueCollector::at("body"));
    let (mut texts, mut files) = (0, 0);
    while let Some(field) = multipart.next_field().await.map_err(|_| Error::Unreadable)? {
        let mut dispositions = field.headers().get_all("Content-Disposition").iter();
        let Disposition { name, file_name } = match (dispositions.next(), dispositions.next()) {
            (Some(header), None) => Disposition::parse(header.as_bytes()).ok_or(Error::Unreadable)?,
            _ => return Err(Error::Unreadable),
        };
        let count = if file_name.is_some() { &mut files } else { &mut texts };
        *count += 1;
        if *count > MAX_FIELDS {
            return Err(Error::Unreadable);
        }
        let content_type = field.content_type().map(ToString::to_string);
        let bytes = field.bytes().await.map_err(|_| Error::Unreadable)?;
        if file_name.is_some() && bytes.len() as u64 > limits.file {
            return Err(Error::TooLarge { limit: limits.file });
        }
        match String::from_utf8(name) {
            Ok(name) => parts.push(FormPart { name, file_name, content_type, bytes: bytes.to_vec() }),
            Err(name) => name_fault(name.as_bytes(), secret, &mut collector),
        }
    }
    Ok((parts, collector.into_issues(), permit))
}

fn urlencoded(form: &[u8], secret: bool) -> (Vec<FormPart>, Issues) {
    let (mut parts, mut collector) = (Vec::new(), IssueCollector::at("body"));
    for pair in form.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |b| *b == b'=').map(|half| {
            let half: Vec<u8> = half.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
            percent_decode(&half).collect::<Vec<u8>>()
        });
        let (name, bytes) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
        match String::from_utf8(name) {
            Ok(name) => parts.push(FormPart { name, file_name: None, content_type: None, bytes }),
            Err(name) => name_fault(name.as_bytes(), secret, &mut collector),
        }
    }
    (parts, collector.into_issues())
}

/// Reports a name that is not valid UTF-8. It cannot be ignored, as it may be the name of any input.
fn name_fault(name: &[u8], secret: bool, collector: &mut IssueCollector) {
    let name = if secret { REDACTED.to_owned() } else { percent_encode(name, CONTROLS).to_string() };
    collector
        .step(name.clone(), |collector| collector.fault::<()>(IssueKind::StringUnicode, &Json::from(name)));
}
