//! Tests of the command, as somebody who types it sees it.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test fails where it panics")]

mod browser;
mod changes;
mod client;
mod dev;
mod ending;
mod fake;
mod help;
mod new;
mod relay;
mod verbs;
mod watched;
