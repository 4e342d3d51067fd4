//! A program that `crewed dev` has started: the command owns the port, and relays requests to the program.

/// Is managed by a rocket under `crewed dev`.
pub(crate) struct UnderDev {
    /// The address at which the command relays requests, such as `http://127.0.0.1:8000`.
    pub(crate) url: String,
    /// Tells the command that requests are answered on this port.
    pub(crate) ready: Box<dyn Fn(u16) + Send + Sync>,
}

/// The script that the pages of the documentation load under `crewed dev`. The command serves it, below a path that is
/// reserved for it.
pub(crate) const SCRIPT: &str = "/.crewed/dev.js";
