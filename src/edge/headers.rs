//! Headers that tell browsers to be careful.

use rocket::Response;

const NO_SNIFF: &str = "X-Content-Type-Options";
const REFERRER_POLICY: &str = "Referrer-Policy";

/// Other origins are told nothing of an address. Under `no-referrer` a form of the service's own page would come with the
/// origin `null`, like one of a foreign page.
const SAME_ORIGIN: &str = "same-origin";

/// Adds what each of crewed's own answers has, unless it is there: Rocket's `Shield` may send it, and a function too.
pub(super) fn complete_own(response: &mut Response<'_>) {
    let (mut is_unsniffed, mut has_policy) = (false, false);
    // To ask for one by name would take longer: Rocket hashes the name byte by byte.
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
