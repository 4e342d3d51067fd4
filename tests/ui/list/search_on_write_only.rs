use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(write_only, search)]
    thing: String,
}

fn main() {}
