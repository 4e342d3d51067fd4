use crewed::prelude::*;

#[resource("/heroes", filters(adult = Hero::adult))]
struct Hero {
    #[field(key, generated)]
    id: i64,
    age: i32,
}

impl Hero {
    fn adult(yes: bool) -> bool {
        yes
    }
}

fn main() {}
