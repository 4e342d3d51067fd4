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

#[resource("/a", access)]
struct A {
    #[field(key)]
    id: i64,
}

#[resource("/b", access = "public")]
struct B {
    #[field(key)]
    id: i64,
}

#[resource("/c", access())]
struct C {
    #[field(key)]
    id: i64,
}

#[resource("/d", access("public"))]
struct D {
    #[field(key)]
    id: i64,
}

#[resource("/e", access(public || owner))]
struct E {
    #[field(key)]
    id: i64,
}

#[resource("/f", access(!public))]
struct F {
    #[field(key)]
    id: i64,
}

#[resource("/g", access(public(caller)))]
struct G {
    #[field(key)]
    id: i64,
}

#[resource("/h", access(caller = Me))]
struct H {
    #[field(key)]
    id: i64,
}

fn main() {}
