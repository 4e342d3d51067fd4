use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(json, filter)]
    thing: std::collections::HashMap<String, i64>,
}

fn main() {}
