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

#[resource("/a", access(read(public), write(caller)))]
struct A {
    #[field(key)]
    id: i64,
}

#[resource("/b", access(owner))]
struct B {
    #[field(key)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
}

#[resource("/c", access(read(count == caller.level || caller.is_admin()), write(caller)))]
struct C {
    #[field(key)]
    id: i64,
    count: i32,
}

#[resource("/d", access(public))]
struct D {
    #[field(key, generated)]
    id: i64,
    #[field(tenant)]
    org_id: i64,
}

#[resource("/e", access(public))]
struct E {
    #[field(key)]
    id: i64,
    #[field(read(caller))]
    note: Option<String>,
}

fn main() {}
