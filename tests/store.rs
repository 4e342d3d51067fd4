//! One suite for every engine, and what is SQLite's own.
// A test is its own documentation, and may fail.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod store {
    #[macro_use]
    pub mod harness;

    mod rows;
    mod writes;
}
