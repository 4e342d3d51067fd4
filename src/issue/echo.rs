//! Repeats a sent value in an issue, or a part of it if it is too long.

use std::borrow::Cow;
use std::io;

use serde_json::Value as Json;

/// A sent value that an issue can repeat.
pub trait Echo {
    /// Its length as JSON in bytes, or `None` if it is longer than `most`.
    fn length_within(&self, most: usize) -> Option<usize>;

    /// The value.
    fn to_json(&self) -> Json;

    /// Its first bytes, at most `most`, and its whole length if that is known.
    fn beginning(&self, most: usize) -> (String, Option<usize>);
}

impl Echo for Json {
    fn length_within(&self, most: usize) -> Option<usize> {
        let mut kept = FirstBytes { bytes: None, length: 0, most };
        serde_json::to_writer(&mut kept, self).ok()?;
        Some(kept.length)
    }

    fn to_json(&self) -> Json {
        self.clone()
    }

    fn beginning(&self, most: usize) -> (String, Option<usize>) {
        if let Json::String(text) = self {
            return (beginning(text, most).to_owned(), Some(text.len()));
        }
        let mut kept = FirstBytes { bytes: Some(Vec::new()), length: 0, most };
        // The writer fails once it is full, which is expected here.
        let _ = serde_json::to_writer(&mut kept, self);
        let bytes = kept.bytes.unwrap_or_default();
        (beginning(&String::from_utf8_lossy(&bytes), most).to_owned(), None)
    }
}

/// A writer that keeps the first bytes, and fails beyond a length.
struct FirstBytes {
    bytes: Option<Vec<u8>>,
    length: usize,
    most: usize,
}

impl io::Write for FirstBytes {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.length += more.len();
        if let Some(bytes) = &mut self.bytes {
            bytes.extend_from_slice(&more[..more.len().min(self.most.saturating_sub(bytes.len()))]);
        }
        match self.length > self.most {
            true => Err(io::ErrorKind::WriteZero.into()),
            false => Ok(more.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The first bytes of a text, at most `most`, without half a character.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The text, or its beginning and an ellipsis if it is longer than `most` bytes.
pub(crate) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.len() > most {
        true => format!("{}…", beginning(text, most)).into(),
        false => text.into(),
    }
}
