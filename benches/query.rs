//! A query on its way into parameters, as a list's is read, beside a parser of the same pairs that knows no rule
//! and tells no issue; and an unknown key, which is explained.
//!
//! ```sh
//! cargo bench --bench query
//! ```

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use crewed::__internals::input::{pairs, parameter, unicode_pairs, unknown_keys};
use crewed::__internals::issue::{Bound, Issues};
use crewed::__internals::wire::{Constraints, ObjectMeta};
use divan::{Bencher, black_box};

/// A resource without a field that is secret.
static NOTHING: ObjectMeta = ObjectMeta::new("Nothing", "", &[]);

const SKIP: Constraints = Constraints::NONE.ge(Bound::Int(0));
const LIMIT: Constraints = SKIP.le(Bound::Int(1000));

#[divan::bench(args = ["limit=20", "skip=400&limit=20", "skip=400&limit=20&q=%C3%A9t%C3%A9+indien"])]
fn with_crewed(bencher: Bencher<'_, '_>, query: &str) {
    bencher.bench(|| {
        let query = black_box(query);
        let (pairs, mut issues): (_, Issues) = unicode_pairs(query, &NOTHING);
        let skip: Option<u64> = parameter(&pairs, "skip", &SKIP, &mut issues);
        let limit: Option<u64> = parameter(&pairs, "limit", &LIMIT, &mut issues);
        issues.extend(unknown_keys(&pairs, &["skip", "limit", "q"], &NOTHING));
        (skip, limit, issues)
    });
}

#[divan::bench(args = ["limit=20", "skip=400&limit=20", "skip=400&limit=20&q=%C3%A9t%C3%A9+indien"])]
fn by_hand(bencher: Bencher<'_, '_>, query: &str) {
    bencher.bench(|| {
        let (mut skip, mut limit) = (None::<u64>, None::<u64>);
        for (key, value) in pairs(black_box(query)) {
            match &*key {
                "skip" => skip = value.parse().ok(),
                "limit" => limit = value.parse().ok(),
                _ => {}
            }
        }
        (skip, limit)
    });
}

#[divan::bench]
fn an_unknown_key(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        let (pairs, _) = unicode_pairs(black_box("limt=20"), &NOTHING);
        unknown_keys(&pairs, &["skip", "limit"], &NOTHING)
    });
}

fn main() {
    divan::main();
}
