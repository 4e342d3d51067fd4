use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(sort = "asc")]
    thing: String,
}

fn main() {}
