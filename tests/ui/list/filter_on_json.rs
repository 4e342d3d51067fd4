use crewed::prelude::*;

#[model]
struct Part {
    name: String,
}

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(json, filter)]
    thing: Part,
}

fn main() {}
