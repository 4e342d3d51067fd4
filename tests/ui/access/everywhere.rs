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

// Without a tenant, and without access rules.
#[resource("/a", access(caller = Me, owner), unique(name, team, everywhere))]
struct A {
    #[field(key, unique(everywhere))]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(unique(everywhere))]
    email: String,
    name: String,
    team: String,
}

#[resource("/b", unique(everywhere, name, team))]
struct B {
    #[field(key, unique)]
    id: i64,
    #[field(unique(everywhere))]
    email: String,
    name: String,
    team: String,
}

#[resource("/c", access(caller = Me, public))]
struct C {
    #[field(key, generated)]
    id: i64,
    #[field(tenant)]
    org_id: i64,
    #[field(unique(anywhere))]
    a: String,
    #[field(unique(everywere))]
    b: String,
    #[field(unique(tenant))]
    c: String,
    #[field(unique())]
    d: String,
    #[field(unique = "everywhere")]
    e: String,
    #[field(unique("everywhere"))]
    f: String,
    #[field(unique(everywhere, everywhere))]
    g: String,
    #[field(unique(everywhere = true))]
    h: String,
    #[field(unique(org_id, a))]
    i: String,
    #[field(unique(everywhere), unique)]
    j: String,
}

#[model]
struct D {
    #[field(unique(everywhere))]
    name: String,
}

fn main() {}
