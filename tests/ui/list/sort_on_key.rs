use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, sort)]
    name: String,
}

fn main() {}
