//! Forms as they come in: their fields, which are texts and files.

use percent_encoding::{CONTROLS, percent_decode, percent_encode};
use serde_json::{Value as Json, json};

use super::body::{ReceivedBody, content_type, media_type};
use super::parameters::{self, Disposition};
use super::request::{BodyReader, Headers, Limits};
use super::turn::Turn;
use crate::error::Error;
use crate::issue::{IssueCollector, IssueKind, Issues};

/// A field of a form: a text, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// Its name.
    pub name: String,
    /// The name of the file, where it is one.
    pub file_name: Option<String>,
    /// The media type of the file, where it is said.
    pub content_type: Option<String>,
    /// The bytes of the text or the file.
    pub bytes: Vec<u8>,
}

impl FormPart {
    /// A field that is a text.
    pub fn of_text(name: impl Into<String>, text: impl Into<String>) -> Self {
        let bytes = text.into().into_bytes();
        FormPart { name: name.into(), file_name: None, content_type: None, bytes }
    }

    /// What stands for it where a text is asked for: its text; of a file, which is none, what it is.
    pub(crate) fn json(&self) -> Json {
        match &self.file_name {
            None => String::from_utf8_lossy(&self.bytes).into(),
            Some(_) if self.is_no_file() => "".into(),
            Some(name) => json!({"filename": name, "size": self.bytes.len()}),
        }
    }

    /// Notes it where it is a text that is not UTF-8, which is shown with every other byte as `%E9`.
    pub(crate) fn text_fault(&self, secret: bool, collector: &mut IssueCollector) -> bool {
        let faulty = self.file_name.is_none() && std::str::from_utf8(&self.bytes).is_err();
        if faulty {
            let sent = percent_encode(&self.bytes, CONTROLS).to_string();
            collector.step(self.name.clone(), |collector| {
                collector.secretly(secret, |collector| {
                    collector.fault::<()>(IssueKind::StringUnicode, &Json::from(sent))
                })
            });
        }
        faulty
    }

    /// Whether it is a text without a character.
    pub(crate) fn is_blank(&self) -> bool {
        self.file_name.is_none() && self.bytes.is_empty()
    }

    /// Whether it is what browsers send where no file was chosen.
    pub(crate) fn is_no_file(&self) -> bool {
        self.file_name.as_deref() == Some("") && self.bytes.is_empty()
    }
}

/// The most texts, and the most files, of a form with files: as Starlette has it.
const MOST_FIELDS: usize = 1000;

/// The fields of a form, what is wrong with their names, and the form's turn to be read; none, where the body is
/// no form.
pub(crate) async fn read_form(
    headers: &dyn Headers,
    body: &mut dyn BodyReader,
    limits: Limits,
) -> Result<(Vec<FormPart>, Issues, Option<Turn>), Error> {
    let kind = media_type(headers);
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let ReceivedBody { bytes, turn } = ReceivedBody::of(headers, body, limits.form).await?;
        let (parts, issues) = urlencoded(&bytes);
        return Ok((parts, issues, turn));
    }
    if !kind.eq_ignore_ascii_case("multipart/form-data") {
        return Ok(Default::default());
    }
    let boundary =
        parameters::last(content_type(headers).as_bytes(), b"boundary").ok_or(Error::Unreadable)?;
    let boundary = String::from_utf8(boundary).map_err(|_| Error::Unreadable)?;
    let ReceivedBody { bytes, turn } = ReceivedBody::of(headers, body, limits.data_form).await?;
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
        if file_name.is_some() && bytes.len() as u64 > limits.file {
            return Err(Error::TooLarge { limit: limits.file });
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
