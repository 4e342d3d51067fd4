use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(filter(isnull))]
    thing: i64,
}

fn main() {}
