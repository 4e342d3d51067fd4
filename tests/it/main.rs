//! The one integration binary: a module for each promise.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    missing_docs,
    reason = "a test fails where it panics, and is its own documentation"
)]

mod access;
mod addressed;
mod agree;
mod beside;
mod binary;
mod coerced;
mod components;
mod conformance;
mod declare;
mod dependencies;
mod described;
mod document;
mod durability;
mod edge;
mod examples;
mod faults;
mod framing;
mod functions;
mod http;
mod inputs;
mod issues;
mod kit;
mod launch;
mod layers;
mod limits;
mod lists;
mod migrations;
mod paths;
mod program;
mod readme;
mod repository;
mod secrets;
mod settings;
mod shared;
mod store;
mod types;
mod unicode;
mod validated;
