use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { id: 1, org: 1, level: 1, team: None, name: String::new() }
}

#[crewed::caller(depends(current_user))]
struct Me {
    #[caller(id)]
    id: i64,
    #[caller(tenant)]
    org: i64,
    level: i32,
    team: Option<i64>,
    name: String,
}

#[model]
#[derive(Clone)]
struct Place {
    city: String,
}

#[resource("/a", access(read(count == limit), write(3 < count || count != self.limit)))]
struct A {
    #[field(key)]
    id: i64,
    count: i32,
    limit: i32,
}

#[resource("/b", access(caller = Me, read(team < caller.team), write(caller.level >= level)))]
struct B {
    #[field(key)]
    id: i64,
    team: Option<i64>,
    level: Option<i32>,
}

#[resource("/c", access(read(place == None), write(picture < 3)))]
struct C {
    #[field(key)]
    id: i64,
    #[field(json)]
    place: Option<Place>,
    picture: Vec<u8>,
}

#[resource("/d", access(caller = Me, read(count == caller), write(owner == caller.id)))]
struct D {
    #[field(key)]
    id: i64,
    count: i64,
}

#[resource("/e", access(caller = Me, read(owner == caller.id), write(count == 1 + 2)))]
struct E {
    #[field(key)]
    id: i64,
    owner: i64,
    count: i64,
}

#[resource("/f", access(read(title.is_empty()), write(title.is_none() || note.is_null())))]
struct F {
    #[field(key)]
    id: i64,
    title: String,
    note: Option<String>,
}

fn main() {}
