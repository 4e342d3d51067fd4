use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(json, filter)]
    thing: Vec<Vec<String>>,
}

fn main() {}
