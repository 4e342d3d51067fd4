//! A request, independent of the HTTP server.

use std::borrow::Cow;
use std::future::ready;
use std::pin::Pin;

use super::path::decode;
use super::timeouts::Timeouts;
use crate::error::Error;

/// A request without its body.
#[derive(Clone, Copy)]
pub(crate) struct RequestHead<'r> {
    /// The path, as it was sent.
    pub(crate) path: &'r str,
    /// The query, as it was sent, or an empty text if there is none.
    pub(crate) query: &'r str,
    /// The headers.
    pub(crate) headers: &'r dyn Headers,
}

/// The headers of a request. Names are compared without regard to case.
pub(crate) trait Headers: Sync {
    /// The first value of a header.
    fn first(&self, name: &str) -> Option<&str>;

    /// All values of a header, in the order in which they were sent.
    fn all(&self, name: &str) -> Vec<&str>;
}

/// The body of a request, which has not been read yet.
pub(crate) trait BodyReader: Send {
    /// Reads all of it, once. The future has a box of its own, so that requests without a body do not carry its size
    /// along.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if it is longer than `limit` bytes, [`Error::Unreadable`] if the connection ends early,
    /// [`Error::Slow`] if it does not come in time.
    fn read(&mut self, limit: u64) -> Bytes<'_>;
}

/// No body, for an operation that reads none.
pub(crate) struct NoBody;

impl BodyReader for NoBody {
    fn read(&mut self, _: u64) -> Bytes<'_> {
        Box::pin(ready(Ok(Vec::new())))
    }
}

/// The bytes of a body that is being read.
pub(crate) type Bytes<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Error>> + Send + 'a>>;

/// The maximal lengths of bodies in bytes, which are Rocket's `limits`, and how long they may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// A body in JSON.
    pub(crate) json: u64,
    /// A form without files.
    pub(crate) form: u64,
    /// A form with files.
    pub(crate) data_form: u64,
    /// One file.
    pub(crate) file: u64,
    /// How long the parts of a request may take.
    pub(crate) timeouts: Timeouts,
}

impl<'r> RequestHead<'r> {
    /// The segment of the path at this position, counted from 0, or with `rest` all segments from there on.
    ///
    /// # Errors
    /// The segment as it was sent, if it is not valid UTF-8.
    pub(crate) fn segment(&self, position: usize, rest: bool) -> Result<Cow<'r, str>, &'r str> {
        let pieces = if rest { position + 2 } else { usize::MAX };
        // The path begins with a slash, so the first piece is empty.
        let piece = self.path.splitn(pieces, '/').nth(position + 1).unwrap_or_default();
        decode(piece).ok_or(piece)
    }

    /// The value of a cookie, or that of the last one if the name is repeated.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let headers = self.headers.all("Cookie").into_iter();
        let cookies = headers.flat_map(cookie::Cookie::split_parse).flatten();
        let own = cookies.filter(|cookie| cookie.name() == name);
        own.last().map(|cookie| unquoted(cookie.value()))
    }
}

/// The value of a cookie as Python reads it: within quotes a backslash stands before a character, or before the three
/// octal digits of one.
fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let Some(inner) = inner else { return value.to_owned() };
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let octal = after.get(..3).filter(|digits| digits.bytes().all(|digit| matches!(digit, b'0'..=b'7')));
        let octal = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        rest = match (octal, after.chars().next()) {
            (Some(code), _) => {
                text.push(char::from(code));
                &after[3..]
            }
            (None, Some(character)) => {
                text.push(character);
                &after[character.len_utf8()..]
            }
            (None, None) => {
                text.push('\\');
                after
            }
        };
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn cookies_are_read_as_python_reads_them() {
        let all = [
            ("plain", "plain"),
            ("", ""),
            ("\"", "\""),
            ("\"\"", ""),
            ("\"a b\"", "a b"),
            (r#""q\"x""#, r#"q"x"#),
            (r#""a\\b""#, r"a\b"),
            (r#""a\054b\377""#, "a,b\u{ff}"),
            (r#""a\400b""#, "a400b"),
            (r#""a\05""#, "a05"),
            (r#"a\"b"#, r#"a\"b"#),
            ("\"\\é\"", "é"),
            ("\"\\\"", "\\"),
        ];
        for (sent, read) in all {
            assert_eq!(unquoted(sent), read, "{sent}");
        }
    }
}
