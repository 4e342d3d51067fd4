//! One suite for every engine, and what is SQLite's own.
// A test is its own documentation, and may fail.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod store {
    #[macro_use]
    pub mod harness;

    mod concurrency;
    mod rows;
    mod types;
    mod writes;

    mod schema;
    mod sqlite;
}
