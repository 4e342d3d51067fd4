use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(filter)]
    #[serde(rename = "q")]
    query: String,
}

fn main() {}
