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

#[resource("/a", access(read(count), write(title || note)))]
struct A {
    #[field(key)]
    id: i64,
    count: i32,
    title: String,
    note: Option<String>,
}

#[resource("/b", access(read(open), write(!since)))]
struct B {
    #[field(key)]
    id: i64,
    open: Option<bool>,
    since: DateTime<Utc>,
}

fn main() {}
