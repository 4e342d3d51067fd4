use crewed::prelude::*;

struct Nobody {
    id: i64,
}

#[resource("/a", access(caller = Nobody, read(public), write(count == caller.id)))]
struct A {
    #[field(key)]
    id: i64,
    count: i64,
}

#[resource("/b", access(caller = Noone, read(caller), write(never)))]
struct B {
    #[field(key)]
    id: i64,
}

fn main() {}
