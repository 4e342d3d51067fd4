//! The hosts under whose names the service is asked, so that nobody else's name can point to it.

use super::names::{HostName, is_host, split_port};
use super::sent::Sent;
use crate::http::{Response, ResponseBody};

/// The hosts that may be asked, and no others.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    pub(crate) names: Vec<HostName>,
}

impl Hosts {
    /// The refusal of a request, in Starlette's words, unless it names one of these hosts, once.
    pub(super) fn refusal(&self, sent: &Sent<'_>) -> Option<Response> {
        let is_named = sent.hosts == 1 && sent.host.is_some_and(|host| self.has(host));
        (!is_named).then(refusal)
    }

    /// Whether a `Host` names one of these, whatever its port.
    fn has(&self, host: &str) -> bool {
        let (name, port) = split_port(host);
        let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        port.is_none_or(is_port) && self.names.iter().any(|known| known.is(name)) && is_host(name)
    }
}

#[cold]
fn refusal() -> Response {
    Response::new(400, "text/plain; charset=utf-8", ResponseBody::Static(b"Invalid host header"))
}
