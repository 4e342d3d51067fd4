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

#[resource("/a", access(caller = Me, owner))]
struct A {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(owner)]
    maker_id: i64,
    #[field(tenant)]
    org_id: i64,
    #[field(tenant)]
    team_id: i64,
}

#[resource("/b", access(caller = Me, owner))]
struct B {
    #[field(key, owner)]
    id: i64,
}

#[resource("/c", access(caller = Me, owner))]
struct C {
    #[field(key, generated)]
    id: i64,
    #[field(owner, read_only)]
    owner_id: i64,
    #[field(tenant, default = 3)]
    org_id: i64,
}

#[resource("/d", access(caller = Me, owner))]
struct D {
    #[field(key, generated)]
    id: i64,
    #[field(owner, tenant)]
    owner_id: i64,
}

#[resource("/e", access(caller = Me, owner))]
struct E {
    #[field(key, generated)]
    id: i64,
    #[field(owner, json)]
    owner_id: Option<Vec<i64>>,
    #[field(tenant, write_only)]
    org_id: i64,
}

#[resource("/f", access(caller = Me, public))]
struct F {
    #[field(key, generated)]
    id: i64,
    #[field(owner = 3)]
    owner_id: i64,
    #[field(tenant(org))]
    org_id: i64,
}

#[resource("/g", access(caller = Me, public))]
struct G {
    #[field(key)]
    id: i64,
    #[field(created_at, owner)]
    created_at: DateTime<Utc>,
}

fn main() {}
