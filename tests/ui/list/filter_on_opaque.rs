use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(opaque, json, filter)]
    thing: serde_json::Value,
}

fn main() {}
