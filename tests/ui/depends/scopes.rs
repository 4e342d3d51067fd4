use crewed::{depends, get};

#[depends]
fn page() -> i64 {
    1
}

#[get("/a", depends(page, scopes(items)))]
fn a() {}

#[get("/b", depends(page, scopes()))]
fn b() {}

#[get("/c", depends(page, scopes = "items"))]
fn c() {}

#[get("/d", depends(page, scoped("items")))]
fn d() {}

#[depends(scopes("items"))]
fn scoped() {}

#[get("/e")]
fn e(#[param(scopes("items"))] x: i64) {
    let _ = x;
}

fn main() {}
