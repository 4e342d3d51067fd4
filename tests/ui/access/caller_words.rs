use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> i64 {
    1
}

#[crewed::caller(from = Account)]
struct A {
    id: i64,
}

#[crewed::caller(claims, guard)]
struct B {
    id: i64,
}

#[crewed::caller(depends = current_user)]
struct C {
    id: i64,
}

#[crewed::caller(depends(current_user, current_user))]
struct D {
    id: i64,
}

#[crewed::caller(depends(current_user, scopes("items")))]
struct E {
    id: i64,
}

#[crewed::caller(depends(current_user, fresh))]
struct F {
    id: i64,
}

#[crewed::caller(dependz(current_user), id = id)]
struct G {
    id: i64,
}

#[crewed::caller(all_tenants = self.is_root)]
struct H {
    is_root: bool,
}

#[crewed::caller(all_tenants = true)]
struct I {
    #[caller(tenant)]
    org: i64,
}

#[crewed::caller(all_tenants)]
struct J {
    #[caller(tenant)]
    org: i64,
}

#[crewed::caller]
struct K<T> {
    #[caller(id)]
    id: T,
}

fn main() {}
