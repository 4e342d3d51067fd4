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

#[resource("/a", access(caller = Me, read(team == caller.id), write(team == 3)))]
struct A {
    #[field(key)]
    id: i64,
    team: Option<i64>,
}

#[resource("/b", access(caller = Me, read(team == caller.team), write(count == caller.name)))]
struct B {
    #[field(key)]
    id: i64,
    team: i64,
    count: i64,
}

#[resource("/c", access(read(note == "locked"), write(title == 3)))]
struct C {
    #[field(key)]
    id: i64,
    note: Option<String>,
    title: String,
}

#[resource("/d", access(caller = Me, read(count > caller.level), write(title == Some("x"))))]
struct D {
    #[field(key)]
    id: i64,
    count: i64,
    title: String,
}

fn main() {}
