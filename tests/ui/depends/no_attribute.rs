use crewed::get;

fn page() -> i64 {
    1
}

#[get("/", depends(page))]
fn read(#[param(depends(page))] page: i64) {
    let _ = page;
}

fn main() {}
