use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { id: 1, org: 1 }
}

#[crewed::caller(depends(current_user))]
struct Me {
    #[caller(id)]
    id: i64,
    #[caller(tenant)]
    org: i64,
}

// A key of the client's own is taken in every tenant.
#[resource("/a", access(caller = Me, public))]
struct A {
    #[field(key)]
    name: String,
    #[field(tenant)]
    org_id: i64,
}

#[resource("/b", access(caller = Me, public))]
struct B {
    #[field(key, unique)]
    name: String,
    #[field(tenant)]
    org_id: i64,
}

#[resource("/c", access(caller = Me, public))]
struct C {
    #[field(key, generated, unique(everywhere))]
    id: i64,
    #[field(tenant, unique(everywhere))]
    org_id: i64,
}

#[resource(
    "/d",
    access(caller = Me, public),
    unique(org_id, name, everywhere),
    unique(name, everywhere),
    unique(everywhere),
    unique(team, name, anywhere),
    unique(team, everywhere, number, everywhere),
    index(team, everywhere),
)]
struct D {
    #[field(key, generated)]
    id: i64,
    #[field(tenant)]
    org_id: i64,
    name: String,
    team: String,
    number: i64,
}

// What is the same.
#[resource(
    "/e",
    access(caller = Me, public),
    unique(name, number),
    unique(team, number),
    unique(number, org_id, team),
    index(org_id, name),
    unique(email, number, everywhere),
)]
struct E {
    #[field(key, generated)]
    id: i64,
    #[field(tenant)]
    org_id: i64,
    #[field(unique)]
    name: String,
    #[field(unique(everywhere), index)]
    email: String,
    team: String,
    number: i64,
}

fn main() {}
