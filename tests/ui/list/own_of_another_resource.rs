use crewed::prelude::*;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
}

fn other(name: String) -> Predicate<User> {
    User::FIELDS.name.eq(name)
}

#[resource("/heroes", filters(adult = other))]
struct Hero {
    #[field(key, generated)]
    id: i64,
    age: i32,
}

fn main() {}
