use crewed::{depends, get};

#[depends]
fn page() -> i64 {
    1
}

#[get("/a", depends = page)]
fn a() {}

#[get("/b", depends("page"))]
fn b() {}

#[get("/c", depends(page()))]
fn c() {}

#[get("/d", depends)]
fn d() {}

#[get("/e", depends(scopes("a"), page))]
fn e() {}

#[get("/f", depends(page, use_cache = false))]
fn f() {}

#[get("/g", dependencies(page))]
fn g() {}

fn main() {}
