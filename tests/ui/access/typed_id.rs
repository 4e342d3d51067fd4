use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { name: String::new() }
}

#[crewed::caller(depends(current_user))]
struct Me {
    name: String,
}

#[resource("/a", access(caller = Me, read(public), write(owner)))]
struct A {
    #[field(key)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
}

fn main() {}
