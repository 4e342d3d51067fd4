use crewed::prelude::*;

#[resource("/heroes", export(csv))]
struct Hero {
    #[field(key, generated)]
    id: i64,
    age: i32,
}

fn main() {}
