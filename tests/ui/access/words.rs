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

#[resource("/a", access(list(public), replace(owner), patch(owner)))]
struct A {
    #[field(key)]
    id: i64,
}

#[resource("/b", access(policy(public), permission(public)))]
struct B {
    #[field(key)]
    id: i64,
}

#[resource("/c", access(read(public), using(public), check(public), insert(public)))]
struct C {
    #[field(key)]
    id: i64,
}

#[resource("/d", access(raed(public), remove(public), deny(public)))]
struct D {
    #[field(key)]
    id: i64,
}

#[resource("/e", access(caller = Me, read(caller), tenant(org_id)))]
struct E {
    #[field(key)]
    id: i64,
}

fn main() {}
