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

#[resource("/a", access(caller = Me, read(opne), write(coutn == 3)))]
struct A {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/b", access(read(everyone), write(nobody)))]
struct B {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/c", access(caller = Me, read(user), write(caller() || public())))]
struct C {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/d", access(read(true), write(false)))]
struct D {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/e", access(read(self.opne), write(self)))]
struct E {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

#[resource("/f", access(caller = Me, read(count == caller.level || level == 3), write(opne.is_some())))]
struct F {
    #[field(key)]
    id: i64,
    open: bool,
    done: bool,
    count: i32,
}

fn main() {}
