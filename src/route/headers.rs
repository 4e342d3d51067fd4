//! Looks for headers of requests and answers.
//!
//! Rocket's own search hashes the name that is looked for, letter by letter. That takes several times as long as to look at
//! the names of the few headers that there are.

use std::borrow::Cow;

use rocket::http::{Header, HeaderMap};

use crate::http::Headers;

/// All values of a header.
pub(crate) fn all<'a>(headers: &'a HeaderMap<'_>, name: &str) -> impl Iterator<Item = &'a str> {
    // Most names differ in their lengths already.
    let is_named = move |header: &Header<'a>| header.name.as_str().len() == name.len() && header.name == name;
    headers.iter().filter(is_named).filter_map(|header| match header.value {
        Cow::Borrowed(value) => Some(value),
        // The map lends its values.
        Cow::Owned(_) => None,
    })
}

/// The first value of a header.
pub(crate) fn first<'a>(headers: &'a HeaderMap<'_>, name: &str) -> Option<&'a str> {
    all(headers, name).next()
}

/// Whether there is such a header.
pub(crate) fn has(headers: &HeaderMap<'_>, name: &str) -> bool {
    first(headers, name).is_some()
}

impl Headers for HeaderMap<'_> {
    fn first(&self, name: &str) -> Option<&str> {
        first(self, name)
    }

    fn all(&self, name: &str) -> Vec<&str> {
        all(self, name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_whatever_their_case() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("X-One", "a"), ("x-two", "b"), ("x-ONE", "c"), ("X-Ones", "d")] {
            headers.add_raw(name, value);
        }
        headers.add_raw("X-Owned", "e".to_owned());
        assert_eq!(all(&headers, "x-one").collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!((first(&headers, "X-ONE"), first(&headers, "x-owned")), (Some("a"), Some("e")));
        assert!(has(&headers, "X-Two") && !has(&headers, "X-Tw") && !has(&headers, "X-Three"));
        assert_eq!(Headers::all(&headers, "X-One"), ["a", "c"]);
    }
}
