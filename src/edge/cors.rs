//! Cross-origin resource sharing: what pages of other origins may ask and read, as browsers are told.
//!
//! The answers are those of Starlette's `CORSMiddleware`, of which there are recordings, but for what is said here.
//! A preflight is answered for exactly what is there: the methods and the headers of its path; where nothing is, it is
//! 404 and allows nothing. Whoever is not named is told nothing but that the answer varies.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rocket::http::Method;
use rocket::{Request, Response};

use super::names::OriginName;
use super::sent::Sent;
use crate::http::{self, ResponseBody};
use crate::route::{Reach, RouteTables, Sharing, first};

/// The headers of crewed's answers that a page could not read otherwise.
const EXPOSED: &str =
    "Location, ETag, Link, X-Total-Count, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy";

/// The headers that every path takes: pages may send these without asking, though not with any value.
const EVERYWHERE: [&str; 4] = ["Accept", "Accept-Language", "Content-Language", "Content-Type"];

/// What the answer to a preflight depends on.
const ASKED: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, \
                     Access-Control-Request-Private-Network";

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_CREDENTIALS: &str = "Access-Control-Allow-Credentials";

/// The configuration of `cors`.
#[derive(Clone, Debug)]
pub(crate) struct Cors {
    pub(crate) origins: Vec<OriginName>,
    /// Whether pages may send cookies and passwords, and read what is answered to these.
    pub(crate) credentials: bool,
    /// For how many seconds a browser need not ask again.
    pub(crate) max_age: u32,
    /// The headers that every path takes beside those that its operations declare.
    pub(crate) headers: Vec<String>,
}

impl Cors {
    /// Whether an origin is one of those that are configured.
    pub(super) fn names(&self, origin: &str) -> bool {
        self.origins.iter().any(|named| named.is(origin))
    }

    /// Whether all origins are.
    pub(super) fn names_all(&self) -> bool {
        self.origins.contains(&OriginName::Any)
    }

    /// What the answer to a request tells.
    pub(super) fn sharing(&self, sent: &Sent<'_>) -> Sharing {
        match sent.origin {
            Some(origin) if self.names(origin) => Sharing::Shared,
            _ => Sharing::Varies,
        }
    }

    /// Adds to an answer what a page is told.
    pub(super) fn complete<'r>(
        &self,
        sharing: Sharing,
        request: &'r Request<'_>,
        response: &mut Response<'r>,
    ) {
        if sharing == Sharing::Unasked {
            return;
        }
        response.adjoin_raw_header("Vary", "Origin");
        if sharing == Sharing::Varies {
            return;
        }
        let origin = if self.names_all() { None } else { first(request.headers(), "Origin") };
        response.set_raw_header(ALLOW_ORIGIN, origin.unwrap_or("*"));
        if self.credentials {
            response.set_raw_header(ALLOW_CREDENTIALS, "true");
        }
        // An operation may expose headers of its own.
        response.adjoin_raw_header("Access-Control-Expose-Headers", EXPOSED);
    }

    /// The answer to a preflight, if a request is one. The operations are not asked.
    pub(super) fn preflight(&self, request: &Request<'_>, sent: &Sent<'_>) -> Option<Preflight> {
        let (Some(origin), Some(method), Method::Options) =
            (sent.origin, sent.asked_method, request.method())
        else {
            return None;
        };
        let reach = request.rocket().state::<RouteTables>().and_then(|tables| tables.reach(request));
        let Some(reach) = reach else { return Some(Preflight::Nowhere) };
        Some(Preflight::Answered(self.answer(origin, method, sent, &reach)))
    }

    fn answer(&self, origin: &str, method: &str, sent: &Sent<'_>, reach: &Reach) -> http::Response {
        let headers = self.headers_of(reach);
        let is_taken = |name: &str| headers.contains_key(&name.trim().to_ascii_lowercase());
        let is_named = self.names(origin);
        let faults = [
            ("origin", !is_named),
            ("method", !reach.methods.contains(method)),
            ("headers", sent.asked_headers.is_some_and(|asked| !asked.split(',').all(is_taken))),
            ("private-network", sent.asks_private_network),
        ];
        let faults: Vec<&str> = faults.iter().filter(|(_, is)| *is).map(|(what, _)| *what).collect();
        let (status, text) = match faults[..] {
            [] => (200, "OK".to_owned()),
            _ => (400, format!("Disallowed CORS {}", faults.join(", "))),
        };
        let body = ResponseBody::Bytes(text.into_bytes());
        let answer = http::Response::new(status, "text/plain; charset=utf-8", body).header("Vary", ASKED);
        if !is_named {
            return answer;
        }
        let joined = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
        let origin: Cow<'static, str> = match self.names_all() {
            true => "*".into(),
            false => origin.to_owned().into(),
        };
        let answer = answer
            .header(ALLOW_ORIGIN, origin)
            .header("Access-Control-Allow-Methods", joined(&mut reach.methods.iter().copied()))
            .header("Access-Control-Allow-Headers", joined(&mut headers.into_values()))
            .header("Access-Control-Max-Age", self.max_age.to_string());
        if self.credentials { answer.header(ALLOW_CREDENTIALS, "true") } else { answer }
    }

    /// The headers that a path takes, by their names in small letters.
    fn headers_of<'a>(&'a self, reach: &Reach) -> BTreeMap<String, &'a str> {
        let declared = reach.headers.iter().copied().map(|name| -> &'a str { name });
        let all = declared.chain(EVERYWHERE).chain(self.headers.iter().map(String::as_str));
        all.map(|name| (name.to_ascii_lowercase(), name)).collect()
    }
}

/// What becomes of a preflight.
pub(super) enum Preflight {
    /// It is answered by this.
    Answered(http::Response),
    /// Nothing is there to be asked, so it is 404 like any other request for the path.
    Nowhere,
}
