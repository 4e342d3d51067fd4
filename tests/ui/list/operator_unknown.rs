use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(filter(equals))]
    thing: String,
}

fn main() {}
