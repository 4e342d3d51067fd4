//! Why the command failed.

use std::fmt;

/// A message for a person, and the exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) status: u8,
}

impl Failure {
    /// Something that was asked for could not be done: status 1.
    pub(crate) fn of(message: impl Into<String>) -> Self {
        Failure { message: message.into(), status: 1 }
    }

    /// The arguments cannot be understood: status 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Failure { message: message.into(), status: 2 }
    }
}

/// Adds to an error what was being done.
pub(crate) trait While<T> {
    /// The value, or a failure that says what could not be done.
    fn or_fail(self, what: impl fmt::Display) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn or_fail(self, what: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| Failure::of(format!("{what}: {error}")))
    }
}
