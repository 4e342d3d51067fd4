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

#[resource("/a", access(read(open & done), write(open | done)))]
struct A {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/b", access(read(open and done), write(open or done)))]
struct B {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/c", access(read(not open), write(open && not(done))))]
struct C {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/d", access(read(count = 3), write(count in [1, 2])))]
struct D {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/e", access(caller = Me, read((open AND done) || count is 3), write(owner OR caller)))]
struct E {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

fn main() {}
