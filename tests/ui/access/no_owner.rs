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

#[resource("/a", access(caller = Me, owner))]
struct A {
    #[field(key)]
    id: i64,
}

#[resource("/b", access(caller = Me, read(public), update(!owner), delete(public && owner)))]
struct B {
    #[field(key)]
    id: i64,
    owner_id: i64,
}

#[resource("/c", access(caller = Me, read(owner), write(never)))]
struct C {
    #[field(key)]
    id: i64,
    owner: i64,
}

#[resource("/d", access(caller = Me, public))]
struct D {
    #[field(key)]
    id: i64,
    #[field(read(owner))]
    note: Option<String>,
}

fn main() {}
