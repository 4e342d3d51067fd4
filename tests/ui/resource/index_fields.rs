use crewed::prelude::*;

#[resource(
    "/unknown",
    index(tam, age),
    unique(team, nam),
    index(team, age, team),
    index(age),
    unique(id),
    index(),
    index,
    unique = "team",
    index("team", age),
    index(team = 1, name),
    index(team desc)
)]
struct Named {
    #[field(key, generated)]
    id: i64,
    name: String,
    team: String,
    age: i32,
}

#[resource(
    "/orders",
    index(team, powers),
    index(photo, team),
    unique(team, address),
    index(id, team),
    unique(team, id),
    unique(badge, team),
    index(team, id)
)]
struct Ordered {
    #[field(key, generated)]
    id: i64,
    team: String,
    #[field(unique)]
    badge: i32,
    #[field(json)]
    powers: Vec<String>,
    photo: Vec<u8>,
    #[field(json)]
    address: Address,
}

#[model]
struct Address {
    street: String,
}

#[resource(
    "/twice",
    index(a, b),
    index(b, a),
    index(a, b),
    unique(b, c),
    unique(c, b),
    index(b, c),
    index(c, b),
    unique(a, b),
    unique(a, b, c),
    index(r#type, a)
)]
struct Twice {
    #[field(key, generated)]
    id: i64,
    a: i32,
    b: i32,
    c: i32,
    r#type: i32,
}

fn main() {}
