//! What is told in the log of a request that could not be answered: the operation, never what was sent to it.

use std::fmt;
use std::sync::Arc;

use rocket::Request;

use super::exchange::exchange;
use super::operations::Operations;
use super::rank::is_own;

/// What a request asked for, without anything that is of the request alone.
pub(super) struct Asked<'a, 'r>(pub(super) &'a Request<'r>);

impl fmt::Display for Asked<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Asked(request) = self;
        let names = request.rocket().state::<Arc<Operations>>();
        let known = exchange(request).operation().and_then(|number| names?.get(number));
        match (known, request.route()) {
            (Some(name), _) => write!(f, "{} {}", request.method(), name.path),
            (None, Some(route)) if !is_own(route) => write!(f, "{} {}", request.method(), route.uri.path()),
            _ => write!(f, "{}", request.method()),
        }
    }
}

/// Writes why a request failed, with its id, which the answer has, too.
#[cold]
pub(super) fn failed(request: &Request<'_>, cause: &str) {
    // Whoever was told of the failure can name it by this.
    let id = exchange(request).request_id(request);
    log::error!(request_id = id.as_str(); "{}: {cause}", Asked(request));
}
