use crewed::prelude::*;

#[resource("/heroes", filters(adult))]
struct Hero {
    #[field(key, generated)]
    id: i64,
    age: i32,
}

impl Hero {
    fn adult(yes: bool) -> Predicate<Hero> {
        if yes { Hero::FIELDS.age.gte(18) } else { Hero::FIELDS.age.lt(18) }
    }
}

fn main() {}
