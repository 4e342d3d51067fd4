//! Serializes values with their `write_only` fields, for places that no client sees.
//!
//! By default `write_only` fields are left out, so that no answer can reveal one by mistake. serde's `Serialize` has no
//! parameter for the opposite, so a thread-local flag requests it.

use std::cell::Cell;

thread_local! {
    static WITH_SECRETS: Cell<bool> = const { Cell::new(false) };
}

/// Runs `write`, which serializes values with their `write_only` fields, for example into a column.
pub(crate) fn with_secrets<T>(write: impl FnOnce() -> T) -> T {
    /// Restores the former flag, even if a value's own implementation panics.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            WITH_SECRETS.set(self.0);
        }
    }
    let _before = Before(WITH_SECRETS.replace(true));
    write()
}

/// Whether `write_only` fields are serialized at present.
pub(super) fn includes_secrets() -> bool {
    WITH_SECRETS.get()
}
