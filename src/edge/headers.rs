//! Headers that tell browsers to be careful, and how the edge looks for headers.

use rocket::Response;
use rocket::http::HeaderMap;

const NO_SNIFF: &str = "X-Content-Type-Options";
const REFERRER_POLICY: &str = "Referrer-Policy";

/// Other origins are told nothing of an address. Under `no-referrer` a form of the service's own page would come with the
/// origin `null`, like one of a foreign page.
const SAME_ORIGIN: &str = "same-origin";

/// Adds what each of crewed's own answers has, unless it is there: Rocket's `Shield` may send it, and a function too.
pub(super) fn complete_own(response: &mut Response<'_>) {
    let (mut is_unsniffed, mut has_policy) = (false, false);
    // One look for both.
    for header in response.headers().iter() {
        let name = header.name.as_str();
        match name.len() {
            22 => is_unsniffed |= name.eq_ignore_ascii_case(NO_SNIFF),
            15 => has_policy |= name.eq_ignore_ascii_case(REFERRER_POLICY),
            _ => {}
        }
    }
    if !is_unsniffed {
        response.set_raw_header(NO_SNIFF, "nosniff");
    }
    if !has_policy {
        response.set_raw_header(REFERRER_POLICY, SAME_ORIGIN);
    }
}

/// The first value of a header. Rocket's own search hashes the name letter by letter, which takes longer than to look at
/// the names of the few headers that there are.
pub(super) fn first<'a>(headers: &'a HeaderMap<'_>, name: &str) -> Option<&'a str> {
    if has(headers, name) { headers.get_one(name) } else { None }
}

/// Whether there is such a header.
pub(super) fn has(headers: &HeaderMap<'_>, name: &str) -> bool {
    headers.iter().any(|header| header.name.as_str().len() == name.len() && header.name == name)
}
