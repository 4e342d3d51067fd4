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

fn may(caller: &Me, count: i64) -> bool {
    caller.id == count
}

fn always() -> bool {
    true
}

#[resource("/a", access(caller = Me, read(may(caller, count)), write(caller.id + count == 3)))]
struct A {
    #[field(key)]
    id: i64,
    count: i64,
}

#[resource("/b", access(caller = Me, read(count == caller.id + limit), write(may(caller, self.count))))]
struct B {
    #[field(key)]
    id: i64,
    count: i64,
    limit: i64,
}

#[resource("/c", access(caller = Me, read(always()), write(1 == 1)))]
struct C {
    #[field(key)]
    id: i64,
    count: i64,
}

#[resource("/d", access(caller = Me, read(caller.name == title.to_lowercase()), write([1, 2].contains(&count))))]
struct D {
    #[field(key)]
    id: i64,
    title: String,
    count: i64,
}

#[resource("/e", access(caller = Me, read(count + 1 == 2), write(caller.may(owner))))]
struct E {
    #[field(key)]
    id: i64,
    count: i64,
    #[field(owner)]
    owner: i64,
}

fn main() {}
