//! Percent-encoding of the segments of a path.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The characters to encode in a segment: all except RFC 3986's `unreserved`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A key as a segment of a path.
pub(crate) fn encode(segment: &str) -> Cow<'_, str> {
    utf8_percent_encode(segment, SEGMENT).into()
}

/// A segment of a path as a key, or `None` if it is not valid UTF-8. (Rocket would replace the invalid bytes.)
pub(crate) fn decode(segment: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(segment).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_a_path() {
        for key in ["a b", "a/b", "한글", "50%", "a?b#c", "~._-", "+", "\\evil", "/\\evil", "a\tb"] {
            assert_eq!(decode(&encode(key)).as_deref(), Some(key));
        }
    }
}
