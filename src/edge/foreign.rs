//! Pages of other origins, which must not make a browser change anything.
//!
//! A browser asks before it sends most of what a page of another origin could harm with, but not before a form, or a
//! POST without a body. Such a request comes with what the browser knows of the service: its cookies, and a password.

use rocket::Request;
use rocket::http::Method;

use super::cors::Cors;
use super::sent::Sent;

/// What a refused request is told.
pub(super) const DETAIL: &str = "Requests from pages of other origins are not allowed";

/// Whether a request may change something. What Rocket has made of a form was sent as a POST.
pub(super) fn may_change(request: &Request<'_>) -> bool {
    !matches!(request.method(), Method::Get | Method::Head | Method::Options | Method::Trace)
        || request.content_type().is_some_and(|kind| kind.is_form())
}

/// Whether a page of another origin, which `cors` does not name, makes a browser send a request. Whoever is no browser
/// sends neither of the headers that tell.
pub(super) fn is_foreign(sent: &Sent<'_>, cors: Option<&Cors>) -> bool {
    let is_foreign = match (sent.site, sent.origin) {
        // No page has made the browser send it, or one of the service's own.
        (Some("same-origin" | "none"), _) | (None, None) => false,
        (Some(_), _) => true,
        // Browsers say nothing of sites over plain HTTP, and old ones never.
        (None, Some(origin)) => !is_of_host(origin, sent.host),
    };
    is_foreign && !sent.origin.is_some_and(|origin| cors.is_some_and(|cors| is_named(origin, sent, cors)))
}

/// Whether `cors` names an origin. "*" names all of them, but not for those who come with what a browser knows: a page that
/// it cannot let act as whoever looks at it must not do so by a form either.
fn is_named(origin: &str, sent: &Sent<'_>, cors: &Cors) -> bool {
    cors.names(origin) && !(sent.has_ambient_credentials && cors.names_all())
}

/// Whether an origin is that of the host which a request names.
fn is_of_host(origin: &str, host: Option<&str>) -> bool {
    let Some((scheme, of)) = origin.split_once("://") else { return false };
    // Browsers leave the usual port out of an origin, and some proxies add it to the host.
    let usual = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    host.is_some_and(|host| of.eq_ignore_ascii_case(host.strip_suffix(usual).unwrap_or(host)))
}
