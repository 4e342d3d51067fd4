use crewed::{depends, get};

#[depends]
fn page() -> i64 {
    1
}

#[get("/a")]
fn of_two(#[param(depends(page, page))] page: i64) {
    let _ = page;
}

#[get("/b")]
fn with_values(#[param(depends(page), ge = 1, default = 2)] page: i64) {
    let _ = page;
}

#[get("/c")]
fn of_two_places(#[param(depends(page), header)] page: i64) {
    let _ = page;
}

fn main() {}
