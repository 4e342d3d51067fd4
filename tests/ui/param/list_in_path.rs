use crewed::get;

#[get("/items/<ids>")]
fn read(ids: Vec<i64>) {
    let _ = ids;
}

fn main() {}
