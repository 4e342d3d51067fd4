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
    #[field(key, generated, read(owner), write(owner))]
    id: i64,
    #[field(owner, read(owner))]
    owner_id: i64,
    #[field(tenant, write(owner))]
    org_id: i64,
    #[field(read(owner))]
    title: String,
    #[field(created_at, read(owner))]
    created_at: DateTime<Utc>,
    #[field(read_only, write(owner))]
    views: Option<i64>,
    #[field(write_only, read(owner))]
    secret: Option<String>,
}

#[resource("/b", access(caller = Me, public))]
struct B {
    #[field(key)]
    id: i64,
    #[field(read)]
    a: Option<String>,
    #[field(write = never)]
    b: Option<String>,
    #[field(read())]
    c: Option<String>,
    #[field(write(d and a))]
    d: Option<String>,
    #[field(read(nobdy))]
    e: Option<String>,
    #[field(permission(never))]
    f: Option<String>,
    #[field(write(never))]
    g: String,
}

fn main() {}
