use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(filter(gt))]
    thing: bool,
}

fn main() {}
