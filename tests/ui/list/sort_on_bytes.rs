use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(sort)]
    thing: Vec<u8>,
}

fn main() {}
