use crewed::prelude::*;

#[resource("/a", access(public), inputs = "path")]
struct A {
    #[field(key)]
    id: i64,
}

#[resource("/b", access(public), inputs = "query")]
struct B {
    #[field(key)]
    id: i64,
}

#[resource("/c", access(public), create = "replace")]
struct C {
    #[field(key)]
    id: i64,
}

fn main() {}
