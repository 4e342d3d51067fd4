//! Parses the parameters of two headers: `Content-Disposition`, which names a part of a multipart form, and
//! `Content-Type`.
//!
//! The parsers at hand were rejected: multer recognizes parameters in lower case only, and reads a part whose name it
//! cannot parse as one without a name; Rocket refuses a whole header because of one parameter that it cannot parse.

/// The value of the last parameter with this name. FastAPI uses the last one, too.
pub(super) fn last(header: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let (mut found, mut rest) = (None, after(header, b';'));
    while let Some(parameter) = rest {
        let Parameter { key, value, rest: next } = parameter_of(parameter)?;
        if key.eq_ignore_ascii_case(name) {
            found = Some(value);
        }
        rest = next;
    }
    found
}

/// The names of a part of a form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    /// The name of the field, which may be any bytes.
    pub(super) name: Vec<u8>,
    /// The name of the file, if the part is one. As in FastAPI it is decoded as UTF-8, or else as Latin-1.
    pub(super) file_name: Option<String>,
}

impl Disposition {
    /// Parses the header. The result is `None` if there is no name of a field, if a parameter is repeated, or if a
    /// quoted value does not end.
    pub(super) fn parse(header: &[u8]) -> Option<Self> {
        let (mut name, mut file_name) = (None, None);
        let mut rest = after(header, b';');
        while let Some(parameter) = rest {
            let Parameter { key, value, rest: next } = parameter_of(parameter)?;
            let slot = match key {
                key if key.eq_ignore_ascii_case(b"name") => Some(&mut name),
                key if key.eq_ignore_ascii_case(b"filename") => Some(&mut file_name),
                _ => None,
            };
            if slot.is_some_and(|slot| slot.replace(value).is_some()) {
                return None;
            }
            rest = next;
        }
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .unwrap_or_else(|e| e.as_bytes().iter().copied().map(char::from).collect())
        };
        Some(Disposition { name: name?, file_name: file_name.map(without_drive).map(text) })
    }
}

/// The name of a file without a Windows path, which some clients send. FastAPI removes it, too.
fn without_drive(mut file_name: Vec<u8>) -> Vec<u8> {
    if let [_, b':', b'\\', ..] = file_name[..]
        && let Some(last) = file_name.iter().rposition(|b| *b == b'\\')
    {
        file_name.drain(..=last);
    }
    file_name
}

/// A parameter, and the text after it.
struct Parameter<'a> {
    key: &'a [u8],
    value: Vec<u8>,
    rest: Option<&'a [u8]>,
}

/// The parameter at the beginning of a text, or `None` if a quoted value does not end.
fn parameter_of(text: &[u8]) -> Option<Parameter<'_>> {
    let end = text.iter().position(|b| matches!(b, b'=' | b';')).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    let key = key.trim_ascii();
    let Some(rest) = rest.strip_prefix(b"=") else {
        return Some(Parameter { key, value: Vec::new(), rest: after(rest, b';') });
    };
    let Some(quoted) = rest.trim_ascii_start().strip_prefix(b"\"") else {
        let end = rest.iter().position(|b| *b == b';').unwrap_or(rest.len());
        let value = rest[..end].trim_ascii().to_vec();
        return Some(Parameter { key, value, rest: after(rest, b';') });
    };
    let (mut value, mut at) = (Vec::new(), 0);
    loop {
        match (quoted.get(at)?, quoted.get(at + 1)) {
            (b'"', _) => return Some(Parameter { key, value, rest: after(&quoted[at + 1..], b';') }),
            // Browsers escape only these two. Any other backslash is literal, as in a Windows path.
            (b'\\', Some(escaped @ (b'"' | b'\\'))) => {
                value.push(*escaped);
                at += 2;
            }
            (byte, _) => {
                value.push(*byte);
                at += 1;
            }
        }
    }
}

/// The text after the first occurrence of this byte.
fn after(text: &[u8], byte: u8) -> Option<&[u8]> {
    text.iter().position(|b| *b == byte).map(|at| &text[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_clients_write() {
        let read = |header: &[u8]| {
            let read = Disposition::parse(header)?;
            Some((String::from_utf8_lossy(&read.name).into_owned(), read.file_name))
        };
        let file = |name: &str, file: &str| Some((name.to_owned(), Some(file.to_owned())));
        let cases: [(&[u8], _); 17] = [
            (b"form-data; name=\"n\"", Some(("n".to_owned(), None))),
            (b"form-data; name=\"n\"; filename=\"a.txt\"", file("n", "a.txt")),
            (b"FORM-DATA; NAME=\"n\"; FILENAME=\"a.txt\"", file("n", "a.txt")),
            (b"form-data;name=\"n\";FileName=\"a.txt\"", file("n", "a.txt")),
            (b"form-data; name=n; filename=a.txt", file("n", "a.txt")),
            (b"form-data; filename = \"a.txt\" ; name = \"n\" ;", file("n", "a.txt")),
            (b"form-data; name=\"n\"; filename=\"a;b\\\"c\\\\d.txt\"", file("n", "a;b\"c\\d.txt")),
            (b"form-data; name=\"n\"; filename=\"C:\\dir\\a.txt\"", file("n", "a.txt")),
            (b"form-data; name=\"n\"; filename=\"dir\\a.txt\"", file("n", "dir\\a.txt")),
            (b"form-data; name=\"n\"; filename=\"\xe9.txt\"", file("n", "\u{e9}.txt")),
            (b"form-data; name=\"n\"; filename=\"\xc3\xa9.txt\"", file("n", "\u{e9}.txt")),
            (b"form-data; name=\"n\"; filename=\"\"", file("n", "")),
            (b"form-data; name=\"\"", Some((String::new(), None))),
            (b"form-data", None),
            (b"form-data; filename=\"a.txt\"", None),
            (b"form-data; name=\"n", None),
            (b"form-data; name=\"n\"; Name=\"m\"", None),
        ];
        for (header, expected) in cases {
            assert_eq!(read(header), expected, "{}", String::from_utf8_lossy(header));
        }
    }

    #[test]
    fn finds_the_last_of_a_name() {
        let cases: [(&str, Option<&str>); 8] = [
            ("multipart/form-data; boundary=----=_Part_1", Some("----=_Part_1")),
            ("multipart/form-data;BOUNDARY=\"a b\"", Some("a b")),
            ("multipart/form-data; charset=utf-8; boundary = x ; ", Some("x")),
            ("multipart/form-data; boundary=a; boundary=b", Some("b")),
            ("multipart/form-data; UTF-8; boundary=a", Some("a")),
            ("multipart/form-data;", None),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=\"a", None),
        ];
        for (header, expected) in cases {
            let found = last(header.as_bytes(), b"boundary");
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{header}");
        }
    }
}
