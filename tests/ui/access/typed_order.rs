use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { clearance: Clearance::Public }
}

#[crewed::caller(depends(current_user))]
struct Me {
    clearance: Clearance,
}

/// Rust orders these by their declaration, and a database by their names.
#[model]
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Clearance {
    Public,
    Internal,
    Secret,
}


#[resource("/a", access(caller = Me, read(clearance <= caller.clearance)))]
struct A {
    #[field(key, generated)]
    id: i64,
    clearance: Clearance,
}

fn main() {}
