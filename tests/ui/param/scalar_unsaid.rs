use crewed::get;

#[get("/items")]
fn read(q: Option<String>, skip: i64) {
    let _ = (q, skip);
}

fn main() {}
