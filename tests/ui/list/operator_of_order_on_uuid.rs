use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(filter(lt))]
    thing: Uuid,
}

fn main() {}
