use crewed::prelude::*;

#[crewed::caller]
enum Me {
    Somebody,
}

#[crewed::caller]
fn current_user() -> i64 {
    1
}

fn main() {}
