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
    owner_id: String,
    #[field(tenant)]
    org_id: Option<Uuid>,
}

fn main() {}
