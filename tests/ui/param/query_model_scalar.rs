use crewed::get;

#[get("/items?<page..>")]
fn read(page: i64) {
    let _ = page;
}

fn main() {}
