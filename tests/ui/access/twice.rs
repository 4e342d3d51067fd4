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

#[resource("/a", access(public), access(public))]
struct A {
    #[field(key)]
    id: i64,
}

#[resource("/b", access(read(public), read(never)))]
struct B {
    #[field(key)]
    id: i64,
}

#[resource("/c", access(public, read(public)))]
struct C {
    #[field(key)]
    id: i64,
}

#[resource("/d", access(public, owner))]
struct D {
    #[field(key)]
    id: i64,
}

#[resource("/e", access(read(public), write(never), update(never)))]
struct E {
    #[field(key)]
    id: i64,
}

#[resource("/f", access(public, with_check(public)))]
struct F {
    #[field(key)]
    id: i64,
}

fn main() {}
