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

#[resource("/a", access(caller = Me, read(count == caller.levle), write(caller.is_admin())))]
struct A {
    #[field(key)]
    id: i64,
    count: i32,
}

#[resource("/b", access(caller = Me, read(caller.level), write(caller.team == 3)))]
struct B {
    #[field(key)]
    id: i64,
    count: i32,
}

#[resource("/c", access(caller = Me, read(status == Statsu::Open), write(count == LIMIT)))]
struct C {
    #[field(key)]
    id: i64,
    count: i32,
    status: String,
}

fn main() {}
