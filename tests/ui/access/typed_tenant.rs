use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { name: String::new() }
}

#[crewed::caller(depends(current_user))]
struct Me {
    name: String,
}

#[resource("/a", access(caller = Me, read(public), write(never)))]
struct A {
    #[field(key, generated)]
    id: i64,
    #[field(tenant)]
    org_id: i64,
}

fn main() {}
