use crewed::prelude::*;

#[resource("/heroes", page)]
struct Hero {
    #[field(key, generated)]
    id: i64,
    age: i32,
}

fn main() {}
