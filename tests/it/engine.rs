//! What every engine promises, on those that crewed is built with: run where it is built with one alone, since `it`
//! asks for both.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "a test fails where it panics, is its own documentation, and what helps it helps others too"
)]

mod http;
mod kit;
mod store {
    #[macro_use]
    pub(crate) mod harness;
    mod concurrency;
    mod rows;
    mod transactions;
    mod types;
    mod writes;
}
