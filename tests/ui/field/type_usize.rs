use crewed::prelude::*;

#[model]
struct Item {
    count: u128,
}

fn main() {}
