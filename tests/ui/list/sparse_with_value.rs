use crewed::prelude::*;

#[resource("/heroes", sparse = true)]
struct Hero {
    #[field(key, generated)]
    id: i64,
    age: i32,
}

fn main() {}
