use crewed::prelude::*;

#[resource("/heroes", filters(between = Hero::between))]
struct Hero {
    #[field(key, generated)]
    id: i64,
    age: i32,
}

impl Hero {
    fn between(from: i32, to: i32) -> Predicate<Hero> {
        Hero::FIELDS.age.gte(from) & Hero::FIELDS.age.lte(to)
    }
}

fn main() {}
