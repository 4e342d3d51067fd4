//! Declared paths in Rocket's notation, and the paths of requests.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// One segment of a declared path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment<'a> {
    /// A segment that matches exactly this text.
    Fixed(&'a str),
    /// A parameter, which matches any one segment: `<name>`.
    Any,
    /// A parameter for the rest of the path, which matches any number of segments: `<path..>`.
    Rest,
}

/// The segments of a declared path, in Rocket's notation: `/users/<name>`, `/files/<path..>`.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = Segment<'_>> {
    // A slash at the end makes one more, empty segment: `/items/` is not `/items`.
    let end = (path.len() > 1 && path.ends_with('/')).then_some(Segment::Fixed(""));
    let inner = path.split('/').filter(|segment| !segment.is_empty()).map(|segment| {
        match segment.strip_prefix('<').and_then(|s| s.strip_suffix('>')) {
            Some(name) if name.ends_with("..") => Segment::Rest,
            Some(_) => Segment::Any,
            None => Segment::Fixed(segment),
        }
    });
    inner.chain(end)
}

/// Whether a declared path matches the path of a request, by Rocket's rules.
pub(super) fn matches_path(declared: &str, path: &str) -> bool {
    let (mut declared, mut sent) = (segments(declared), segments(path));
    loop {
        match (declared.next(), sent.next()) {
            (Some(Segment::Rest), _) | (None, None) => return true,
            (Some(Segment::Any), Some(Segment::Fixed(text))) if !text.is_empty() => {}
            (Some(Segment::Fixed(declared)), Some(Segment::Fixed(sent))) if declared == sent => {}
            _ => return false,
        }
    }
}

/// The characters that RFC 3986 does not allow in a path, which are therefore percent-encoded. Slashes and `%` are
/// allowed: they separate segments, and begin what is encoded already. Backslashes and control characters matter most,
/// since browsers read the former as slashes and drop the latter.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A path for a `Location` header, or `None` where a browser would take it for another host (`//host`).
pub(super) fn location(path: &str) -> Option<String> {
    let is_path = path.starts_with('/') && !path.starts_with("//");
    is_path.then(|| utf8_percent_encode(path, PATH).to_string())
}

/// A path in which unreserved characters that were percent-encoded are decoded, so that `/us%65rs` is `/users`. Slashes
/// and other reserved characters stay encoded, since they are part of their segment.
pub(super) fn normalized(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return path.into();
    }
    let mut normal = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        normal.push_str(&rest[..at]);
        let byte = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.map(char::from) {
            Some(c) if c.is_ascii_alphanumeric() || "-._~".contains(c) => {
                normal.push(c);
                rest = &rest[at + 3..];
            }
            _ => {
                normal.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    normal.push_str(rest);
    normal.into()
}

/// The same path without the slash at its end, or with one where it has none.
pub(super) fn toggle_trailing_slash(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(_) => path.trim_end_matches('/').to_owned(),
        None => format!("{path}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_only_what_is_unreserved() {
        assert_eq!(normalized("/us%65rs/a%2Fb%20c%"), "/users/a%2Fb%20c%");
        assert_eq!(normalized("/a%zz%4"), "/a%zz%4");
        assert_eq!(normalized("/%ED%95%9C"), "/%ED%95%9C");
    }

    #[test]
    fn declared_paths_take_what_fits() {
        for (declared, sent, fits) in [
            ("/a/<b>", "/a/b", true),
            ("/a/<b>", "/a/", false),
            ("/a/<b>", "/a/b/", false),
            ("/a/<b..>", "/a", true),
            ("/<b..>", "/", true),
            ("/", "/", true),
            ("/a/", "/a/", true),
            ("/a", "/a/", false),
            ("/a", "/b", false),
        ] {
            assert_eq!(matches_path(declared, sent), fits, "{declared} {sent}");
        }
    }

    #[test]
    fn an_address_stays_on_its_host() {
        for (path, expected) in [
            ("/users/a%20b", Some("/users/a%20b")),
            ("/a;b=c,d@e:f!$&'()*+~", Some("/a;b=c,d@e:f!$&'()*+~")),
            ("/\\evil.example", Some("/%5Cevil.example")),
            ("/\\/evil.example", Some("/%5C/evil.example")),
            ("/%5cevil.example", Some("/%5cevil.example")),
            ("/\t/evil.example", Some("/%09/evil.example")),
            ("/\r\n/evil.example", Some("/%0D%0A/evil.example")),
            ("/é|^[x]", Some("/%C3%A9%7C%5E%5Bx%5D")),
            ("//evil.example", None),
            ("///evil.example", None),
            ("\\\\evil.example", None),
            ("", None),
        ] {
            assert_eq!(location(path).as_deref(), expected, "{path}");
        }
    }
}
