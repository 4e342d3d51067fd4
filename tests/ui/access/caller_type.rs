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

#[resource("/a", access(caller = "Me", read(caller)))]
struct A {
    #[field(key)]
    id: i64,
}

#[resource("/b", access(caller = Option<Me>, read(caller)))]
struct B {
    #[field(key)]
    id: i64,
}

#[resource("/c", access(caller = &Me, read(caller)))]
struct C {
    #[field(key)]
    id: i64,
}

#[resource("/d", access(caller = current_user, read(caller)))]
struct D {
    #[field(key)]
    id: i64,
}

#[resource("/e", access(caller, read(caller)))]
struct E {
    #[field(key)]
    id: i64,
}

#[resource("/f", access(caller(Me), read(caller)))]
struct F {
    #[field(key)]
    id: i64,
}

#[resource("/g", access(caller = 3, read(caller)))]
struct G {
    #[field(key)]
    id: i64,
}

#[resource("/h", access(caller = (Me, Me), read(caller)))]
struct H {
    #[field(key)]
    id: i64,
}

fn main() {}
