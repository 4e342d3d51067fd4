use std::collections::{BTreeMap, HashMap};

use crewed::prelude::*;

#[model]
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Genre {
    Crime,
    Poetry,
}

#[model]
struct Shelf {
    books: HashMap<Genre, i64>,
    more: Option<BTreeMap<Genre, Vec<String>>>,
}

#[crewed::post("/counts")]
fn counts(counts: HashMap<Genre, i64>) {
    drop(counts);
}

fn main() {}
