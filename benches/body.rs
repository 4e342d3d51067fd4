//! A body on its way into a type: crewed's typed path against serde's own derive, and what the
//! explaining path costs when a body needs coercion or has issues.
//!
//! ```sh
//! cargo bench --bench body
//! ```

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use crewed::__internals::wire::{Body, Constraints, parse};
use crewed::prelude::*;
use divan::{Bencher, black_box};

const GOOD: &[u8] = br#"{"id": "1fa2b3c4-d5e6-4f70-8a9b-0c1d2e3f4a5b", "name": "Ada Lovelace", "age": 36,
    "email": "ada@example.org", "score": 99.5, "active": true, "tags": ["mathematics", "engines"],
    "address": {"street": "St James's Square 12", "city": "London", "zip": "SW1Y"}}"#;
const COERCED: &[u8] =
    br#"{"id": "1fa2b3c4-d5e6-4f70-8a9b-0c1d2e3f4a5b", "name": "Ada Lovelace", "age": "36",
    "email": "ada@example.org", "score": 99.5, "active": "yes", "tags": ["mathematics", "engines"],
    "address": {"street": "St James's Square 12", "city": "London", "zip": "SW1Y"}}"#;
const WRONG: &[u8] = br#"{"id": "x", "name": "", "age": -1, "score": "high", "tags": [1],
    "address": {"city": "L"}}"#;

#[model]
struct Address {
    street: String,
    #[field(min_length = 2)]
    city: String,
    zip: Option<String>,
}

#[model]
struct Person {
    id: Uuid,
    #[field(min_length = 1, max_length = 64)]
    name: String,
    #[field(ge = 0, le = 150)]
    age: Option<i32>,
    #[field(max_length = 254)]
    email: Option<String>,
    #[field(ge = 0.0)]
    score: f64,
    #[field(default)]
    active: bool,
    #[field(default, max_items = 8)]
    tags: Vec<String>,
    address: Option<Address>,
}

/// The same by serde's derive, without a rule.
mod derived {
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[allow(dead_code)]
    pub(super) struct Address {
        street: String,
        city: String,
        zip: Option<String>,
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    pub(super) struct Person {
        id: String,
        name: String,
        age: Option<i32>,
        email: Option<String>,
        score: f64,
        #[serde(default)]
        active: bool,
        #[serde(default)]
        tags: Vec<String>,
        address: Option<Address>,
    }
}

fn main() {
    divan::main();
}

fn body(bytes: &[u8]) -> Body<'_> {
    Body { bytes, json: true }
}

#[divan::bench]
fn serde_derive(bencher: Bencher<'_, '_>) {
    bencher.bench(|| serde_json::from_slice::<derived::Person>(black_box(GOOD)).unwrap());
}

#[divan::bench]
fn typed(bencher: Bencher<'_, '_>) {
    bencher.bench(|| parse::<Person>(body(black_box(GOOD)), &Constraints::NONE).unwrap());
}

#[divan::bench]
fn coerced(bencher: Bencher<'_, '_>) {
    bencher.bench(|| parse::<Person>(body(black_box(COERCED)), &Constraints::NONE).unwrap());
}

#[divan::bench]
fn explained(bencher: Bencher<'_, '_>) {
    bencher.bench(|| parse::<Person>(body(black_box(WRONG)), &Constraints::NONE).err().unwrap());
}
