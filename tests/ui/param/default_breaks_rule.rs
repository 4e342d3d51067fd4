use crewed::get;

#[get("/items?<limit>")]
fn read(#[param(le = 100, default = 1000)] limit: i64) {
    let _ = limit;
}

fn main() {}
