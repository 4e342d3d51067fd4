//! What the headers of a request tell the edge.

use std::borrow::Cow;

use rocket::http::{Header, HeaderMap};

use crate::route::REQUEST_ID;

/// The headers of a request that the edge looks at. They are found in one pass over all: Rocket would hash the name of
/// each that it is asked for, byte by byte.
#[derive(Debug, Default)]
pub(super) struct Sent<'r> {
    /// The first `Host`.
    pub(super) host: Option<&'r str>,
    /// How many there are.
    pub(super) hosts: usize,
    /// The first `Origin`.
    pub(super) origin: Option<&'r str>,
    /// The first `Sec-Fetch-Site`, in which a browser says where the page is from that makes it send the request.
    pub(super) site: Option<&'r str>,
    /// Whether there is what a browser sends whatever page asks it to: a cookie, or a password that it knows.
    pub(super) has_ambient_credentials: bool,
    /// The first `X-Request-Id`.
    pub(super) request_id: Option<&'r str>,
    /// Whether there is an `If-Match` or an `If-None-Match`.
    pub(super) has_tags: bool,
    /// The first `Access-Control-Request-Method`.
    pub(super) asked_method: Option<&'r str>,
    /// The first `Access-Control-Request-Headers`.
    pub(super) asked_headers: Option<&'r str>,
    /// Whether it asks for `Access-Control-Allow-Private-Network`.
    pub(super) asks_private_network: bool,
}

impl<'r> Sent<'r> {
    pub(super) fn of(headers: &'r HeaderMap<'_>) -> Self {
        let mut sent = Sent::default();
        for Header { name, value } in headers.iter() {
            let Cow::Borrowed(value) = value else { continue };
            let is = |other: &str| name.as_str().eq_ignore_ascii_case(other);
            // Few names have one of these lengths, so most are not compared.
            match name.as_str().len() {
                4 if is("host") => {
                    sent.host.get_or_insert(value);
                    sent.hosts += 1;
                }
                6 if is("origin") => drop(sent.origin.get_or_insert(value)),
                6 if is("cookie") => sent.has_ambient_credentials = true,
                8 if is("if-match") => sent.has_tags = true,
                12 if is(REQUEST_ID) => drop(sent.request_id.get_or_insert(value)),
                13 if is("if-none-match") => sent.has_tags = true,
                13 if is("authorization") => {
                    let scheme = value.get(..6).unwrap_or_default();
                    sent.has_ambient_credentials |= scheme.eq_ignore_ascii_case("basic ");
                }
                14 if is("sec-fetch-site") => drop(sent.site.get_or_insert(value)),
                29 if is("access-control-request-method") => drop(sent.asked_method.get_or_insert(value)),
                30 if is("access-control-request-headers") => drop(sent.asked_headers.get_or_insert(value)),
                38 if is("access-control-request-private-network") => sent.asks_private_network = true,
                _ => {}
            }
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_whatever_their_case() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("HOST", "one"),
            ("host", "two"),
            ("oRiGiN", "https://a"),
            ("Origin", "https://b"),
            ("Sec-Fetch-Site", "none"),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "x-a"),
            ("Access-Control-Request-Private-Network", "true"),
            ("cookies", "x"),
            ("x-request-id", "7"),
            ("X-Request-Id", "8"),
        ] {
            headers.add_raw(name, value);
        }
        let sent = Sent::of(&headers);
        assert_eq!((sent.host, sent.hosts), (Some("one"), 2));
        assert_eq!((sent.origin, sent.site), (Some("https://a"), Some("none")));
        assert_eq!((sent.asked_method, sent.asked_headers), (Some("PUT"), Some("x-a")));
        assert_eq!(sent.request_id, Some("7"));
        assert!(sent.asks_private_network && !sent.has_ambient_credentials && !sent.has_tags);
        for name in ["If-Match", "if-none-match"] {
            let mut headers = HeaderMap::new();
            headers.add_raw(name, "*");
            assert!(Sent::of(&headers).has_tags, "{name}");
        }
        for (name, value, are_there) in [
            ("Cookie", "", true),
            ("Authorization", "Basic YTpi", true),
            ("Authorization", "BASIC YTpi", true),
            ("Authorization", "Bearer basic", false),
            ("Authorization", "Basi", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.add_raw(name, value);
            assert_eq!(Sent::of(&headers).has_ambient_credentials, are_there, "{name}: {value}");
        }
    }
}
