//! Values with what is `write_only` in them, on their way to a place that no client sees.

use std::cell::Cell;

thread_local! {
    static WHOLE: Cell<bool> = const { Cell::new(false) };
}

/// Writes values with everything that is in them, such as to a column. Whatever is written elsewhere leaves out
/// what is `write_only`, so that no answer is forgotten.
pub(crate) fn whole<T>(write: impl FnOnce() -> T) -> T {
    /// Puts back what was, even where a value's own implementation panics.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            WHOLE.set(self.0);
        }
    }
    let _before = Before(WHOLE.replace(true));
    write()
}

/// Whether values are written whole here.
pub(super) fn is_whole() -> bool {
    WHOLE.get()
}
