use crewed::prelude::*;

#[crewed::caller]
struct A {
    #[caller(id)]
    id: i64,
    #[caller(id)]
    number: i64,
    #[caller(tenant)]
    org: i64,
    #[caller(tenant)]
    team: i64,
}

#[crewed::caller(claims)]
struct B {
    #[caller]
    id: i64,
    #[caller(key)]
    key: i64,
    #[caller(idd)]
    number: i64,
    #[caller(id = 3)]
    other: i64,
    #[caller(scopes)]
    scopes: Vec<String>,
}

#[crewed::caller(claims)]
struct C {
    #[caller(id)]
    id: Option<i64>,
    #[caller(tenant)]
    org: Option<i64>,
}

fn main() {}
