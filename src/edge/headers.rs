//! What the headers of an answer tell the edge, and the headers that tell browsers to be careful.

use rocket::Response;
use rocket::http::HeaderMap;

const NO_SNIFF: &str = "X-Content-Type-Options";
const REFERRER_POLICY: &str = "Referrer-Policy";

/// Other origins are told nothing of an address. Under `no-referrer` a form of the service's own page would come with the
/// origin `null`, like one of a foreign page.
const SAME_ORIGIN: &str = "same-origin";

/// What the headers of an answer tell the edge. They are found in one pass over all: Rocket would hash the name of each
/// that it is asked for, byte by byte.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Whether browsers are told to take the media type for what it is.
    is_unsniffed: bool,
    /// Whether browsers are told which other origins learn the address of a page.
    has_referrer_policy: bool,
    /// Whether the body is text, which mostly becomes shorter when it is compressed.
    is_text: bool,
    /// Whether something says that the body has to stay as it is.
    stays_as_it_is: bool,
    /// Whether it says of some header of the request that the answer depends on it.
    pub(super) varies: bool,
}

impl Told {
    pub(super) fn of(headers: &HeaderMap<'_>) -> Self {
        let mut told = Told::default();
        for header in headers.iter() {
            let name = header.name.as_str();
            let is = |other: &str| name.eq_ignore_ascii_case(other);
            // Few names have one of these lengths, so most are not compared.
            match name.len() {
                4 if is("Vary") => told.varies = true,
                // These are of the bytes that are sent.
                6 if is("Digest") => told.stays_as_it_is = true,
                11 if is("Repr-Digest") || is("Content-MD5") => told.stays_as_it_is = true,
                14 if is("Content-Digest") => told.stays_as_it_is = true,
                // What has a cookie may have a secret, which the length would tell.
                10 if is("Set-Cookie") => told.stays_as_it_is = true,
                12 if is("Content-Type") => told.is_text = is_text(header.value()),
                // What is a part is one of the body as it is.
                13 if is("Content-Range") => told.stays_as_it_is = true,
                13 if is("Cache-Control") => {
                    told.stays_as_it_is |= header.value().split(',').any(is_no_transform);
                }
                15 if is(REFERRER_POLICY) => told.has_referrer_policy = true,
                16 if is("Content-Encoding") => told.stays_as_it_is = true,
                22 if is(NO_SNIFF) => told.is_unsniffed = true,
                _ => {}
            }
        }
        told
    }

    /// Whether the body is one that may be compressed.
    pub(super) fn may_be_compressed(&self) -> bool {
        self.is_text && !self.stays_as_it_is
    }

    /// Adds what each of crewed's own answers has, unless it is there: Rocket's `Shield` may send it, and a function too.
    pub(super) fn complete_own(&self, response: &mut Response<'_>) {
        if !self.is_unsniffed {
            response.set_raw_header(NO_SNIFF, "nosniff");
        }
        if !self.has_referrer_policy {
            response.set_raw_header(REFERRER_POLICY, SAME_ORIGIN);
        }
    }
}

/// Whether a media type is that of texts. Events are none: each is waited for.
fn is_text(content_type: &str) -> bool {
    if content_type == "application/json" {
        // Nearly every answer is that.
        return true;
    }
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let ends = |end: &str| {
        let start = media_type.len().checked_sub(end.len());
        start.and_then(|start| media_type.get(start..)).is_some_and(|found| found.eq_ignore_ascii_case(end))
    };
    let known = ["application/json", "application/jsonl", "application/x-ndjson"];
    let others = ["application/xml", "application/javascript", "application/yaml"];
    let is_known = |known: &&str| media_type.eq_ignore_ascii_case(known);
    known.iter().any(is_known)
        || media_type.get(..5).is_some_and(|kind| kind.eq_ignore_ascii_case("text/"))
            && !ends("/event-stream")
        || ends("+json")
        || ends("+xml")
        || others.iter().any(is_known)
}

fn is_no_transform(directive: &str) -> bool {
    directive.trim().eq_ignore_ascii_case("no-transform")
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn what_is_text() {
        for kind in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
            "application/jsonl",
            "text/csv; charset=utf-8",
            "text/html",
            "text/plain",
            "text/javascript; charset=utf-8",
            "image/svg+xml",
        ] {
            assert!(is_text(kind), "{kind}");
        }
        for kind in [
            "text/event-stream",
            "text/event-stream; charset=utf-8",
            "application/jsonp",
            "텍스트",
            "image/png",
            "application/octet-stream",
            "application/zip",
            "video/mp4",
            "json",
            "",
        ] {
            assert!(!is_text(kind), "{kind}");
        }
    }
}
