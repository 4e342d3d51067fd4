//! The signals of a terminal, or of whoever wants the command to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::{Failure, While};

/// The signals that end the command.
pub(super) struct Signals([Signal; 3]);

impl Signals {
    pub(super) fn new() -> Result<Self, Failure> {
        let of_kind = |kind| signal(kind).or_fail("signals cannot be received");
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [interrupt, terminate, hangup] = kinds.map(of_kind);
        Ok(Signals([interrupt?, terminate?, hangup?]))
    }

    /// Waits for any of them.
    pub(super) async fn any(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}
