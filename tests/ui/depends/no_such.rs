use crewed::get;

#[get("/", depends(pgae))]
fn read(#[param(depends(elsewhere::page))] page: i64) {
    let _ = page;
}

fn main() {}
