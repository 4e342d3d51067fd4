use crewed::model;
use crewed::prelude::*;

#[model]
struct Item {
    #[serde(skip)]
    #[field(write_only)]
    hidden: String,
    #[serde(skip)]
    #[field(not_null)]
    absent: Patched<String>,
}

fn main() {}
