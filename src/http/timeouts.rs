//! How long a request may take.

use std::time::Duration;

/// How long the parts of a request may take, which is `timeouts` in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    /// How long no byte of a body may come.
    pub(crate) body: Duration,
    /// How long it may be until the answer starts.
    pub(crate) request: Duration,
    /// How long nothing of an answer may be taken by its client.
    pub(crate) write: Duration,
    /// How long a service that is told to stop goes on, so that those who balance the load notice.
    pub(crate) drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Timeouts { body: seconds(10), request: seconds(30), write: seconds(30), drain: seconds(5) }
    }
}
