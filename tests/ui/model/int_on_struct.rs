use crewed::prelude::*;

#[model(int)]
struct Item {
    name: String,
}

fn main() {}
