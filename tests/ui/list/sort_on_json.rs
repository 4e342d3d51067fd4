use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(json, sort)]
    thing: Vec<String>,
}

fn main() {}
