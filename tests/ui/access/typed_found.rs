use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> i64 {
    1
}

fn no_dependency() -> i64 {
    1
}

#[crewed::caller]
struct Guard {
    id: i64,
}

#[crewed::caller(depends(current_user))]
struct OfAnotherType {
    id: i64,
}

#[crewed::caller(depends(no_dependency))]
struct OfNoDependency {
    id: i64,
}

fn main() {}
