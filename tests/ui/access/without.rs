use crewed::prelude::*;

#[resource("/a")]
struct A {
    #[field(key)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(tenant)]
    org_id: i64,
    #[field(read(never), write(never))]
    draft: Option<String>,
}

#[resource("/b", policy(public), auth = "user")]
struct B {
    #[field(key)]
    id: i64,
}

#[resource("/c", acess(public))]
struct C {
    #[field(key)]
    id: i64,
}

#[model]
struct D {
    #[field(owner)]
    owner_id: i64,
    #[field(read(owner))]
    draft: Option<String>,
}

fn main() {}
