//! Entity tags of compressed bodies: `"abc"` is `"abc;gzip"` there, since its bytes are others.
//!
//! Whoever answers a request has to know nothing of that: the ends are taken from the tags that a client sends.

use rocket::http::Header;
use rocket::{Request, Response};

use crate::http::Coding;
use crate::route::{all, first};

/// The codings, whose suffixes a client may send.
const CODINGS: [Coding; 2] = [Coding::Gzip, Coding::Brotli];

/// The values of `If-None-Match` as the client has sent them. They are kept in the request.
struct SentTags(Option<String>);

/// The tag of a body that is compressed. A weak one is the same for it.
pub(super) fn suffixed(tag: &str, coding: Coding) -> Option<String> {
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
    Some(format!("\"{inner}{}\"", coding.suffix()))
}

/// Takes the suffixes of compressed bodies from the tags in a request. Those in `If-Range` stay: a part would be one of the
/// body as it is, which the client does not have.
pub(super) fn strip(request: &mut Request<'_>) {
    for name in ["If-None-Match", "If-Match"] {
        let sent = all(request.headers(), name).collect::<Vec<_>>().join(", ");
        let mut stripped = sent.clone();
        for coding in CODINGS {
            stripped = stripped.replace(&format!("{}\"", coding.suffix()), "\"");
        }
        if stripped != sent {
            request.replace_header(Header::new(name, stripped));
            if name == "If-None-Match" {
                request.local_cache(|| SentTags(Some(sent)));
            }
        }
    }
}

/// Says that what the client has is still right by the tag that it has it under.
pub(super) fn tag_of_unmodified(request: &Request<'_>, response: &mut Response<'_>) {
    let Some(sent) = &request.local_cache(|| SentTags(None)).0 else { return };
    let Some(tag) = first(response.headers(), "ETag") else { return };
    let mut all = CODINGS.into_iter().filter_map(|coding| suffixed(tag, coding));
    let known = all.find(|tag| sent.split(',').any(|sent| sent.trim() == tag));
    if let Some(tag) = known {
        response.set_raw_header("ETag", tag);
    }
}
